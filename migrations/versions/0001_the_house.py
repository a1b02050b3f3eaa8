"""The house: every table (frozen from the models before the first release)."""

from __future__ import annotations

from alembic import op

from portal.db import Base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())


def downgrade() -> None:
    Base.metadata.drop_all(op.get_bind())
