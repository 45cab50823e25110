"""Tombstones, and the journal of erasures with their receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "tombstones",
        sa.Column("mark", sa.LargeBinary(32), primary_key=True),
        sa.Column("erasure", sa.String(32), nullable=False, index=True),
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("customers", sa.JSON, nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.DateTime(timezone=True)),
        sa.Column("receipt", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    """Remove the tables."""
    for table in ("erasures", "tombstones"):
        op.drop_table(table)
