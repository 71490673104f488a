"""The ceiling of the webhook benchmark: a signature check and one INSERT, nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from fastapi import FastAPI, Request, Response
from twilio.request_validator import RequestValidator


def create(dsn: str, token: str, base_url: str) -> FastAPI:
    """A FastAPI application with one route."""
    validator = RequestValidator(token)
    pools: list[asyncpg.Pool] = []

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        pool = await asyncpg.create_pool(dsn, min_size=5, max_size=15)
        await pool.execute("CREATE TABLE IF NOT EXISTS bare (sid text PRIMARY KEY, body text)")
        pools.append(pool)
        yield
        await pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/twilio/sms")
    async def sms(request: Request) -> Response:
        form = await request.form()
        signature = request.headers.get("x-twilio-signature", "")
        if not validator.validate(f"{base_url}/twilio/sms", form, signature):
            return Response(status_code=403)
        await pools[0].execute(
            "INSERT INTO bare VALUES ($1, $2) ON CONFLICT DO NOTHING",
            str(form["MessageSid"]),
            str(form["Body"]),
        )
        return Response("<Response/>", media_type="application/xml")

    return app


def app() -> FastAPI:
    """For uvicorn's factory: what it needs stands in the environment of the benchmark."""
    import os

    return create(os.environ["BARE_DSN"], os.environ["BARE_TOKEN"], os.environ["BARE_BASE_URL"])
