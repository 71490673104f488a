"""The five figures over HTTP."""

from datetime import UTC, datetime

from fastapi import APIRouter

from api.auth import InScope
from api.routes.shared import From, To, span
from core.models import Json
from desk import metrics as desk

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_END = datetime(9999, 12, 31, tzinfo=UTC)

router = APIRouter(tags=["metrics"])


@router.get("/metrics")
async def read_figures(scope: InScope, start: From = None, to: To = None) -> Json:
    """The five figures over the missed calls whose time lies in [from, to); all, when not given.

    An agency names one of its businesses: a median over several would be nobody's.
    """
    async with scope.house.db.work(scope.one()) as work:
        first, last = span(start, to, work.profile.zone)
        figures = await desk.figures(work, first or _BEGINNING, last or _END)
    return {key: figure.as_json(key) for key, figure in figures.items()}
