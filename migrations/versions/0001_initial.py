"""Every table of the first release, and the triggers that keep the history append-only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


revision = "0001_initial"
down_revision = None
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER event_no_update BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END",
        "CREATE TRIGGER event_no_delete BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'event is append-only'); END",
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'event is append-only'; END $$",
        "CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    ),
}
# processes keep what they read of these tables until the token changes
REFERENCE_TABLES = ("agency", "calendar_override", "call", "clocks", "heading", "host_unit")
RENEW_TOKEN = (
    "INSERT INTO reference_token (id, token) VALUES (1, {random}) ON CONFLICT (id) DO UPDATE SET token = excluded.token"
)


def reference_triggers(engine: str) -> list[str]:
    if engine == "sqlite":
        renew = RENEW_TOKEN.format(random="hex(randomblob(16))")
        return [
            f'CREATE TRIGGER {table}_reference_{change.lower()} AFTER {change} ON "{table}" BEGIN {renew}; END'
            for table in REFERENCE_TABLES
            for change in ("INSERT", "UPDATE", "DELETE")
        ]
    renew = RENEW_TOKEN.format(random="gen_random_uuid()")
    return [
        "CREATE OR REPLACE FUNCTION renew_reference_token() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {renew}; RETURN NULL; END $$",
        *(
            f'CREATE TRIGGER {table}_reference AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION renew_reference_token()"
            for table in REFERENCE_TABLES
        ),
    ]


def upgrade() -> None:
    op.create_table(
        "reference_token",
        sa.Column("token", sa.String(length=36), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_token")),
    )
    op.create_table(
        "agency",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("short_name", sa.String(length=24), nullable=False),
        sa.Column("name_own", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("city", sa.String(length=60), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("domains", sa.String(length=200), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("country in ('TR', 'AZ')", name=op.f("ck_agency_country")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency")),
        sa.UniqueConstraint("code", name=op.f("uq_agency_code")),
    )
    op.create_table(
        "calendar_override",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_override")),
        sa.UniqueConstraint("country", "day", name=op.f("uq_calendar_override_country_day")),
    )
    op.create_table(
        "heading",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("title_tr", sa.String(length=300), nullable=False),
        sa.Column("title_az", sa.String(length=300), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heading")),
        sa.UniqueConstraint("number", name=op.f("uq_heading_number")),
    )
    op.create_table(
        "reference_counter",
        sa.Column("prefix", sa.String(length=4), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_counter")),
        sa.UniqueConstraint("prefix", "year", name=op.f("uq_reference_counter_prefix_year")),
    )
    op.create_table(
        "subject",
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subject")),
        sa.UniqueConstraint("reference", name=op.f("uq_subject_reference")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_attempt_key"), ["key"], unique=False)

    op.create_table(
        "call",
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_tr", sa.String(length=200), nullable=False),
        sa.Column("title_az", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_tr", sa.Text(), nullable=False),
        sa.Column("description_az", sa.Text(), nullable=False),
        sa.Column("who_can_apply", sa.Text(), nullable=False),
        sa.Column("who_can_apply_tr", sa.Text(), nullable=False),
        sa.Column("who_can_apply_az", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("short", "long", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("home_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("host_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("heading", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("opens", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("earliest", sa.Date(), nullable=False),
        sa.Column("latest", sa.Date(), nullable=False),
        sa.Column("min_days", sa.Integer(), nullable=False),
        sa.Column("max_days", sa.Integer(), nullable=False),
        sa.Column("required_documents", sa.String(length=200), nullable=False),
        sa.Column("costs", sa.Text(), nullable=False),
        sa.Column("costs_tr", sa.Text(), nullable=False),
        sa.Column("costs_az", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "published",
                "cancelled",
                name="callstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("idempotency_key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("deadline > opens", name=op.f("ck_call_deadline")),
        sa.CheckConstraint("home_id <> host_id", name=op.f("ck_call_two_agencies")),
        sa.CheckConstraint("latest >= earliest", name=op.f("ck_call_visit_dates")),
        sa.CheckConstraint("min_days >= 1 and max_days >= min_days", name=op.f("ck_call_days")),
        sa.CheckConstraint("places >= 1", name=op.f("ck_call_places")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_call_agency_id")),
        sa.ForeignKeyConstraint(["heading"], ["heading.number"], name=op.f("fk_call_heading")),
        sa.ForeignKeyConstraint(["home_id"], ["agency.id"], name=op.f("fk_call_home_id")),
        sa.ForeignKeyConstraint(["host_id"], ["agency.id"], name=op.f("fk_call_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_call_idempotency_key")),
    )
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.create_index("ix_call_state", ["state", "deadline"], unique=False)

    op.create_table(
        "host_unit",
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name_own", sa.String(length=200), nullable=False),
        sa.Column("name_key_tr", sa.String(length=400), nullable=False),
        sa.Column("name_key_az", sa.String(length=400), nullable=False),
        sa.Column("name_key_en", sa.String(length=400), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("name_tr", sa.String(length=200), nullable=False),
        sa.Column("name_az", sa.String(length=200), nullable=False),
        sa.Column("city", sa.String(length=60), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("languages", sa.String(length=200), nullable=False),
        sa.Column("offers", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("capacity between 1 and 50", name=op.f("ck_host_unit_capacity")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_host_unit_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_unit")),
    )
    with op.batch_alter_table("host_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_host_unit_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("email_key", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key_tr", sa.String(length=400), nullable=False),
        sa.Column("name_key_az", sa.String(length=400), nullable=False),
        sa.Column("name_key_en", sa.String(length=400), nullable=False),
        sa.Column("found_by", sa.String(length=400), nullable=False),
        sa.Column("document_name", sa.String(length=120), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_person_agency_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email_key", name=op.f("uq_person_email_key")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_agency_id"), ["agency_id"], unique=False)

    op.create_table(
        "absence",
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deputy_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("last >= first", name=op.f("ck_absence_order")),
        sa.CheckConstraint("manager_id <> deputy_id", name=op.f("ck_absence_other_person")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_absence_agency_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name=op.f("fk_absence_deputy_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["person.id"], name=op.f("fk_absence_manager_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_deputy_id"), ["deputy_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_absence_manager_id"), ["manager_id"], unique=False)

    op.create_table(
        "announcement",
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("title_tr", sa.String(length=200), nullable=False),
        sa.Column("title_az", sa.String(length=200), nullable=False),
        sa.Column("text_en", sa.Text(), nullable=False),
        sa.Column("text_tr", sa.Text(), nullable=False),
        sa.Column("text_az", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("idempotency_key", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("last >= first", name=op.f("ck_announcement_order")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_announcement_agency_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_announcement_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_announcement_idempotency_key")),
    )
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.create_index("ix_announcement_published", ["published", "first", "id"], unique=False)

    op.create_table(
        "blocked_period",
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("last >= first", name=op.f("ck_blocked_period_order")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["host_unit.id"], name=op.f("fk_blocked_period_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_period")),
    )
    with op.batch_alter_table("blocked_period", schema=None) as batch_op:
        batch_op.create_index("ix_blocked_period_unit", ["unit_id", "first"], unique=False)

    op.create_table(
        "clocks",
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision", sa.Integer(), nullable=False),
        sa.Column("escalation", sa.Integer(), nullable=False),
        sa.Column("changes", sa.Integer(), nullable=False),
        sa.Column("plan_drafted", sa.Integer(), nullable=False),
        sa.Column("plan_agreed", sa.Integer(), nullable=False),
        sa.Column("evaluation", sa.Integer(), nullable=False),
        sa.Column("report", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("follow_up", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_clocks_call_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clocks")),
        sa.UniqueConstraint("call_id", name=op.f("uq_clocks_call_id")),
    )
    op.create_table(
        "exchange",
        sa.Column("reference", sa.String(length=16), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("short", "long", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("heading", sa.Integer(), nullable=False),
        sa.Column("expert_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("home_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("host_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "endorsed",
                "waitlisted",
                "accepted",
                "placed",
                "scheduled",
                "under_way",
                "completed",
                "reported",
                "closed",
                "rejected",
                "withdrawn",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "turn",
            sa.Enum(
                "expert",
                "home",
                "host",
                "unit",
                "expert_and_home",
                "nobody",
                name="turn",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("turn_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        sa.Column("person_name", sa.String(length=120), nullable=False),
        sa.Column("document_name", sa.String(length=120), nullable=False),
        sa.Column("name_key_tr", sa.String(length=400), nullable=False),
        sa.Column("name_key_az", sa.String(length=400), nullable=False),
        sa.Column("name_key_en", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint('"end" >= start', name=op.f("ck_exchange_visit_order")),
        sa.CheckConstraint("home_id <> host_id", name=op.f("ck_exchange_two_agencies")),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_exchange_call_id")),
        sa.ForeignKeyConstraint(["expert_id"], ["person.id"], name=op.f("fk_exchange_expert_id")),
        sa.ForeignKeyConstraint(["home_id"], ["agency.id"], name=op.f("fk_exchange_home_id")),
        sa.ForeignKeyConstraint(["host_id"], ["agency.id"], name=op.f("fk_exchange_host_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["host_unit.id"], name=op.f("fk_exchange_unit_id")),
        sa.ForeignKeyConstraint(["id"], ["subject.id"], name=op.f("fk_exchange_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange")),
        sa.UniqueConstraint(
            "call_id", "expert_id", "created_at", name=op.f("uq_exchange_call_id_expert_id_created_at")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_exchange_reference")),
    )
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.create_index("ix_exchange_call", ["call_id", "status"], unique=False)
        batch_op.create_index("ix_exchange_call_updated", ["call_id", "updated_at"], unique=False)
        batch_op.create_index("ix_exchange_due", ["due_on"], unique=False)
        batch_op.create_index("ix_exchange_end", ["end"], unique=False)
        batch_op.create_index("ix_exchange_expert", ["expert_id", "updated_at"], unique=False)
        batch_op.create_index("ix_exchange_heading", ["heading", "updated_at"], unique=False)
        batch_op.create_index("ix_exchange_home_turn", ["home_id", "turn", "due_on"], unique=False)
        batch_op.create_index("ix_exchange_host_turn", ["host_id", "turn", "due_on"], unique=False)
        batch_op.create_index("ix_exchange_kind", ["kind", "updated_at"], unique=False)
        batch_op.create_index("ix_exchange_name_az", ["name_key_az"], unique=False)
        batch_op.create_index("ix_exchange_name_en", ["name_key_en"], unique=False)
        batch_op.create_index("ix_exchange_name_tr", ["name_key_tr"], unique=False)
        batch_op.create_index("ix_exchange_start", ["start"], unique=False)
        batch_op.create_index("ix_exchange_status", ["status", "updated_at"], unique=False)
        batch_op.create_index("ix_exchange_unit", ["unit_id", "turn"], unique=False)
        batch_op.create_index("ix_exchange_unit_updated", ["unit_id", "updated_at"], unique=False)
        batch_op.create_index("ix_exchange_updated", ["updated_at"], unique=False)

    op.create_table(
        "message",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("in_inbox", sa.Boolean(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=120), nullable=False),
        sa.Column("mail_id", sa.String(length=120), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_message_person_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_message_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("mail_id", name=op.f("uq_message_mail_id")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_message_idempotency_key")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_subject_id"), ["subject_id"], unique=False)
        batch_op.create_index("ix_message_inbox", ["person_id", "in_inbox", "read_at"], unique=False)
        batch_op.create_index("ix_message_next_try", ["next_try_at"], unique=False)

    op.create_table(
        "person_language",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "A1", "A2", "B1", "B2", "C1", "C2", name="level", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_language_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_language")),
        sa.UniqueConstraint("person_id", "code", name=op.f("uq_person_language_person_id_code")),
    )
    op.create_table(
        "profile_cv",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_profile_cv_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_cv")),
        sa.UniqueConstraint("person_id", name=op.f("uq_profile_cv_person_id")),
    )
    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "expert",
                "manager",
                "deputy",
                "host",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_role_grant_agency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint(
            "person_id", "role", "agency_id", "unit_id", name=op.f("uq_role_grant_person_id_role_agency_id_unit_id")
        ),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index("ix_role_grant_agency_role", ["agency_id", "role"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grant_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_person_id"), ["person_id"], unique=False)

    op.create_table(
        "token",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "confirm", "reset", "invite", name="tokenkind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_token_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_token_token_hash")),
    )
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_person_id"), ["person_id"], unique=False)

    op.create_table(
        "application",
        sa.Column("exchange_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("document_name", sa.String(length=120), nullable=False),
        sa.Column("post", sa.String(length=200), nullable=False),
        sa.Column("unit_name", sa.String(length=200), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("situation", sa.Text(), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("activities", sa.Text(), nullable=False),
        sa.Column("benefit_home", sa.Text(), nullable=False),
        sa.Column("benefit_host", sa.Text(), nullable=False),
        sa.Column("earlier", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("replacement", sa.String(length=200), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("wishes_none", sa.Boolean(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_text", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_application_call_id")),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchange.id"], name=op.f("fk_application_exchange_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("exchange_id", name=op.f("uq_application_exchange_id")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_call_id"), ["call_id"], unique=False)

    op.create_table(
        "decision",
        sa.Column("exchange_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "endorsed",
                "accepted",
                "waitlisted",
                "returned",
                "rejected",
                "cancelled",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_decision_agency_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_by_id")),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_decision_exchange_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint(
            "exchange_id", "version", "agency_id", name=op.f("uq_decision_exchange_id_version_agency_id")
        ),
    )
    op.create_table(
        "document",
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "cv",
                "motivation",
                "supervisor",
                "other",
                name="documentkind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("uploaded_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idempotency_key", sa.String(length=40), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_document_subject_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["person.id"], name=op.f("fk_document_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("key", name=op.f("uq_document_key")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_document_idempotency_key")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "evaluation",
        sa.Column("exchange_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("on_host", sa.Boolean(), nullable=False),
        sa.Column("marks", sa.String(length=20), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_evaluation_by_id")),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_evaluation_exchange_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("exchange_id", "on_host", name=op.f("uq_evaluation_exchange_id_on_host")),
    )
    op.create_table(
        "event",
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "side",
            sa.Enum(
                "expert", "home", "host", "system", name="side", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_event_actor_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_event_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sa.UniqueConstraint("subject_id", "number", name=op.f("uq_event_subject_id_number")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_at", ["at"], unique=False)

    op.create_table(
        "exchange_note",
        sa.Column("exchange_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=40), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_exchange_note_by_id")),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_exchange_note_exchange_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_note")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_exchange_note_idempotency_key")),
    )
    with op.batch_alter_table("exchange_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_note_exchange_id"), ["exchange_id"], unique=False)

    op.create_table(
        "exchange_word",
        sa.Column("exchange_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "word", sa.String(length=60).with_variant(sa.String(length=60, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchange.id"], name=op.f("fk_exchange_word_exchange_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_word")),
    )
    with op.batch_alter_table("exchange_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exchange_word_exchange_id"), ["exchange_id"], unique=False)
        batch_op.create_index("ix_exchange_word_word", ["word", "exchange_id"], unique=False)

    op.create_table(
        "placement",
        sa.Column("exchange_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("counterpart", sa.String(length=120), nullable=False),
        sa.Column("supervisor", sa.String(length=120), nullable=False),
        sa.Column("duties", sa.Text(), nullable=False),
        sa.Column("expected_results", sa.Text(), nullable=False),
        sa.Column("working_language", sa.String(length=3), nullable=False),
        sa.Column("facilities", sa.Text(), nullable=False),
        sa.Column(
            "travel",
            sa.Enum("home", "host", "expert", name="travel", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "lodging",
            sa.Enum("home", "host", "expert", name="lodging", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "insurance",
            sa.Enum("home", "host", "expert", name="insurance", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("confidentiality", sa.Text(), nullable=False),
        sa.Column("intellectual_property", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["confirmed_by"], ["person.id"], name=op.f("fk_placement_confirmed_by")),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_placement_exchange_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_placement_proposed_by")),
        sa.ForeignKeyConstraint(["unit_id"], ["host_unit.id"], name=op.f("fk_placement_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
    )
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placement_exchange_id"), ["exchange_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_placement_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "progress_report",
        sa.Column("exchange_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("difficulties", sa.Text(), nullable=False),
        sa.Column("next", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idempotency_key", sa.String(length=40), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("last >= first", name=op.f("ck_progress_report_order")),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_progress_report_exchange_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_report")),
        sa.UniqueConstraint("exchange_id", "first", name=op.f("uq_progress_report_exchange_id_first")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_progress_report_idempotency_key")),
    )
    op.create_table(
        "report",
        sa.Column("exchange_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("days_worked", sa.Integer(), nullable=True),
        sa.Column("agenda_changes", sa.Text(), nullable=False),
        sa.Column("people_met", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("materials", sa.Text(), nullable=False),
        sa.Column("risks", sa.Text(), nullable=False),
        sa.Column("next_steps", sa.Text(), nullable=False),
        sa.Column("publish", sa.Boolean(), nullable=True),
        sa.Column("host_comment", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("host_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("home_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_report_exchange_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("exchange_id", name=op.f("uq_report_exchange_id")),
    )
    op.create_table(
        "sealed_document",
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("document", sa.String(length=24), nullable=False),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_sealed_document_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealed_document")),
        sa.UniqueConstraint("code", name=op.f("uq_sealed_document_code")),
        sa.UniqueConstraint(
            "subject_id", "document", "language", name=op.f("uq_sealed_document_subject_id_document_language")
        ),
    )
    with op.batch_alter_table("sealed_document", schema=None) as batch_op:
        batch_op.create_index("ix_sealed_document_sealed", ["sealed_at", "wanted_at"], unique=False)
        batch_op.create_index("ix_sealed_document_sha256", ["sha256"], unique=False)

    op.create_table(
        "section_comment",
        sa.Column("exchange_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("section", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_section_comment_agency_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_section_comment_by_id")),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchange.id"], name=op.f("fk_section_comment_exchange_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section_comment")),
        sa.UniqueConstraint(
            "exchange_id",
            "version",
            "agency_id",
            "section",
            name=op.f("uq_section_comment_exchange_id_version_agency_id_section"),
        ),
    )
    with op.batch_alter_table("section_comment", schema=None) as batch_op:
        batch_op.create_index("ix_section_comment_exchange", ["exchange_id", "version"], unique=False)

    op.create_table(
        "visit",
        sa.Column("exchange_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("travel_out", sa.Date(), nullable=True),
        sa.Column("travel_back", sa.Date(), nullable=True),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expert_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("home_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_on", sa.Date(), nullable=True),
        sa.Column("departed_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint('"end" >= start', name=op.f("ck_visit_order")),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchange.id"], name=op.f("fk_visit_exchange_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["host_unit.id"], name=op.f("fk_visit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("exchange_id", name=op.f("uq_visit_exchange_id")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index("ix_visit_start", ["start"], unique=False)

    op.create_table(
        "agenda_item",
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("changed", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("ends > begins", name=op.f("ck_agenda_item_order")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_agenda_item_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agenda_item_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "application_language",
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=3), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "A1", "A2", "B1", "B2", "C1", "C2", name="level", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_language_application_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_language")),
        sa.UniqueConstraint("application_id", "code", name=op.f("uq_application_language_application_id_code")),
    )
    op.create_table(
        "application_window",
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("last >= first", name=op.f("ck_application_window_order")),
        sa.CheckConstraint("rank between 1 and 3", name=op.f("ck_application_window_rank")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["application.id"],
            name=op.f("fk_application_window_application_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_window")),
        sa.UniqueConstraint("application_id", "rank", name=op.f("uq_application_window_application_id_rank")),
    )
    op.create_table(
        "milestone",
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_milestone_visit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_milestone_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "milestone_progress",
        sa.Column("progress_report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column(
            "progress",
            sa.Enum(
                "done",
                "under_way",
                "not_started",
                "dropped",
                name="progress",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["progress_report_id"],
            ["progress_report.id"],
            name=op.f("fk_milestone_progress_progress_report_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_progress")),
        sa.UniqueConstraint(
            "progress_report_id", "number", name=op.f("uq_milestone_progress_progress_report_id_number")
        ),
    )
    op.create_table(
        "objective",
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "met",
            sa.Enum("met", "partly", "not_met", name="met", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"], name=op.f("fk_objective_report_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objective")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_objective_report_id_number")),
    )
    op.create_table(
        "reason",
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_reason_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason")),
        sa.UniqueConstraint("event_id", name=op.f("uq_reason_event_id")),
    )
    op.create_table(
        "recommendation",
        sa.Column("report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("horizon", sa.Date(), nullable=True),
        sa.Column(
            "priority",
            sa.Enum("high", "medium", "low", name="priority", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "progress",
            sa.Enum(
                "done",
                "under_way",
                "not_started",
                "dropped",
                name="progress",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("followed_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["agency.id"], name=op.f("fk_recommendation_owner_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_recommendation_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation")),
        sa.UniqueConstraint("report_id", "number", name=op.f("uq_recommendation_report_id_number")),
    )
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "booked_day",
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("work", "rest", "travel", name="daykind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("present", sa.Boolean(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(kind = 'travel') = (seat IS NULL)", name=op.f("ck_booked_day_seat")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_booked_day_person_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], name=op.f("fk_booked_day_subject_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["host_unit.id"], name=op.f("fk_booked_day_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booked_day")),
        sa.UniqueConstraint("person_id", "day", name=op.f("uq_booked_day_person_id_day")),
        sa.UniqueConstraint("unit_id", "day", "seat", name=op.f("uq_booked_day_unit_id_day_seat")),
    )
    with op.batch_alter_table("booked_day", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_booked_day_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "wished_unit",
        sa.Column("application_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_wished_unit_application_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["host_unit.id"], name=op.f("fk_wished_unit_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wished_unit")),
        sa.UniqueConstraint("application_id", "rank", name=op.f("uq_wished_unit_application_id_rank")),
        sa.UniqueConstraint("application_id", "unit_id", name=op.f("uq_wished_unit_application_id_unit_id")),
    )
    engine = op.get_bind().dialect.name
    for statement in (*TRIGGERS[engine], *reference_triggers(engine)):
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("wished_unit")
    with op.batch_alter_table("booked_day", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_booked_day_subject_id"))

    op.drop_table("booked_day")
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recommendation_owner_id"))

    op.drop_table("recommendation")
    op.drop_table("reason")
    op.drop_table("objective")
    op.drop_table("milestone_progress")
    with op.batch_alter_table("milestone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_milestone_visit_id"))

    op.drop_table("milestone")
    op.drop_table("application_window")
    op.drop_table("application_language")
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_agenda_item_visit_id"))

    op.drop_table("agenda_item")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index("ix_visit_start")

    op.drop_table("visit")
    with op.batch_alter_table("section_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_section_comment_exchange")

    op.drop_table("section_comment")
    with op.batch_alter_table("sealed_document", schema=None) as batch_op:
        batch_op.drop_index("ix_sealed_document_sha256")
        batch_op.drop_index("ix_sealed_document_sealed")

    op.drop_table("sealed_document")
    op.drop_table("report")
    op.drop_table("progress_report")
    with op.batch_alter_table("placement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_unit_id"))
        batch_op.drop_index(batch_op.f("ix_placement_exchange_id"))

    op.drop_table("placement")
    with op.batch_alter_table("exchange_word", schema=None) as batch_op:
        batch_op.drop_index("ix_exchange_word_word")
        batch_op.drop_index(batch_op.f("ix_exchange_word_exchange_id"))

    op.drop_table("exchange_word")
    with op.batch_alter_table("exchange_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exchange_note_exchange_id"))

    op.drop_table("exchange_note")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_at")

    op.drop_table("event")
    op.drop_table("evaluation")
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_document_subject_id"))

    op.drop_table("document")
    op.drop_table("decision")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_call_id"))

    op.drop_table("application")
    with op.batch_alter_table("token", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_token_person_id"))

    op.drop_table("token")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_person_id"))

    op.drop_table("sign_in")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_role_grant_unit_id"))
        batch_op.drop_index("ix_role_grant_agency_role")

    op.drop_table("role_grant")
    op.drop_table("profile_cv")
    op.drop_table("person_language")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("ix_message_next_try")
        batch_op.drop_index("ix_message_inbox")
        batch_op.drop_index(batch_op.f("ix_message_subject_id"))

    op.drop_table("message")
    with op.batch_alter_table("exchange", schema=None) as batch_op:
        batch_op.drop_index("ix_exchange_updated")
        batch_op.drop_index("ix_exchange_unit_updated")
        batch_op.drop_index("ix_exchange_unit")
        batch_op.drop_index("ix_exchange_status")
        batch_op.drop_index("ix_exchange_start")
        batch_op.drop_index("ix_exchange_name_tr")
        batch_op.drop_index("ix_exchange_name_en")
        batch_op.drop_index("ix_exchange_name_az")
        batch_op.drop_index("ix_exchange_kind")
        batch_op.drop_index("ix_exchange_host_turn")
        batch_op.drop_index("ix_exchange_home_turn")
        batch_op.drop_index("ix_exchange_heading")
        batch_op.drop_index("ix_exchange_expert")
        batch_op.drop_index("ix_exchange_end")
        batch_op.drop_index("ix_exchange_due")
        batch_op.drop_index("ix_exchange_call_updated")
        batch_op.drop_index("ix_exchange_call")

    op.drop_table("exchange")
    op.drop_table("clocks")
    with op.batch_alter_table("blocked_period", schema=None) as batch_op:
        batch_op.drop_index("ix_blocked_period_unit")

    op.drop_table("blocked_period")
    with op.batch_alter_table("announcement", schema=None) as batch_op:
        batch_op.drop_index("ix_announcement_published")

    op.drop_table("announcement")
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_absence_manager_id"))
        batch_op.drop_index(batch_op.f("ix_absence_deputy_id"))

    op.drop_table("absence")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_person_agency_id"))

    op.drop_table("person")
    with op.batch_alter_table("host_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_host_unit_agency_id"))

    op.drop_table("host_unit")
    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index("ix_call_state")

    op.drop_table("call")
    with op.batch_alter_table("sign_in_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_attempt_key"))

    op.drop_table("sign_in_attempt")
    op.drop_table("subject")
    op.drop_table("reference_counter")
    op.drop_table("heading")
    op.drop_table("calendar_override")
    op.drop_table("agency")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change()")
        op.execute("DROP FUNCTION renew_reference_token()")
    op.drop_table("reference_token")
