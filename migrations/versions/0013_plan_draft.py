"""Plans are kept while they are written, before they are proposed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_plan_draft"
down_revision = "0012_replaced_units"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "plan_draft",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("exchange_id", BIG_ID, nullable=False),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("travel_out", sa.Date(), nullable=True),
        sa.Column("travel_back", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchange.id"], name=op.f("fk_plan_draft_exchange_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_plan_draft_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_draft")),
        sa.UniqueConstraint("exchange_id", name=op.f("uq_plan_draft_exchange_id")),
    )


def downgrade() -> None:
    op.drop_table("plan_draft")
