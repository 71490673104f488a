"""PgQueuer's tables."""

from core.db.migrations.sql import run

revision = "0002_the_queue"
down_revision = "0001_the_house"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("0002_the_queue")
