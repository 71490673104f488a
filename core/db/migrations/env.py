"""Alembic's entry: the connection comes from `core.db.migrate`, already open."""

from alembic import context

from core.models import Base

OF_THE_QUEUE = "pgqueuer"


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """The queue's tables are PgQueuer's: no drift of theirs is ours to repair."""
    return not (kind == "table" and (name or "").startswith(OF_THE_QUEUE))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=_ours,
)
with context.begin_transaction():
    context.run_migrations()
