"""What a message asks for, and when that was done: a settled one counts as read and is not sent any more.

What was asked before the upgrade stays as it is until it is read; nobody can say any more whether it was done.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009_settled_messages"
down_revision = "0008_corrected_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("message") as batch:
        batch.add_column(sa.Column("asks", sa.String(24), server_default="", nullable=False))
        batch.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("message") as batch:
        batch.drop_column("settled_at")
        batch.drop_column("asks")
