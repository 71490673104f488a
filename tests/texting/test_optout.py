"""The ledger: the last word counts, apart for each business, without the number itself."""

from sqlalchemy import select

from core.db import Database
from core.episodes import opted_out
from core.models import OptOut
from tests.conftest import NewBusiness
from tests.sample import fresh_phone
from texting.optout import Kind, record_opt_out


async def test_the_last_stop_or_start_is_the_present_state(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    phone, states = fresh_phone(), []
    kinds: list[Kind] = ["help", "stop", "help", "stop", "start", "help", "stop"]
    for kind in kinds:
        async with db.work(business) as work:
            await record_opt_out(work, phone, kind, "keyword")
            states.append(await opted_out(work, phone))
    assert states == [False, True, True, True, False, False, True]


async def test_within_one_transaction_the_later_row_wins(
    db: Database, new_business: NewBusiness
) -> None:
    business, _ = await new_business()
    phone = fresh_phone()
    async with db.work(business) as work:
        await record_opt_out(work, phone, "stop", "keyword")
        await record_opt_out(work, phone, "start", "meaning")
        assert not await opted_out(work, phone)


async def test_an_opt_out_is_of_one_business_alone(db: Database, new_business: NewBusiness) -> None:
    (one, _), (other, _) = await new_business(), await new_business()
    phone = fresh_phone()
    async with db.work(one) as work:
        await record_opt_out(work, phone, "stop", "staff")
    async with db.work(other) as work:
        assert not await opted_out(work, phone)


async def test_the_ledger_does_not_hold_the_number(db: Database, new_business: NewBusiness) -> None:
    business, _ = await new_business()
    phone = fresh_phone()
    async with db.work(business) as work:
        await record_opt_out(work, phone, "stop", "carrier")
        (row,) = (await work.session.scalars(select(OptOut))).all()
        assert phone[2:] not in "".join(str(v) for v in vars(row).values())
