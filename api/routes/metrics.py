"""The five figures over HTTP."""

from fastapi import APIRouter

from api.auth import InScope
from api.routes.shared import From, To, span
from core.models import Json
from desk import metrics as desk

router = APIRouter(tags=["metrics"])


@router.get("/metrics")
async def read_figures(scope: InScope, start: From = None, to: To = None) -> Json:
    """The five figures over the missed calls whose time lies in [from, to); all, when not given.

    An agency names one of its businesses: a median over several would be nobody's.
    """
    async with scope.house.db.work(scope.one()) as work:
        first, last = span(start, to, work.profile.zone)
        figures = await desk.figures(work, first, last)
    return {key: figure.as_json() for key, figure in figures.items()}
