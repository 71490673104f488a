"""The same stories with nothing of ours in the process: a server, a worker, the system clock."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from api import business_file
from core.profile import Profile
from tests.sample import fresh_phone, sample_profile
from tests.twins.carrier import CarrierTwin

HERE = Path(__file__).resolve().parents[2]
SECONDS = 40  # a machine under load; nothing here takes a tenth of it
T = TypeVar("T")
ALWAYS = {day: ["00:00-24:00"] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@dataclass
class Running:
    """A service of its own, and what was made in it by commands alone."""

    base: str
    twin: CarrierTwin
    profile: Profile
    api: httpx.AsyncClient

    @property
    def number(self) -> str:
        return self.profile.phone_numbers[0].number

    async def get(self, path: str) -> Any:
        answer = await self.api.get(path)
        answer.raise_for_status()
        return answer.json()


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
    return clean | {
        "PYTHONPATH": str(HERE),
        "RINGBACK_HOME": str(tmp_path_factory.mktemp("real") / "home"),
        "PUBLIC_URL": "",
        "NO_PROXY": "127.0.0.1",
    }


def command(environment: dict[str, str], *words: str) -> str:
    """Run a command of the product in a folder of nobody's; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        env=environment,
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
async def twin() -> AsyncIterator[CarrierTwin]:
    async with CarrierTwin(reports=True) as made:
        yield made


@pytest.fixture(scope="module")
def served(
    twin: CarrierTwin, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    """The server's output, while it runs."""
    said = tmp_path_factory.mktemp("served") / "out"
    environment |= {
        "TWILIO_ACCOUNT_SID": twin.account_sid,
        "TWILIO_AUTH_TOKEN": twin.auth_token,
        "TWILIO_API_URL": twin.url,
    }
    with said.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve", "--port", "0"],
            env=environment,
            cwd="/",
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    yield said
    process.terminate()
    assert process.wait(timeout=40) == 0


@pytest.fixture(scope="module")
async def running(
    served: Path,
    twin: CarrierTwin,
    environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Running]:
    base = await until(lambda: asyncio.to_thread(address, served))
    profile = sample_profile(hours=ALWAYS, texting={"reply_after_seconds": 0.3})
    file = tmp_path_factory.mktemp("files") / "plumber.yaml"
    file.write_text(business_file.dump(profile))
    assert "created" in await asyncio.to_thread(
        command, environment, "business", "import", str(file)
    )
    printed = await asyncio.to_thread(
        command, environment, "token", "create", "--business", profile.slug, "--role", "owner"
    )
    token = printed.strip().splitlines()[-1]
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(
        base_url=f"{base}/api/v1", headers=headers, trust_env=False
    ) as api:
        yield Running(base, twin, profile, api)


def address(said: Path) -> str:
    """Where the server says that it is; nothing until it does."""
    line = next((x for x in said.read_text().splitlines() if x.startswith("Ringback is on")), "")
    return line.removeprefix("Ringback is on ").strip()


async def until(look: Callable[[], Awaitable[T]]) -> T:
    """What is looked for, once it is there."""
    async with asyncio.timeout(SECONDS):
        while not (found := await look()):  # noqa: ASYNC110 - another process can set no event
            await asyncio.sleep(0.05)
        return found


async def texts(twin: CarrierTwin, phone: str, many: int) -> list[str]:
    async def look() -> list[str]:
        got = [t.body for t in twin.to(phone)]
        return got if len(got) >= many else []

    return await until(look)


async def test_a_missed_call_becomes_a_booking_in_a_real_process(running: Running) -> None:
    ana, twin = fresh_phone(), running.twin
    await twin.missed_call(running.base, ana, running.number)
    said = await texts(twin, ana, 1)
    for body in ("My kitchen sink is clogged", "04101", "Ana Diaz", "the first one"):
        await twin.text(running.base, ana, running.number, body)
        said = await texts(twin, ana, len(said) + 1)

    async def delivered() -> list[dict[str, Any]]:
        (lead,) = (await running.get(f"/leads?phone={ana[1:]}"))["items"]
        messages = (await running.get(f"/conversations/{lead['conversation_id']}"))["messages"]
        ours = [m for m in messages if m["direction"] == "outbound"]
        return messages if {m["delivery"] for m in ours} == {"delivered"} else []

    messages = await until(delivered)
    assert [m["author"] for m in messages] == ["system", *["caller", "agent"] * 4]
    assert [m["body"] for m in messages if m["author"] != "caller"] == said
    (booking,) = (await running.get(f"/bookings?phone={ana[1:]}"))["items"]
    assert (booking["service"], booking["status"]) == ("drain", "confirmed")
    (lead,) = (await running.get(f"/leads?phone={ana[1:]}"))["items"]
    assert lead["status"] == "booked"
    assert twin.problems == []


async def test_what_is_delivered_many_times_at_once_is_answered_once(running: Running) -> None:
    ben, twin = fresh_phone(), running.twin
    sid = await twin.missed_call(running.base, ben, running.number)
    again = (twin.dialed(running.base, sid, ben, running.number) for _ in range(5))
    assert {a.status_code for a in await asyncio.gather(*again)} == {200}
    await texts(twin, ben, 1)
    text = f"SM{ben[2:]:0>32}"
    many = (
        twin.text(running.base, ben, running.number, "clogged sink", sid=text) for _ in range(5)
    )
    assert {a.status_code for a in await asyncio.gather(*many)} == {200}
    await texts(twin, ben, 2)
    await twin.text(running.base, ben, running.number, "04101")
    await texts(twin, ben, 3)
    assert len(twin.to(ben)) == 3


async def test_who_asks_for_a_person_gets_one_in_a_real_process(running: Running) -> None:
    eva, twin = fresh_phone(), running.twin
    dana = next(p.phone for p in running.profile.staff if p.key == "dana" and p.phone)
    await twin.missed_call(running.base, eva, running.number)
    await texts(twin, eva, 1)
    await twin.text(running.base, eva, running.number, "can I talk to a real person please")
    (alert,) = await texts(twin, dana, 1)
    assert f"{running.base}/console/{running.profile.slug}/conversations/" in alert
    await texts(twin, eva, 2)
    (handoff,) = (await running.get("/handoffs?state=open"))["items"]
    reply = {"text": "Dana here, what's up?"}
    answer = await running.api.post(f"/handoffs/{handoff['id']}/reply", json=reply)
    assert answer.json()["state"] == "claimed"
    assert (await texts(twin, eva, 3))[-1] == "Dana here, what's up?"
