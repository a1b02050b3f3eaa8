"""On SQLite the ids of deleted documents, absences and closed days are never given again, as on PostgreSQL.

An old page that still has the button to remove the one would otherwise remove the other that has its id now.
"""

from __future__ import annotations

from typing import Any

from alembic import op

revision = "0004_unused_ids"
down_revision = "0003_stay_rules"
branch_labels = None
depends_on = None

TABLES = ("absence", "calendar_override", "document")
RENEW_TOKEN = (
    "INSERT INTO reference_token (id, token) VALUES (1, hex(randomblob(16))) "
    "ON CONFLICT (id) DO UPDATE SET token = excluded.token"
)


def remake(**options: Any) -> None:
    """Makes the tables anew, which alone can change this on SQLite; their triggers go with the old ones."""
    if op.get_context().dialect.name != "sqlite":
        return
    for table in TABLES:
        with op.batch_alter_table(table, recreate="always", table_kwargs=options):
            pass
    for change in ("INSERT", "UPDATE", "DELETE"):
        op.execute(
            f'CREATE TRIGGER calendar_override_reference_{change.lower()} AFTER {change} ON "calendar_override" '
            f"BEGIN {RENEW_TOKEN}; END"
        )


def upgrade() -> None:
    remake(sqlite_autoincrement=True)


def downgrade() -> None:
    remake()
