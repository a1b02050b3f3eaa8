"""What an application said at each handing in, so that a decision after a return shows what was changed since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010_handed_in_answers"
down_revision = "0009_settled_messages"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "handed_in",
        sa.Column("exchange_id", BIG_ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchange.id"], name=op.f("fk_handed_in_exchange_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_in")),
        sa.UniqueConstraint("exchange_id", "version", name=op.f("uq_handed_in_exchange_id_version")),
    )


def downgrade() -> None:
    op.drop_table("handed_in")
