"""Every table, one file per noun.

directory   agencies, businesses, numbers, tokens, sessions, service_secrets, jobs
business    profiles, staff, knowledge
callers     callers, calls, leads, conversations, messages
bookings    bookings, offers
desk        handoffs, callbacks
ledger      opt_outs, journal, turns
"""

from core.models.base import Base, Json, Tenant, new_id
from core.models.bookings import Booking, Offer
from core.models.business import KnowledgeRow, ProfileRow, Staff
from core.models.callers import Call, Caller, Conversation, Lead, Message
from core.models.desk import HANDOFF_REASONS, Callback, Handoff
from core.models.directory import (
    DIRECTORY,
    Agency,
    Business,
    Job,
    Number,
    ServiceSecret,
    Session,
    Token,
)
from core.models.ledger import JournalEntry, OptOut, Turn

__all__ = [
    "DIRECTORY",
    "HANDOFF_REASONS",
    "Agency",
    "Base",
    "Booking",
    "Business",
    "Call",
    "Callback",
    "Caller",
    "Conversation",
    "Handoff",
    "Job",
    "JournalEntry",
    "Json",
    "KnowledgeRow",
    "Lead",
    "Message",
    "Number",
    "Offer",
    "OptOut",
    "ProfileRow",
    "ServiceSecret",
    "Session",
    "Staff",
    "Tenant",
    "Token",
    "Turn",
    "new_id",
]
