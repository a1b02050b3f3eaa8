"""What a call asks of experts: years of experience, and how well they speak the language of the host agency.

Calls from before asked for B1, and for no number of years.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015_asked_of_experts"
down_revision = "0014_receiving"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("call", sa.Column("min_years", sa.Integer(), nullable=True))
    op.add_column("call", sa.Column("language_level", sa.String(length=2), nullable=False, server_default="B1"))


def downgrade() -> None:
    op.drop_column("call", "language_level")
    op.drop_column("call", "min_years")
