"""Rules for stays: the agreements that they rest on, whether somebody read the source, and rules that were wrong.

The 90 days rest on the visa agreement of 25 February 2020 and give no right to work; the identity card is a rule of its
own. The rows of 0003 named the wrong agreement: they are kept with the day on which they were withdrawn.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op

revision = "0019_sources_of_stay_rules"
down_revision = "0018_consents"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OLD_CODES = ("visa_free", "visa_window", "permit", "registration")
CODES = (*OLD_CODES[:2], "work", "identity_card", *OLD_CODES[2:], "moving", "leaving")
OLD_DAYS = "coalesce(days, 1) >= 1 and (days is not null or code = 'permit')"
DAYS = "coalesce(days, 1) >= 1 and (days is not null or code in ('permit', 'identity_card', 'leaving', 'work'))"
EXEMPTION, CARDS = date(2020, 8, 13), date(2021, 4, 1)
READ = date(2026, 11, 30)
VISA = (
    "Agreement on Mutual Visa Exemption of 25 February 2020, in force since 13 August 2020",
    "25 Şubat 2020 tarihli Karşılıklı Vize Muafiyeti Anlaşması (yürürlük: 13 Ağustos 2020)",
    "Viza tələbinin qarşılıqlı ləğvi haqqında 25 fevral 2020-ci il tarixli Saziş (13 avqust 2020-ci ildən qüvvədədir)",
)
VISA_ADDRESS = "https://migration.gov.az/index.php/en/news_detail/14139"
PROTOCOL = (
    "Protocol No. 1 of 10 December 2020 to the Agreement on Mutual Visa Exemption, in force since 1 April 2021",
    "Karşılıklı Vize Muafiyeti Anlaşması’na ek 10 Aralık 2020 tarihli 1 No’lu Protokol (yürürlük: 1 Nisan 2021)",
    "Viza tələbinin qarşılıqlı ləğvi haqqında Sazişə dair 10 dekabr 2020-ci il tarixli 1 nömrəli Protokol (1 aprel 2021-ci ildən qüvvədədir)",
)
PROTOCOL_ADDRESS = "https://www.azernews.az/nation/173774.html"
CODE = (
    "Migration Code of the Republic of Azerbaijan",
    "Azerbaycan Cumhuriyeti Göç Kanunu (Miqrasiya Məcəlləsi)",
    "Azərbaycan Respublikasının Miqrasiya Məcəlləsi",
)
ARTICLE_21 = (
    "Migration Code of the Republic of Azerbaijan, article 21",
    "Azerbaycan Cumhuriyeti Göç Kanunu (Miqrasiya Məcəlləsi), madde 21",
    "Azərbaycan Respublikasının Miqrasiya Məcəlləsi, maddə 21",
)
LAW_AND_VISA = (
    "Law No. 6458 of Türkiye on Foreigners and International Protection, articles 11–12; Agreement on Mutual Visa Exemption of 25 February 2020",
    "6458 sayılı Yabancılar ve Uluslararası Koruma Kanunu md. 11–12; 25 Şubat 2020 tarihli Karşılıklı Vize Muafiyeti Anlaşması",
    "Türkiyənin «Əcnəbilər və beynəlxalq mühafizə haqqında» 6458 nömrəli Qanunu, maddə 11–12; Viza tələbinin qarşılıqlı ləğvi haqqında 25 fevral 2020-ci il tarixli Saziş",
)
PERMIT = (
    "Law No. 6458 of Türkiye on Foreigners and International Protection, article 19; its implementing regulation, article 21",
    "6458 sayılı Yabancılar ve Uluslararası Koruma Kanunu md. 19; Uygulama Yönetmeliği md. 21",
    "Türkiyənin «Əcnəbilər və beynəlxalq mühafizə haqqında» 6458 nömrəli Qanunu, maddə 19; bu Qanunun tətbiqi haqqında Əsasnamə, maddə 21",
)
RULES = (
    ("AZ", "visa_free", 90, EXEMPTION, VISA, VISA_ADDRESS, READ),
    ("AZ", "work", None, EXEMPTION, VISA, VISA_ADDRESS, READ),
    ("AZ", "identity_card", None, CARDS, PROTOCOL, PROTOCOL_ADDRESS, READ),
    ("AZ", "permit", 30, EXEMPTION, CODE, "https://migration.gov.az", None),
    ("AZ", "registration", 15, EXEMPTION, ARTICLE_21, "https://migration.gov.az/en/oyq", READ),
    ("AZ", "moving", 5, EXEMPTION, ARTICLE_21, "https://migration.gov.az/en/oyq", READ),
    ("AZ", "leaving", None, EXEMPTION, ARTICLE_21, "https://astana.mfa.gov.az/en/content/50", READ),
    ("TR", "visa_free", 90, EXEMPTION, LAW_AND_VISA, VISA_ADDRESS, READ),
    ("TR", "visa_window", 180, EXEMPTION, LAW_AND_VISA, "", None),
    ("TR", "work", None, EXEMPTION, VISA, VISA_ADDRESS, READ),
    ("TR", "identity_card", None, CARDS, PROTOCOL, PROTOCOL_ADDRESS, READ),
    ("TR", "permit", 1, EXEMPTION, PERMIT, "https://e-ikamet.goc.gov.tr", None),
)
RENEW_TOKEN = (
    "INSERT INTO reference_token (id, token) VALUES (1, hex(randomblob(16))) "
    "ON CONFLICT (id) DO UPDATE SET token = excluded.token"
)


def table(codes: tuple[str, ...], days: str, *more: sa.Column[date]) -> sa.Table:
    """The table, for SQLite, which makes it anew: nothing else would tell it of the check constraints."""
    return sa.Table(
        "stay_rule",
        sa.MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"}),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column(
            "code",
            sa.Enum(*codes, name="staycode", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("source_tr", sa.String(length=300), nullable=False),
        sa.Column("source_az", sa.String(length=300), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        *more,
        sa.Column("id", BIG_ID, nullable=False),
        sa.CheckConstraint("country in ('TR', 'AZ')", name="country"),
        sa.CheckConstraint("valid_until >= valid_from", name="order"),
        sa.CheckConstraint(days, name="days"),
        sa.PrimaryKeyConstraint("id", name="pk_stay_rule"),
        sa.UniqueConstraint("country", "code", "valid_from", name="uq_stay_rule_country_code_valid_from"),
    )


def dates() -> tuple[sa.Column[date], ...]:
    return sa.Column("checked_on", sa.Date(), nullable=True), sa.Column("withdrawn_on", sa.Date(), nullable=True)


def allow(codes: tuple[str, ...], days: str) -> None:
    """What the table takes from now on, on PostgreSQL, where reading its dozen rows takes no time."""
    listed = ", ".join(f"'{code}'" for code in codes)
    for name, rule in (("staycode", f"code in ({listed})"), ("days", days)):
        op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE stay_rule DROP CONSTRAINT ck_stay_rule_{name}")
        op.execute(
            "-- squawk-ignore constraint-missing-not-valid\n"
            f"ALTER TABLE stay_rule ADD CONSTRAINT ck_stay_rule_{name} CHECK ({rule})"
        )


def triggers() -> None:
    """Those of SQLite went with the old table."""
    for change in ("INSERT", "UPDATE", "DELETE"):
        op.execute(
            f'CREATE TRIGGER stay_rule_reference_{change.lower()} AFTER {change} ON "stay_rule" '
            f"BEGIN {RENEW_TOKEN}; END"
        )


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        with op.batch_alter_table("stay_rule", recreate="always", copy_from=table(CODES, DAYS)) as batch:
            for column in dates():
                batch.add_column(column)
        triggers()
    else:
        for column in dates():
            op.add_column("stay_rule", column)
        allow(CODES, DAYS)
    rules = table(CODES, DAYS, *dates())
    op.execute(rules.update().values(withdrawn_on=sa.func.current_date()))
    names = ("country", "code", "days", "valid_from", "source", "address", "checked_on")
    rows = []
    for country, code, days, since, (source, source_tr, source_az), address, checked_on in RULES:
        row = dict(zip(names, (country, code, days, since, source, address, checked_on), strict=True))
        rows.append(row | {"source_tr": source_tr, "source_az": source_az})
    op.bulk_insert(rules, rows)


def downgrade() -> None:
    rules = table(CODES, DAYS, *dates())
    op.execute(rules.delete().where(rules.c.withdrawn_on.is_(None)))
    op.execute(rules.delete().where(rules.c.code.not_in(OLD_CODES)))
    if op.get_context().dialect.name == "sqlite":
        with op.batch_alter_table(
            "stay_rule", recreate="always", copy_from=table(OLD_CODES, OLD_DAYS, *dates())
        ) as batch:
            batch.drop_column("withdrawn_on")
            batch.drop_column("checked_on")
        triggers()
    else:
        op.drop_column("stay_rule", "withdrawn_on")
        op.drop_column("stay_rule", "checked_on")
        allow(OLD_CODES, OLD_DAYS)
