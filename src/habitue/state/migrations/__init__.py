"""Alembic's environment: how an older state becomes today's."""
