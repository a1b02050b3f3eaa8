"""Who receives an expert: telephones of units and counterparts, and the version of a placement's terms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014_receiving"
down_revision = "0013_plan_draft"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("host_unit", sa.Column("phone", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("placement", sa.Column("counterpart_phone", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("placement", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("placement", "version")
    op.drop_column("placement", "counterpart_phone")
    op.drop_column("host_unit", "phone")
