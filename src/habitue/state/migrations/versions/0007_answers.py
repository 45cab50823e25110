"""Answers about groups of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "answers",
        sa.Column("digest", sa.LargeBinary(32), primary_key=True),
        sa.Column("people", sa.BigInteger, nullable=False, index=True),
        sa.Column("table", sa.LargeBinary, nullable=False),
        sa.Column("answer", sa.BigInteger, nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("answers")
