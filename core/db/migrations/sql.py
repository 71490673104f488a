"""Run a file of SQL statements inside a migration's transaction."""

from pathlib import Path

from alembic import op
from sqlalchemy.util import await_only

_VERSIONS = Path(__file__).with_name("versions")


def run(name: str) -> None:
    """Execute `versions/<name>.sql` whole; asyncpg's plain `execute` takes many statements."""
    statements = (_VERSIONS / f"{name}.sql").read_text(encoding="utf-8")
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise RuntimeError("a migration needs an open connection")
    await_only(driver.execute(statements))
