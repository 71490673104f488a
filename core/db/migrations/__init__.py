"""Alembic's migrations: plain SQL, frozen once released, run under an admin login."""
