"""Whoever is asked to stand in for an absent manager agrees or declines; until now being named was enough.

Those who were named before this are taken to have agreed, so that nobody's right to decide ends with the upgrade.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006_stand_ins_agree"
down_revision = "0005_administration_history"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("absence", sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("absence", sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE absence SET agreed_at = CURRENT_TIMESTAMP")


def downgrade() -> None:
    """Absences without an answer are deleted: being named would otherwise be enough again."""
    op.execute("DELETE FROM absence WHERE agreed_at IS NULL OR declined_at IS NOT NULL")
    op.drop_column("absence", "declined_at")
    op.drop_column("absence", "agreed_at")
