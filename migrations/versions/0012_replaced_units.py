"""A placement remembers when the host agency took it back to look for another unit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012_replaced_units"
down_revision = "0011_drafts_by_the_worker"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("placement", sa.Column("replaced_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("placement", "replaced_at")
