"""Each text carries the language that it was written in, and headings say in three languages what happens under them.

Until now a text was shown in the language of an agency. Those that are there get that of their writer's agency; a work
plan, which begins with what the expert wished for, that of the application; a message between the sides the one in
which its writer reads the portal.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017_language_of_texts"
down_revision = "0016_progress_draft"
branch_labels = None
depends_on = None

AGENCY = "SELECT agency.language FROM agency WHERE agency.id = {}"
HOST = (
    "SELECT agency.language FROM exchange JOIN agency ON agency.id = exchange.host_id "
    "WHERE exchange.id = {}.exchange_id"
)
WRITER = (
    "SELECT agency.language FROM person JOIN agency ON agency.id = person.agency_id WHERE person.id = {}"
)
READER = (
    "SELECT coalesce(nullif(person.language, ''), agency.language) FROM person "
    "LEFT JOIN agency ON agency.id = person.agency_id WHERE person.id = exchange_note.by_id"
)
EXPERT = "SELECT application.language FROM application WHERE application.exchange_id = progress_report.exchange_id"
ACTED = (
    "SELECT agency.language FROM event JOIN exchange ON exchange.id = event.subject_id JOIN agency ON agency.id = "
    "CASE event.side WHEN 'host' THEN exchange.host_id ELSE exchange.home_id END WHERE event.id = reason.event_id"
)
ENTERED = (
    "SELECT agency.language FROM follow_up_entry JOIN agency ON agency.id = follow_up_entry.agency_id "
    "WHERE follow_up_entry.id = follow_up_evidence.entry_id"
)
# work plans of long stays begin with what the expert wished for, and agendas are the host's
PLANNED = (
    "SELECT CASE WHEN EXISTS (SELECT 1 FROM milestone WHERE milestone.visit_id = visit.id) THEN application.language "
    "ELSE agency.language END FROM application JOIN exchange ON exchange.id = application.exchange_id "
    "JOIN agency ON agency.id = exchange.host_id WHERE application.exchange_id = visit.exchange_id"
)
STOOD = (
    "SELECT application.language FROM progress_report JOIN application "
    "ON application.exchange_id = progress_report.exchange_id "
    "WHERE progress_report.id = milestone_progress.progress_report_id"
)
# table, column, the language of the texts that are there
TEXTS = (
    ("reason", "language", ACTED),
    ("section_comment", "language", AGENCY.format("section_comment.agency_id")),
    ("exchange_note", "language", READER),
    ("decision", "language", AGENCY.format("decision.agency_id")),
    ("placement", "language", HOST.format("placement")),
    ("visit", "language", PLANNED),
    ("plan_draft", "language", HOST.format("plan_draft")),
    ("report", "host_language", HOST.format("report")),
    ("follow_up_evidence", "language", ENTERED),
    ("progress_report", "language", EXPERT),
    ("milestone_progress", "language", STOOD),
    ("evaluation", "language", WRITER.format("evaluation.by_id")),
)
# number: in Turkish, in Azerbaijani
PURPOSES = {
    1: (
        "Çalıştaylar ve yerinde inceleme ziyaretleri: katılımcılar, gündem, belgeler ve sonuç",
        "Seminarlar və yerində qiymətləndirmə səfərləri: iştirakçılar, gündəlik, materiallar və nəticə",
    ),
    2: (
        "Çağrıdan rapora kadar kısa süreli uzman değişimleri",
        "Elandan hesabata qədər qısamüddətli mütəxəssis mübadiləsi",
    ),
    3: (
        "Programa ilişkin belgeler ile yanıtı ve son tarihi olan bilgi talepleri",
        "Proqrama dair sənədlər, cavabı və son tarixi olan məlumat sorğuları",
    ),
    4: (
        "Etki analizi ve yetkinlik sistemine ilişkin belgeler ve bilgi talepleri",
        "Təsir təhlili və səriştə sisteminə dair sənədlər və məlumat sorğuları",
    ),
    5: (
        "Uzun süreli uzman değişimleri: çalışma planı, ara raporlar, ikamet belgeleri",
        "Uzunmüddətli mütəxəssis mübadiləsi: iş planı, aralıq hesabatlar, yaşayış sənədləri",
    ),
    6: (
        "Eğitimler ve eğiticilerin eğitimi: kontenjan, kayıt, devam durumu, sertifikalar",
        "Təlimlər və təlimçilərin təlimi: yerlər, qeydiyyat, davamiyyət, sertifikatlar",
    ),
    7: (
        "İki kurum sektörleri ağırlıklı ölçütlere göre puanlar ve ortak bir listede anlaşır",
        "İki agentlik sektorları çəkili meyarlar üzrə qiymətləndirir və vahid siyahını razılaşdırır",
    ),
    8: (
        "Yatırım konulu bilgilendirme toplantıları; herkese açık kayıt ve sonrasında sunumlar",
        "İnvestisiya mövzusunda məlumatlandırma görüşləri; açıq qeydiyyat və sonra materiallar",
    ),
    9: (
        "Kurumlardan biri fuar, sergi ve seminerleri duyurur, diğeri KOBİ’lere iletir",
        "Agentliklərdən biri yarmarka, sərgi və seminarları elan edir, digəri KOB-lara çatdırır",
    ),
    10: (
        "Fuarlarda ikili iş görüşmeleri: işletmelerin sunduğu ve aradığı, çakışmasız bir program",
        "Sərgilərdə ikitərəfli işgüzar görüşlər: şirkətlərin təklif etdiyi və axtardığı, üst-üstə düşməyən cədvəl",
    ),
    11: (
        "Fonu hazırlayan çalışma grubu: ara hedefler, belgeler, kararlar",
        "Fondu hazırlayan işçi qrupu: mərhələlər, sənədlər, qərarlar",
    ),
}


def upgrade() -> None:
    for table, column, language in TEXTS:
        op.add_column(table, sa.Column(column, sa.String(length=2), nullable=False, server_default=""))
        op.execute(f"UPDATE {table} SET {column} = coalesce(({language}), 'en')")
    texts = (sa.column(f"purpose_{code}", sa.Text()) for code in ("tr", "az"))
    heading = sa.table("heading", sa.column("number", sa.Integer()), *texts)
    for code in ("tr", "az"):
        op.add_column("heading", sa.Column(f"purpose_{code}", sa.Text(), nullable=False, server_default=""))
    for number, (turkish, azerbaijani) in PURPOSES.items():
        said = {"purpose_tr": turkish, "purpose_az": azerbaijani}
        op.execute(heading.update().where(heading.c.number == number).values(said))


def downgrade() -> None:
    for code in ("az", "tr"):
        op.drop_column("heading", f"purpose_{code}")
    for table, column, _language in reversed(TEXTS):
        op.drop_column(table, column)
