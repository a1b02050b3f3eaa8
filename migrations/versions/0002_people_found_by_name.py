"""People are found by a folded name, alike on both engines; a confirmation holds the password that was chosen with it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.names import fold

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("found_by", sa.String(length=400), nullable=False, server_default=""))
    with op.batch_alter_table("token") as table:
        table.add_column(sa.Column("password_hash", sa.String(length=200), nullable=False, server_default=""))
    person = sa.table("person", sa.column("id"), sa.column("name"), sa.column("email"), sa.column("found_by"))
    connection = op.get_bind()
    rows = [
        {"number": number, "words": fold(f"{name} {email}")[:400]}
        for number, name, email in connection.execute(sa.select(person.c.id, person.c.name, person.c.email))
    ]
    if rows:
        by_number = person.update().where(person.c.id == sa.bindparam("number"))
        connection.execute(by_number.values(found_by=sa.bindparam("words")), rows)
    with op.batch_alter_table("person") as table:
        table.alter_column("found_by", server_default=None)
    with op.batch_alter_table("token") as table:
        table.alter_column("password_hash", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("token") as table:
        table.drop_column("password_hash")
    with op.batch_alter_table("person") as table:
        table.drop_column("found_by")
