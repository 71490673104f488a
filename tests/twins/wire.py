"""A small HTTP/1.1 server whose answers may also be silence or a dropped connection."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Self
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request; `query` and `form` hold the first value of each field, `forms` all."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]
    forms: dict[str, list[str]]
    body: str = ""


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Reply = Answer | Literal["hang", "drop"]


class WireServer:
    """Listens on a free port of the loopback while it is entered."""

    def __init__(self, answer: Callable[[Asked], Awaitable[Reply]]) -> None:
        self._answer = answer
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while (asked := await _read(reader)) is not None:
                reply = await self._answer(asked)
                if reply == "hang":
                    await reader.read()  # until the other side gives up
                if not isinstance(reply, Answer):
                    writer.transport.abort()
                    return
                writer.write(_bytes(reply))
                await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
    body = (await reader.readexactly(int(headers.get("content-length", "0")))).decode()
    url, forms = urlsplit(target), parse_qs(body, keep_blank_values=True)
    query = parse_qs(url.query, keep_blank_values=True)
    return Asked(
        method,
        unquote(url.path),
        {k: v[0] for k, v in query.items()},
        headers,
        {k: v[0] for k, v in forms.items()},
        forms,
        body,
    )


def _bytes(answer: Answer) -> bytes:
    given = answer.body
    body = (
        given if isinstance(given, bytes) else b"" if given is None else json.dumps(given).encode()
    )
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **answer.headers,
    }
    lines = "".join(f"{k}: {v}\r\n" for k, v in headers.items())
    return f"HTTP/1.1 {answer.status} Twin\r\n{lines}\r\n".encode() + body
