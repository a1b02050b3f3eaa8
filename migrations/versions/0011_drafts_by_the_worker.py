"""Drafts of documents are made by the worker and kept for a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011_drafts_by_the_worker"
down_revision = "0010_handed_in_answers"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
WAITING = sa.text("made_at IS NULL AND failed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "draft_document",
        sa.Column("subject_id", BIG_ID, nullable=False),
        sa.Column("document", sa.String(24), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("wanted_at", MOMENT, nullable=False),
        sa.Column("made_at", MOMENT, nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_draft_document_subject_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_draft_document_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_document")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_draft_document_person_id"), "draft_document", ["person_id"])
    op.create_index(op.f("ix_draft_document_wanted_at"), "draft_document", ["wanted_at"])
    op.create_index(
        "uq_draft_document_waiting",
        "draft_document",
        ["person_id"],
        unique=True,
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )


def downgrade() -> None:
    op.drop_table("draft_document")
