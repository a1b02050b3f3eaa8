"""The note of a closed day has the language in which it is written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020_language_of_notes"
down_revision = "0019_sources_of_stay_rules"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calendar_override", sa.Column("note_language", sa.String(2), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("calendar_override", "note_language")
