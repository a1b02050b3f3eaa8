"""A history of administration of its own: who changed people, roles, agencies, units, calls and rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_administration_history"
down_revision = "0004_unused_ids"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(60).with_variant(sa.String(60, collation="C"), "postgresql")
GUARDS = {
    "sqlite": (
        "CREATE TRIGGER administration_event_no_update BEFORE UPDATE ON administration_event "
        "BEGIN SELECT RAISE(ABORT, 'administration_event is append-only'); END",
        "CREATE TRIGGER administration_event_no_delete BEFORE DELETE ON administration_event "
        "BEGIN SELECT RAISE(ABORT, 'administration_event is append-only'); END",
    ),
    "postgresql": (
        "CREATE TRIGGER administration_event_no_change BEFORE UPDATE OR DELETE ON administration_event "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
}


def upgrade() -> None:
    op.create_table(
        "administration_event",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", BIG_ID, nullable=True),
        sa.Column("what", WORD, nullable=False),
        sa.Column("about_kind", WORD, nullable=False),
        sa.Column("about_id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_administration_event_actor_id")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_administration_event_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration_event")),
    )
    op.create_index("ix_administration_event_about", "administration_event", ["about_kind", "about_id"])
    op.create_index("ix_administration_event_actor", "administration_event", ["actor_id"])
    op.create_table(
        "administration_words",
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["administration_event.id"], name=op.f("fk_administration_words_event_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration_words")),
        sa.UniqueConstraint("event_id", name=op.f("uq_administration_words_event_id")),
    )
    for statement in GUARDS[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("administration_words")
    op.drop_table("administration_event")
