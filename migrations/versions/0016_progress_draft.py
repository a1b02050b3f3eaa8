"""Progress reports are kept while they are written, before they are handed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016_progress_draft"
down_revision = "0015_asked_of_experts"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "progress_draft",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("exchange_id", BIG_ID, nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("difficulties", sa.Text(), nullable=False),
        sa.Column("next", sa.Text(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchange.id"], name=op.f("fk_progress_draft_exchange_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_draft")),
        sa.UniqueConstraint("exchange_id", name=op.f("uq_progress_draft_exchange_id")),
    )


def downgrade() -> None:
    op.drop_table("progress_draft")
