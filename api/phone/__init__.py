"""The phone simulator: a caller is played through the same signed webhooks that Twilio calls.

It is served only where the simulator is a carrier, asks for no sign-in, and never shows a business
whose texts a real carrier takes. Whoever reaches it reads what is texted to the staff as well; a
sign-in link is shown for businesses marked as tests alone, for a session outlives the simulator.
"""

from fastapi import APIRouter

from api.phone import pages, views

router = APIRouter(include_in_schema=False)
for part in (views, pages):
    router.include_router(part.router)

__all__ = ["router"]
