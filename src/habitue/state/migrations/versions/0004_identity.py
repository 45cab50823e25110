"""Evidence for identities, shared identifiers and merges undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let several pseudonyms hold one identifier, and let a link say who said it, and how sure."""
    # Added in place: SQLite would make a new table of persons, and dropping the former one would
    # delete all identifiers with it.
    op.add_column("persons", sa.Column("signature", sa.LargeBinary(16), nullable=True))
    op.create_index("ix_persons_signature", "persons", ["signature"], unique=True)
    op.add_column("links", sa.Column("score", sa.Float, nullable=True))
    op.add_column("links", sa.Column("created", sa.DateTime(timezone=True), nullable=True))
    op.rename_table("identifiers", "identifiers_single")
    op.drop_index("ix_identifiers_customer", "identifiers_single")
    op.create_table(
        "identifiers",
        sa.Column(
            "customer",
            sa.BigInteger,
            sa.ForeignKey("persons.customer", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("lookup", sa.LargeBinary(32), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("party", sa.Integer, nullable=True),
        sa.Column("desk", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("secret", sa.LargeBinary, nullable=False),
    )
    op.execute(
        "INSERT INTO identifiers (customer, lookup, kind, secret) "
        "SELECT customer, lookup, kind, secret FROM identifiers_single"
    )
    op.drop_table("identifiers_single")
    op.create_index("ix_identifiers_lookup", "identifiers", ["lookup"])


def downgrade() -> None:
    """Refuse: one identifier of several pseudonyms has no place in the old table."""
    raise NotImplementedError
