"""Our errors as problem details (RFC 9457): one shape for whatever goes wrong.

{"type": "/problems/slot-taken", "title": "...", "status": 409, "detail": "...",
 "errors": [{"field": "starts_at", "problem": "...", "example": "..."}]}
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from api.business_file import BadBusinessFile
from core.errors import (
    BadInput,
    Conflict,
    DatabaseUnavailable,
    IllegalMove,
    NotAllowed,
    NotFound,
    Retryable,
    RingbackError,
    SlotTaken,
)
from core.log import get_logger

log = get_logger("api.errors")
MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = "2"

_STATUS: tuple[tuple[type[RingbackError], int, str], ...] = (
    (SlotTaken, 409, "slot-taken"),
    (Conflict, 409, "conflict"),
    (IllegalMove, 409, "conflict"),
    (NotFound, 404, "not-found"),
    (NotAllowed, 403, "not-allowed"),
    (BadInput, 422, "bad-input"),
    (BadBusinessFile, 422, "bad-business-file"),
    (DatabaseUnavailable, 503, "database-unavailable"),
    (Retryable, 503, "unavailable"),
)


def problem(
    status: int,
    detail: str,
    *,
    kind: str | None = None,
    headers: dict[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> JSONResponse:
    """A problem as an answer; `kind` is the last part of its type, `more` is added to its body."""
    title = HTTPStatus(status).phrase
    body = {
        "type": f"/problems/{kind}" if kind else "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        **(more or {}),
    }
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def _ours(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RingbackError)
    found = next(((s, n) for kind, s, n in _STATUS if isinstance(error, kind)), None)
    if found is None:
        log.error("request.failed", error=type(error).__name__, exc_info=error)
        return problem(500, "Something went wrong on our side.")
    status, name = found
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        log.warning("request.unavailable", error=str(error)[:200])
        return _unavailable(name)
    return problem(status, str(error), kind=name, more=_more(error))


def _more(error: RingbackError) -> dict[str, object]:
    if isinstance(error, BadInput):
        return {"errors": [_field(error.field, error.problem, error.example)]}
    if isinstance(error, BadBusinessFile):
        return {"errors": [_field(p.key, p.problem, p.example) for p in error.problems]}
    if isinstance(error, SlotTaken):
        return {"fresh": [at.isoformat() for at in error.fresh]}
    return {}


def _field(field: str, what: str, example: str = "") -> dict[str, str]:
    told = {"field": field, "problem": what}
    return {**told, "example": example} if example else told


def _unavailable(name: str) -> JSONResponse:
    detail = "That can't be done at the moment; try again shortly."
    return problem(503, detail, kind=name, headers={"Retry-After": RETRY_SECONDS})


def _pool(_: Request, error: Exception) -> JSONResponse:
    log.warning("request.unavailable", error=str(error)[:200])
    return _unavailable("database-unavailable")


def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fields = [_field(_name(e["loc"]), str(e["msg"])) for e in error.errors()]
    detail = "; ".join(f"{f['field']}: {f['problem']}" for f in fields)
    return problem(422, detail, kind="bad-input", more={"errors": fields})


def _name(loc: tuple[Any, ...]) -> str:
    """The field as the caller knows it: without `query` or `body` in front."""
    inner = loc[1:] if len(loc) > 1 else loc
    return ".".join(str(part) for part in inner)


def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers) if error.headers else None
    return problem(error.status_code, str(error.detail), headers=headers)


def _unknown(_: Request, error: Exception) -> JSONResponse:
    log.error("request.failed", error=type(error).__name__, exc_info=error)
    return problem(500, "Something went wrong on our side.")


def install(app: FastAPI) -> None:
    """Let every error of this application leave as a problem."""
    app.add_exception_handler(RingbackError, _ours)
    app.add_exception_handler(PoolTimeout, _pool)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unknown)
