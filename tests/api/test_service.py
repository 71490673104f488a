"""What is not a resource: health, figures for Prometheus, headers, limits, faults."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.wiring import House
from core.clock import TurnableClock
from core.db import Database
from tests.api.conftest import Owner
from tests.conftest import NewBusiness


@pytest.fixture
async def web(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as found:
        yield found


@pytest.fixture
async def away(house: House, clock: TurnableClock) -> AsyncIterator[httpx.AsyncClient]:
    """The service while its database does not answer."""
    house.db = Database("postgresql://ringback@127.0.0.1:1/ringback", clock)
    transport = httpx.ASGITransport(create_app(house, jobs=False), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as found:
        yield found
    await house.db.close()


async def test_it_is_live_and_ready(web: httpx.AsyncClient) -> None:
    assert (await web.get("/health/live")).json()["status"] == "ok"
    ready = await web.get("/health/ready")
    assert ready.status_code == 200
    assert set(ready.json()["checks"]) == {"database", "migrations", "role"}


async def test_without_its_database_it_is_live_not_ready_and_says_when_to_come_back(
    away: httpx.AsyncClient,
) -> None:
    assert (await away.get("/health/live")).status_code == 200
    ready = await away.get("/health/ready")
    assert ready.status_code == 503
    asked = await away.get("/api/v1/leads", headers={"Authorization": "Bearer x"})
    assert asked.status_code == 503
    assert int(asked.headers["retry-after"]) > 0
    assert asked.headers["content-type"] == "application/problem+json"
    assert "ringback_database_up 0.0" in (await away.get("/metrics")).text


async def test_prometheus_reads_requests_texts_turns_and_jobs_and_no_business(
    web: httpx.AsyncClient, new_business: NewBusiness, owner: Owner
) -> None:
    business, profile = await new_business()
    await (await owner(business)).get("/leads")
    answer = await web.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    for name in ("ringback_requests_total", "ringback_texts", "ringback_turns", "ringback_jobs"):
        assert f"# TYPE {name.removesuffix('_total')}" in answer.text
    assert 'route="list_leads"' in answer.text
    for secret in (profile.slug, profile.name, str(business)):
        assert secret not in answer.text


async def test_every_answer_carries_the_security_headers(web: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/nothing", "/api/v1/leads"):
        headers = (await web.get(path)).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


async def test_openapi_is_served_and_the_docs_pages_are_not(web: httpx.AsyncClient) -> None:
    described = (await web.get("/api/openapi.json")).json()
    assert "/api/v1/leads" in described["paths"]
    assert (await web.get("/docs")).status_code == 404
    assert (await web.get("/redoc")).status_code == 404


async def _drip() -> AsyncIterator[bytes]:
    for _ in range(12):
        yield b"x" * 100_000


@pytest.mark.parametrize("said", [True, False], ids=["declared", "undeclared"])
async def test_too_large_a_request_is_refused(
    new_business: NewBusiness, owner: Owner, said: bool
) -> None:
    business, profile = await new_business()
    api = await owner(business)
    content = b"x" * 1_200_000 if said else _drip()
    answer = await api.put(
        f"/businesses/{profile.slug}",
        content=content,
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_an_unknown_path_and_a_wrong_method_are_problems(web: httpx.AsyncClient) -> None:
    for answer, status in (
        (await web.get("/api/v1/nothing"), 404),
        (await web.post("/api/v1/leads"), 405),
    ):
        assert answer.status_code == status
        assert answer.json()["status"] == status
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_that_is_no_json_is_a_problem(new_business: NewBusiness, owner: Owner) -> None:
    business, _ = await new_business()
    api = await owner(business)
    answer = await api.post("/bookings", content="{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
