"""create_app(): the service as one ASGI application."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from fastapi import APIRouter, FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import console, errors, phone
from api.routes import (
    bookings,
    businesses,
    callbacks,
    callers,
    calls,
    conversations,
    handoffs,
    health,
    leads,
    metrics,
    twilio,
)
from api.routes.health import Gauges
from api.wiring import House, build
from core.log import get_logger
from core.settings import Settings

log = get_logger("api.app")

MOST_BYTES = 1_000_000
_STOP_SECONDS = 20.0
_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; "
        "img-src 'self' data:; object-src 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}
V1 = (leads, calls, conversations, handoffs, bookings, callbacks, businesses, metrics, callers)


def create_app(source: Settings | House, *, jobs: bool = True, create: bool = True) -> FastAPI:
    """The application.

    Args:
        source: Settings, from which a house is opened at start and closed at the end; or a house
            that is open already and stays so.
        jobs: Whether this process works on jobs beside answering requests.
        create: Whether a missing embedded database is made, and pending migrations are run.
    """
    settings = source.settings if isinstance(source, House) else source
    app = FastAPI(
        title="Ringback",
        version="1",
        summary="Missed calls, answered by text.",
        lifespan=_lifespan(source, jobs=jobs, create=create),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    if isinstance(source, House):
        app.state.house = source
    app.state.gauges = Gauges()
    errors.install(app)
    v1 = APIRouter(prefix="/api/v1")
    for part in V1:
        v1.include_router(part.router)
    app.include_router(v1)
    app.include_router(health.router)
    app.include_router(twilio.router)
    _include_pages(app, settings)
    app.add_middleware(_Watched, gauges=app.state.gauges)
    return app


def _include_pages(app: FastAPI, settings: Settings) -> None:
    app.include_router(console.router)
    if settings.simulator:
        app.include_router(phone.router)


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def _lifespan(source: Settings | House, *, jobs: bool, create: bool) -> Lifespan:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if isinstance(source, House):
            async with _at_work(source, jobs=jobs):
                yield
            return
        house = await build(source, create=create)
        app.state.house = house
        try:
            async with _at_work(house, jobs=jobs):
                yield
        finally:
            await house.close()

    return lifespan


@asynccontextmanager
async def _at_work(house: House, *, jobs: bool) -> AsyncIterator[None]:
    """Look after the database, and work on jobs, as long as the application runs."""
    keeper = asyncio.create_task(house.keep_database())
    worker = house.worker() if jobs else None
    working = asyncio.create_task(worker.run()) if worker else None
    try:
        yield
    finally:
        if worker is not None and working is not None:
            worker.stop()
            await _ended(working)
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


async def _ended(working: "asyncio.Task[None]") -> None:
    """Wait for the jobs that run; what takes too long is left to the next worker."""
    try:
        await asyncio.wait_for(working, _STOP_SECONDS)
    except TimeoutError:
        log.warning("jobs.stop.cut", seconds=_STOP_SECONDS)


_TOO_MUCH = f"A request may have at most {MOST_BYTES} bytes."
_TOO_LARGE = errors.problem(413, _TOO_MUCH)


def _declared(scope: Scope) -> int:
    """The length of the body as announced; 0 when it is not."""
    value = Headers(scope=scope).get("content-length", "")
    return int(value) if value.isdecimal() else 0


def _limited(receive: Receive) -> Receive:
    """The same body, refused where it grows beyond the limit without having said so."""
    read = 0

    async def receiving() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > MOST_BYTES:
            raise HTTPException(413, _TOO_MUCH)
        return message

    return receiving


class _Watched:
    """Adds the security headers to every answer, and counts and times requests by route."""

    def __init__(self, app: ASGIApp, gauges: Gauges) -> None:
        self.app, self.gauges = app, gauges

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, status = time.monotonic(), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            app = self.app if _declared(scope) <= MOST_BYTES else _TOO_LARGE
            await app(scope, _limited(receive), sending)
        finally:
            route = getattr(scope.get("endpoint"), "__qualname__", "none")
            self.gauges.requests.labels(scope["method"], route, str(status)).inc()
            self.gauges.seconds.labels(route).observe(time.monotonic() - began)
