"""The half-yearly clearing of personal data and its log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022_clearing"
down_revision = "0021_topics"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "clearing",
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("half", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_clearing_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearing")),
        sa.UniqueConstraint("agency_id", "half", name=op.f("uq_clearing_agency_id_half")),
    )
    op.create_table(
        "cleared",
        sa.Column("clearing_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["clearing_id"], ["clearing.id"], name=op.f("fk_cleared_clearing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cleared")),
    )
    op.create_index("ix_cleared_clearing_id", "cleared", ["clearing_id"])
    op.add_column("exchange", sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("exchange", "cleared_at")
    op.drop_table("cleared")
    op.drop_table("clearing")
