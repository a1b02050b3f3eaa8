"""Invitations that can be corrected, names that go with a confirmation, and changes of e-mail addresses."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008_corrected_accounts"
down_revision = "0007_known_browsers"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("person", sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("token", sa.Column("name", sa.String(length=120), nullable=True))
    op.execute(
        "UPDATE person SET invited_at = created_at WHERE id IN (SELECT person_id FROM token WHERE kind = 'invite')"
    )
    op.create_table(
        "address_change",
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("by_id", BIG_ID, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_address_change_by_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_address_change_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_change")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_address_change_token_hash")),
    )
    op.create_index("ix_address_change_person_id", "address_change", ["person_id"])


def downgrade() -> None:
    op.drop_table("address_change")
    op.drop_column("token", "name")
    op.drop_column("person", "invited_at")
