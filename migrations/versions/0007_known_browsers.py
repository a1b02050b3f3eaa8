"""Browsers that an account knows; links that were mailed no longer stay with the message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007_known_browsers"
down_revision = "0006_stand_ins_agree"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "known_browser",
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_known_browser_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_browser")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_known_browser_token_hash")),
    )
    op.create_index("ix_known_browser_person_id", "known_browser", ["person_id"])
    op.execute(
        "UPDATE message SET path = '' WHERE kind IN ('account.confirm', 'account.reset', 'account.invite') "
        "AND (sent_at IS NOT NULL OR next_try_at IS NULL)"
    )


def downgrade() -> None:
    op.drop_table("known_browser")
