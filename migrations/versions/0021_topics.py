"""Topics become one list in three languages, to which calls, experts, applications and host units refer.

Until now each wrote them as lines of text. A line that is the name of a topic in any of the languages, in whatever
letters, becomes that topic; each other one becomes a topic of its own, proposed, in the language of its writer.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0021_topics"
down_revision = "0020_language_of_notes"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GROUPS = ("policy", "services", "skills", "finance", "markets", "digital", "other")
STATES = ("listed", "proposed", "retired", "merged")
READER = (
    "coalesce(nullif(person.language, ''), "
    "(SELECT agency.language FROM agency WHERE agency.id = person.agency_id), 'en')"
)
UNIT = "(SELECT agency.language FROM agency WHERE agency.id = host_unit.agency_id)"
# the table whose lines are moved, that of its links, their column, and the language in which the lines stand
MOVED = (
    ("person", "person_topic", "person_id", READER),
    ("application", "application_topic", "application_id", "application.language"),
    ("host_unit", "unit_topic", "unit_id", UNIT),
    ("call", "call_topic", "call_id", "'en'"),
)
# group, name in English, Turkish, Azerbaijani
TOPICS = (
    ("policy", "SME support policy", "KOBİ destek politikası", "KOB-lara dəstək siyasəti"),
    ("policy", "programme design", "program tasarımı", "proqramların hazırlanması"),
    ("policy", "support programmes", "destek programları", "dəstək proqramları"),
    ("policy", "impact analysis", "etki analizi", "təsir təhlili"),
    ("policy", "SME statistics", "KOBİ istatistikleri", "KOB statistikası"),
    ("policy", "SME competence system", "KOBİ yetkinlik sistemi", "KOB səriştə sistemi"),
    ("policy", "monitoring of supports", "desteklerin izlenmesi", "dəstəklərin monitorinqi"),
    ("policy", "sector analysis", "sektör analizi", "sektor təhlili"),
    ("policy", "legislation on SMEs", "KOBİ mevzuatı", "KOB qanunvericiliyi"),
    ("services", "one-stop services", "tek durak hizmetleri", "bir pəncərə xidmətləri"),
    ("services", "SME houses", "KOBİ evleri", "KOB evləri"),
    ("services", "business development", "işletme geliştirme", "biznesin inkişafı"),
    ("services", "advisory services", "danışmanlık hizmetleri", "məsləhət xidmətləri"),
    ("services", "mentoring", "mentorluk", "mentorluq"),
    ("services", "business incubators", "iş geliştirme merkezleri", "biznes inkubatorları"),
    ("services", "clusters", "kümelenme", "klasterlər"),
    ("services", "public-private dialogue", "kamu-özel sektör diyaloğu", "dövlət-sahibkar dialoqu"),
    ("skills", "entrepreneurship training", "girişimcilik eğitimi", "sahibkarlıq təlimi"),
    ("skills", "training of trainers", "eğiticilerin eğitimi", "təlimçilərin təlimi"),
    ("skills", "training", "eğitim", "təlim"),
    ("skills", "coaching", "koçluk", "kouçinq"),
    ("skills", "women's entrepreneurship", "kadın girişimciliği", "qadın sahibkarlığı"),
    ("skills", "youth entrepreneurship", "genç girişimciliği", "gənclərin sahibkarlığı"),
    ("skills", "start-ups", "girişimler (startup)", "startaplar"),
    ("finance", "access to finance", "finansmana erişim", "maliyyəyə çıxış"),
    ("finance", "grants", "hibe destekleri", "qrantlar"),
    ("finance", "credit guarantees", "kredi garantisi", "kredit zəmanəti"),
    ("finance", "venture capital", "girişim sermayesi", "vençur kapitalı"),
    ("finance", "SME development fund", "KOBİ kalkınma fonu", "KOB inkişaf fondu"),
    ("markets", "exports", "ihracat", "ixrac"),
    ("markets", "fairs and exhibitions", "fuar ve sergiler", "sərgi və yarmarkalar"),
    ("markets", "B2B events", "ikili iş görüşmeleri", "B2B görüşlər"),
    ("markets", "investment environment", "yatırım ortamı", "investisiya mühiti"),
    ("markets", "supply chains", "tedarik zincirleri", "təchizat zəncirləri"),
    ("markets", "e-commerce", "e-ticaret", "elektron ticarət"),
    ("digital", "digital transformation", "dijital dönüşüm", "rəqəmsal transformasiya"),
    ("digital", "innovation and R&D", "yenilik ve Ar-Ge", "innovasiya və elmi-tədqiqat"),
    ("digital", "technology transfer", "teknoloji transferi", "texnologiya transferi"),
    ("digital", "green transition", "yeşil dönüşüm", "yaşıl keçid"),
    ("digital", "productivity", "verimlilik", "məhsuldarlıq"),
    ("digital", "quality and standards", "kalite ve standartlar", "keyfiyyət və standartlar"),
)
PLAIN = {
    "İ": "i", "ı": "i", "ə": "e", "Ə": "e", "ç": "c", "Ç": "c", "ğ": "g", "Ğ": "g", "ö": "o", "Ö": "o", "ş": "s",
    "Ş": "s", "ü": "u", "Ü": "u", "â": "a", "Â": "a", "î": "i", "Î": "i", "û": "u", "Û": "u",
}  # fmt: skip
# processes keep the rows until the token changes
RENEW_TOKEN = (
    "INSERT INTO reference_token (id, token) VALUES (1, hex(randomblob(16))) "
    "ON CONFLICT (id) DO UPDATE SET token = excluded.token"
)
TRIGGERS = {
    "sqlite": tuple(
        f'CREATE TRIGGER topic_reference_{change.lower()} AFTER {change} ON "topic" BEGIN {RENEW_TOKEN}; END'
        for change in ("INSERT", "UPDATE", "DELETE")
    ),
    "postgresql": (
        'CREATE TRIGGER topic_reference AFTER INSERT OR UPDATE OR DELETE ON "topic" '
        "FOR EACH STATEMENT EXECUTE FUNCTION renew_reference_token()",
    ),
}


def word(name: str, words: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    table = op.create_table(
        "topic",
        sa.Column("id", BIG_ID, nullable=False),
        *(sa.Column(f"name_{code}", sa.String(length=120), nullable=False) for code in ("en", "tr", "az")),
        sa.Column("group", word("topicgroup", GROUPS), nullable=False),
        sa.Column("state", word("topicstate", STATES), nullable=False),
        sa.Column("merged_into_id", BIG_ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("name_en <> '' or name_tr <> '' or name_az <> ''", name=op.f("ck_topic_named")),
        sa.CheckConstraint(
            "merged_into_id is null or merged_into_id <> id", name=op.f("ck_topic_merged_into_another")
        ),
        sa.ForeignKeyConstraint(["merged_into_id"], ["topic.id"], name=op.f("fk_topic_merged_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
    )
    for of, link, owner, _language in MOVED:
        _create_link(of, link, owner)
    names = ("group", "name_en", "name_tr", "name_az")
    op.bulk_insert(table, [dict(zip(names, row, strict=True)) | {"state": "listed", "version": 1} for row in TOPICS])
    for statement in _moving():
        op.execute(statement)
    for statement in TRIGGERS[op.get_context().dialect.name]:
        op.execute(statement)
    op.add_column("application", sa.Column("other_topics", sa.Text(), nullable=False, server_default=""))
    for of, *_link in MOVED:
        op.drop_column(of, "topics")


def _create_link(of: str, link: str, owner: str) -> None:
    op.create_table(
        link,
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column(owner, BIG_ID, nullable=False),
        sa.Column("topic_id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint([owner], [f"{of}.id"], name=op.f(f"fk_{link}_{owner}"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f(f"fk_{link}_topic_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{link}")),
        sa.UniqueConstraint(owner, "topic_id", name=op.f(f"uq_{link}_{owner}_topic_id")),
    )
    op.create_index(op.f(f"ix_{link}_topic_id"), link, ["topic_id"])


def _moving() -> Iterator[str]:
    """For each table: its lines that are no topic yet become topics, then every line becomes a link."""
    known = [_folded(f"topic.name_{code}") for code in ("en", "tr", "az")]
    for of, link, owner, language in MOVED:
        lines = _lines(of, language)
        names = ", ".join(f"CASE WHEN min(tongue) = '{code}' THEN min(words) ELSE '' END" for code in ("tr", "az"))
        is_known = f"EXISTS (SELECT 1 FROM topic WHERE line.folded IN ({', '.join(known)}))"
        yield (
            f'{lines} INSERT INTO topic (name_en, name_tr, name_az, "group", state, version) '
            f"SELECT CASE WHEN min(tongue) IN ('tr', 'az') THEN '' ELSE min(words) END, {names}, 'other', 'proposed', 1 "
            f"FROM line WHERE line.folded <> '' AND NOT {is_known} GROUP BY line.folded"
        )
        yield (
            f"{lines} INSERT INTO {link} ({owner}, topic_id) SELECT DISTINCT line.id, min(topic.id) FROM line "
            f"JOIN topic ON line.folded IN ({', '.join(known)}) "
            "WHERE line.folded <> '' GROUP BY line.id, line.folded"
        )


def _lines(of: str, language: str) -> str:
    """A statement's beginning: `line` holds each line of the table's topics with its language, and how it folds."""
    newline, find, engine = ("char(10)", "instr", "sqlite")
    if op.get_context().dialect.name == "postgresql":
        newline, find, engine = ("chr(10)", "strpos", "postgresql")
    cut = f"{find}(rest, {newline})"
    wide = "CAST('' AS text)" if engine == "postgresql" else "''"
    return (
        f"WITH RECURSIVE cut (id, tongue, words, rest) AS ("
        f"SELECT id, {language}, {wide}, replace(topics, {newline.replace('10', '13')}, '') || {newline} "
        f'FROM "{of}" WHERE topics <> \'\' '
        f"UNION ALL SELECT id, tongue, substr(rest, 1, {cut} - 1), substr(rest, {cut} + 1) FROM cut WHERE rest <> ''), "
        f"line AS (SELECT id, tongue, trim(substr(trim(words), 1, 120)) AS words, "
        f"{_folded('trim(substr(trim(words), 1, 120))')} AS folded FROM cut)"
    )


def _folded(words: str) -> str:
    """As `portal.names.fold()`, for the letters of the three languages."""
    for letter, plain in PLAIN.items():
        words = f"replace({words}, '{letter}', '{plain}')"
    return f'lower({words} COLLATE "C")' if op.get_context().dialect.name == "postgresql" else f"lower({words})"


def downgrade() -> None:
    postgresql = op.get_context().dialect.name == "postgresql"
    joined = "string_agg(name, chr(10) ORDER BY id)" if postgresql else "group_concat(name, char(10))"
    name = "coalesce(nullif(name_en, ''), nullif(name_tr, ''), name_az) AS name"
    for of, link, owner, _language in MOVED:
        op.add_column(of, sa.Column("topics", sa.Text(), nullable=False, server_default=""))
        used = f"SELECT topic.id, {name} FROM topic JOIN {link} ON {link}.topic_id = topic.id "
        op.execute(
            f'UPDATE "{of}" SET topics = coalesce((SELECT {joined} FROM ('
            f'{used} WHERE {link}.{owner} = "{of}".id ORDER BY topic.id) AS used), \'\')'
        )
        op.drop_table(link)
    op.drop_column("application", "other_topics")
    op.drop_table("topic")
