"""Count the records of a batch that say only a later status of a line known before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the count."""
    op.add_column(
        "batches", sa.Column("amended", sa.BigInteger, nullable=False, server_default="0")
    )


def downgrade() -> None:
    """Remove the count."""
    with op.batch_alter_table("batches") as batches:
        batches.drop_column("amended")
