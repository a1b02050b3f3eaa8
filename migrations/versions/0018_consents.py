"""Consents become rows of their own: what was given or withdrawn, with its words; agencies as controllers of data.

The words that were consented to move there as version "0": they are from before there were versions.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018_consents"
down_revision = "0017_language_of_texts"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GUARDS = {
    "sqlite": (
        "CREATE TRIGGER consent_no_update BEFORE UPDATE ON consent "
        "BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END",
        "CREATE TRIGGER consent_no_delete BEFORE DELETE ON consent "
        "BEGIN SELECT RAISE(ABORT, 'consent is append-only'); END",
    ),
    "postgresql": (
        "CREATE TRIGGER consent_no_change BEFORE UPDATE OR DELETE ON consent "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
}
MOVE = """
INSERT INTO consent (subject_id, person_id, kind, act, version, language, at)
SELECT x.id, x.expert_id, 'consent', 'given', '0', a.language, a.consented_at
FROM application a JOIN exchange x ON x.id = a.exchange_id WHERE a.consented_at IS NOT NULL ORDER BY a.id
"""
MOVE_WORDS = """
INSERT INTO consent_words (consent_id, text)
SELECT c.id, a.consent_text FROM consent c JOIN application a ON a.exchange_id = c.subject_id
"""
NEWEST = "(SELECT max(id) FROM consent WHERE subject_id = application.exchange_id AND kind = 'consent')"
MOVE_BACK = f"""
UPDATE application SET
    consented_at = (SELECT at FROM consent WHERE id = {NEWEST} AND act = 'given'),
    consent_text = coalesce((
        SELECT w.text FROM consent_words w JOIN consent c ON c.id = w.consent_id
        WHERE c.id = {NEWEST} AND c.act = 'given'), '')
"""


def one_of(name: str, constraint: str, *words: str) -> sa.Column[str]:
    kind = sa.Enum(*words, name=constraint, native_enum=False, create_constraint=True, length=24)
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("subject_id", BIG_ID, nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        one_of("kind", "consentkind", "notice", "consent"),
        one_of("act", "consentact", "given", "withdrawn"),
        sa.Column("version", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_consent_subject_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_subject", "consent", ["subject_id", "kind", "id"])
    op.create_index("ix_consent_person_id", "consent", ["person_id"])
    op.create_table(
        "consent_words",
        sa.Column("consent_id", BIG_ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_consent_words_consent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_words")),
        sa.UniqueConstraint("consent_id", name=op.f("uq_consent_words_consent_id")),
    )
    op.create_table(
        "data_controller",
        sa.Column("agency_id", BIG_ID, nullable=False),
        sa.Column("legal_name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        one_of("ground", "ground", "consent", "agreement", "contract", "permission"),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("lawyer", sa.String(length=120), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_data_controller_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_controller")),
        sa.UniqueConstraint("agency_id", name=op.f("uq_data_controller_agency_id")),
    )
    op.execute(MOVE)
    op.execute(MOVE_WORDS)
    for statement in GUARDS[op.get_context().dialect.name]:
        op.execute(statement)
    op.drop_column("application", "consented_at")
    op.drop_column("application", "consent_text")


def downgrade() -> None:
    """Keeps the newest consent of each application; notices, earlier consents and controllers are lost."""
    op.add_column("application", sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("application", sa.Column("consent_text", sa.Text(), nullable=False, server_default=""))
    op.execute(MOVE_BACK)
    with op.batch_alter_table("application") as batch_op:
        batch_op.alter_column("consent_text", existing_type=sa.Text(), server_default=None)
    for table in ("data_controller", "consent_words", "consent"):
        op.drop_table(table)
