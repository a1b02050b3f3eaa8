"""Follow-up of recommendations becomes append-only: entries of each agency in place of one answer that is overwritten.

The present answers move into entries. Which agency gave one is read from the history: the newest event "followed_up"
of that recommendation names the side and the person. Where there is none, both stay null.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0002_follow_up_entries"
down_revision = "0001_initial"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PRIORITIES = ("high", "medium", "low")
STANDS = ("done", "under_way", "not_started", "dropped")
# event's function named its table; from now on it serves every append-only table
REFUSE_CHANGE = (
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION {what}; END $$"
)
GUARDS = {
    "sqlite": (
        "CREATE TRIGGER follow_up_entry_no_update BEFORE UPDATE ON follow_up_entry "
        "BEGIN SELECT RAISE(ABORT, 'follow_up_entry is append-only'); END",
        "CREATE TRIGGER follow_up_entry_no_delete BEFORE DELETE ON follow_up_entry "
        "BEGIN SELECT RAISE(ABORT, 'follow_up_entry is append-only'); END",
    ),
    "postgresql": (
        REFUSE_CHANGE.format(what="USING MESSAGE = TG_TABLE_NAME || ' is append-only'"),
        "CREATE TRIGGER follow_up_entry_no_change BEFORE UPDATE OR DELETE ON follow_up_entry "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
}
RECOMMENDATION_OF_EVENT = {
    "sqlite": "json_extract(facts, '$.recommendation')",
    "postgresql": "CAST(facts ->> 'recommendation' AS INTEGER)",
}
MOVE_ANSWERS = """
INSERT INTO follow_up_entry (recommendation_id, agency_id, by_id, progress, at, idempotency_key)
SELECT r.id, CASE e.side WHEN 'home' THEN x.home_id WHEN 'host' THEN x.host_id END, e.actor_id, r.progress,
    coalesce(r.followed_up_at, e.at, x.updated_at), 'before there were entries'
FROM recommendation r
JOIN report p ON p.id = r.report_id
JOIN exchange x ON x.id = p.exchange_id
LEFT JOIN event e ON e.subject_id = x.id AND e.number = (
    SELECT max(number) FROM event
    WHERE subject_id = x.id AND what = 'followed_up' AND {recommendation_of_event} = r.number)
WHERE r.progress IS NOT NULL
"""
MOVE_WORDS = """
INSERT INTO follow_up_evidence (entry_id, text)
SELECT f.id, r.evidence FROM follow_up_entry f JOIN recommendation r ON r.id = f.recommendation_id
WHERE r.evidence <> ''
"""
MOVE_BACK = """
UPDATE recommendation SET
    progress = (SELECT progress FROM follow_up_entry WHERE {newest}),
    followed_up_at = (SELECT at FROM follow_up_entry WHERE {newest}),
    evidence = coalesce((SELECT text FROM follow_up_evidence WHERE entry_id = (
        SELECT id FROM follow_up_entry WHERE {newest})), '')
""".format(
    newest="recommendation_id = recommendation.id ORDER BY at DESC, id DESC LIMIT 1"
)


def stands(name: str, nullable: bool) -> sa.Column[str]:
    kind = sa.Enum(*STANDS, name="progress", native_enum=False, create_constraint=True, length=24)
    return sa.Column(name, kind, nullable=nullable)


def recommendation(*more: sa.Column[object]) -> sa.Table:
    """The table, for SQLite, which makes it anew: nothing else would tell it of the check constraints."""
    return sa.Table(
        "recommendation",
        sa.MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"}),
        sa.Column("report_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", BIG_ID, nullable=True),
        sa.Column("horizon", sa.Date(), nullable=True),
        sa.Column(
            "priority",
            sa.Enum(*PRIORITIES, name="priority", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        *more,
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["agency.id"], name="fk_recommendation_owner_id"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name="fk_recommendation_report_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recommendation"),
        sa.UniqueConstraint("report_id", "number", name="uq_recommendation_report_id_number"),
        sa.Index("ix_recommendation_owner_id", "owner_id"),
    )


def answer(evidence_nullable: bool) -> tuple[sa.Column, ...]:
    return (
        stands("progress", nullable=True),
        sa.Column("evidence", sa.Text(), nullable=evidence_nullable),
        sa.Column("followed_up_at", sa.DateTime(timezone=True), nullable=True),
    )


def upgrade() -> None:
    engine = op.get_context().dialect.name
    op.create_table(
        "follow_up_entry",
        sa.Column("recommendation_id", BIG_ID, nullable=False),
        sa.Column("agency_id", BIG_ID, nullable=True),
        sa.Column("by_id", BIG_ID, nullable=True),
        stands("progress", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idempotency_key", sa.String(length=40), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_follow_up_entry_agency_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_follow_up_entry_by_id")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendation.id"], name=op.f("fk_follow_up_entry_recommendation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_entry")),
        sa.UniqueConstraint(
            "recommendation_id", "idempotency_key", name=op.f("uq_follow_up_entry_recommendation_id_idempotency_key")
        ),
    )
    op.create_table(
        "follow_up_evidence",
        sa.Column("entry_id", BIG_ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["follow_up_entry.id"], name=op.f("fk_follow_up_evidence_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up_evidence")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_follow_up_evidence_entry_id")),
    )
    op.execute(MOVE_ANSWERS.format(recommendation_of_event=RECOMMENDATION_OF_EVENT[engine]))
    op.execute(MOVE_WORDS)
    for statement in GUARDS[engine]:
        op.execute(statement)
    with op.batch_alter_table("recommendation", copy_from=recommendation(*answer(False))) as batch_op:
        batch_op.drop_column("progress")
        batch_op.drop_column("evidence")
        batch_op.drop_column("followed_up_at")


def downgrade() -> None:
    """Keeps each recommendation's newest entry; the earlier ones and the other agency's are lost."""
    with op.batch_alter_table("recommendation", copy_from=recommendation()) as batch_op:
        for column in answer(True):
            batch_op.add_column(column)
    op.execute(MOVE_BACK)
    with op.batch_alter_table("recommendation", copy_from=recommendation(*answer(True))) as batch_op:
        batch_op.alter_column("evidence", existing_type=sa.Text(), nullable=False)
    op.drop_table("follow_up_evidence")
    op.drop_table("follow_up_entry")
    if op.get_context().dialect.name == "postgresql":
        op.execute(REFUSE_CHANGE.format(what="'event is append-only'"))
