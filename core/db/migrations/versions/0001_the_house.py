"""Every table of the house, its policies and the constraint that forbids double bookings."""

from core.db.migrations.sql import run

revision = "0001_the_house"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run("0001_the_house")
