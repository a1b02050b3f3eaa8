"""Rules for stays become rows with a date and their source; until now they were numbers and sentences in the code.

The rows are those that the code held. They begin with the agreement of 1 April 2021, before which there was no portal.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op


revision = "0003_stay_rules"
down_revision = "0002_follow_up_entries"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CODES = ("visa_free", "visa_window", "permit", "registration")
SINCE = date(2021, 4, 1)
MIGRATION_CODE = "https://migration.gov.az"
AGREEMENT = (
    "Agreement on travel with identity cards, in force since 1 April 2021",
    "1 Nisan 2021 tarihinde yürürlüğe giren, kimlik kartıyla seyahate ilişkin anlaşma",
    "Şəxsiyyət vəsiqəsi ilə səfərlərə dair saziş, 2021-ci il aprelin 1-dən qüvvədədir",
)
LAW_AND_AGREEMENT = (
    "Türkiye’s Law 6458 on Foreigners and International Protection; "
    "agreement on travel with identity cards, in force since 1 April 2021",
    "Türkiye’nin 6458 sayılı Yabancılar ve Uluslararası Koruma Kanunu; "
    "kimlik kartıyla seyahat anlaşması (1 Nisan 2021’den beri yürürlükte)",
    "Türkiyənin «Əcnəbilər və beynəlxalq mühafizə haqqında» 6458 nömrəli Qanunu; "
    "1 aprel 2021-ci ildən qüvvədə olan, şəxsiyyət vəsiqəsi ilə səfər haqqında saziş",
)
RULES = (
    ("AZ", "visa_free", 90, AGREEMENT, ""),
    (
        "AZ",
        "permit",
        30,
        (
            "Migration Code of Azerbaijan",
            "Azerbaycan Göç Kanunu",
            "Azərbaycan Respublikasının Miqrasiya Məcəlləsi",
        ),
        MIGRATION_CODE,
    ),
    (
        "AZ",
        "registration",
        15,
        (
            "Migration Code of Azerbaijan, article 21",
            "Azerbaycan Göç Kanunu, 21. madde",
            "Azərbaycan Respublikasının Miqrasiya Məcəlləsi, 21-ci maddə",
        ),
        MIGRATION_CODE,
    ),
    ("TR", "visa_free", 90, LAW_AND_AGREEMENT, ""),
    ("TR", "visa_window", 180, LAW_AND_AGREEMENT, ""),
    (
        "TR",
        "permit",
        None,
        (
            "Türkiye’s Law 6458 on Foreigners and International Protection",
            "Türkiye’nin 6458 sayılı Yabancılar ve Uluslararası Koruma Kanunu",
            "Türkiyənin «Əcnəbilər və beynəlxalq mühafizə haqqında» 6458 nömrəli Qanunu",
        ),
        "",
    ),
)
# processes keep the rows until the token changes
RENEW_TOKEN = (
    "INSERT INTO reference_token (id, token) VALUES (1, hex(randomblob(16))) "
    "ON CONFLICT (id) DO UPDATE SET token = excluded.token"
)
TRIGGERS = {
    "sqlite": tuple(
        f'CREATE TRIGGER stay_rule_reference_{change.lower()} AFTER {change} ON "stay_rule" BEGIN {RENEW_TOKEN}; END'
        for change in ("INSERT", "UPDATE", "DELETE")
    ),
    "postgresql": (
        'CREATE TRIGGER stay_rule_reference AFTER INSERT OR UPDATE OR DELETE ON "stay_rule" '
        "FOR EACH STATEMENT EXECUTE FUNCTION renew_reference_token()",
    ),
}


def upgrade() -> None:
    table = op.create_table(
        "stay_rule",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column(
            "code",
            sa.Enum(*CODES, name="staycode", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_tr", sa.String(length=300), nullable=False),
        sa.Column("source_az", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.CheckConstraint("country in ('TR', 'AZ')", name=op.f("ck_stay_rule_country")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_stay_rule_order")),
        sa.CheckConstraint(
            "coalesce(days, 1) >= 1 and (days is not null or code = 'permit')", name=op.f("ck_stay_rule_days")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stay_rule")),
        sa.UniqueConstraint(
            "country", "code", "valid_from", name=op.f("uq_stay_rule_country_code_valid_from")
        ),
    )
    rows = [
        {
            "country": country,
            "code": code,
            "days": days,
            "valid_from": SINCE,
            "valid_until": None,
            "source": source,
            "source_tr": source_tr,
            "source_az": source_az,
            "address": address,
        }
        for country, code, days, (source, source_tr, source_az), address in RULES
    ]
    op.bulk_insert(table, rows)
    for statement in TRIGGERS[op.get_context().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    op.drop_table("stay_rule")
