"""Applications filled in as their writers would, for tests."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pikepdf

from portal.applications import documents, service
from portal.applications.sections import Section, Ticks
from portal.applications.service import Answers
from portal.calls.models import Call
from portal.db import session
from portal.documents.models import DocumentKind
from portal.documents.service import NewFile
from portal.exchanges.models import Exchange
from portal.personal_data.models import ConsentKind
from portal.personal_data.texts import Words
from portal.policy import Actor
from portal.storage import Storage

PERSON = {
    "name": "Işıl Çağrı Yıldırım",
    "document_name": "ISIL CAGRI YILDIRIM",
    "post": "KOBİ Uzmanı",
    "unit_name": "İzmir Güney Müdürlüğü",
    "years": 14,
    "other_topics": "entrepreneurship training\ntraining of trainers",
}
PLAN = {
    "situation": "KOBİA bölgelerde girişimcilik eğitimlerini yaygınlaştırıyor.",
    "aim": "12 eğiticilik bir havuz kurmak.",
    "results": "12 eğitici için beş günlük program\nİki dilli ders planı",
    "activities": "Eğitici eğitimi\nGözlemli ders",
}
BENEFIT = {"benefit_home": "İki dilli ders planı.", "benefit_host": "Gəncə və Xaçmaz'da eğiticiler.", "earlier": ""}
WISHES = {"wishes_none": False, "days": 10, "needs": "", "replacement": ""}
WINDOWS = [(date(2027, 3, 15), date(2027, 3, 26)), (date(2027, 4, 5), date(2027, 4, 16))]
CONSENT = Ticks(True, {kind: Words("the words", "1", "en") for kind in ConsentKind})


def pdf() -> bytes:
    """A small but real PDF."""
    paper, data = pikepdf.new(), io.BytesIO()
    paper.add_blank_page()
    paper.save(data)
    return data.getvalue()


def cv(kind: DocumentKind = DocumentKind.CV) -> NewFile:
    return NewFile(kind, "Özgeçmiş.pdf", "application/pdf", pdf(), "0" * 64)


def fill(exchange: Exchange, by: Actor, unit_id: int, storage: Storage, **skip: Any) -> None:
    """Answers every section; `skip` names sections to be left out."""
    answers = {
        Section.PERSON: Answers(PERSON),
        Section.LANGUAGES: Answers(languages=[("tr", "C2"), ("en", "B2"), ("az", "B1")]),
        Section.PLAN: Answers(PLAN),
        Section.BENEFIT: Answers(BENEFIT),
        Section.WISHES: Answers(WISHES, wishes=[unit_id], windows=WINDOWS),
        Section.CONSENT: Answers(consent=CONSENT),
    }
    version = 1
    for section, given in answers.items():
        if section.value not in skip:
            version = service.save(exchange, section, given, version=version, by=by).version
    if "documents" not in skip:
        idempotency_key = f"the cv of {exchange.reference}"
        documents.add(exchange, cv(), idempotency_key=idempotency_key, by=by, storage=storage)
    session.commit()


def begin(call: Call, by: Actor) -> Exchange:
    exchange = service.begin_application(call, by=by)
    session.commit()
    return exchange
