"""The staff's pages: Jinja2, our own CSS and one small script; every action is a plain form."""

from fastapi import APIRouter

from api.console import conversations, lists, numbers, sign_in, views

router = APIRouter(include_in_schema=False)
for part in (views, sign_in, lists, numbers, conversations):  # named addresses before {slug}
    router.include_router(part.router)

__all__ = ["router"]
