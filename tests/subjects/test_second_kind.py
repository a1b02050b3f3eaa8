"""A kind of subject of the tests' own takes steps, has documents and is sealed: nothing of this knows of exchanges."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

import pytest
from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _
from markupsafe import escape
from sqlalchemy import ForeignKey, MetaData, String, select
from sqlalchemy.orm import Mapped, mapped_column

from config import Config
from portal import calendars, policy
from portal.accounts.models import Person
from portal.db import BigId, db, session
from portal.documents import queries as documents
from portal.documents import service as files
from portal.documents.service import Change
from portal.findings import AlreadyDone, Conflict, RuleViolation
from portal.messages.models import Message
from portal.messages.service import Receiver
from portal.messages.wording import words
from portal.policy import Denied, Side
from portal.registry import DocumentType, SubjectKind, Verified, registry
from portal.sealing import queries as sealed
from portal.sealing import service as sealing
from portal.sealing.drafts import want as want_draft
from portal.sealing.seals import Seal
from portal.sealing.worker import make_next, seal_due
from portal.storage import Storage
from portal.subjects import queries, service
from portal.subjects.labels import event_label
from portal.subjects.models import Subject, WorkflowSubject
from portal.web.inspection import inspect
from portal.workflow import Move, State, Step, Workflow
from portal.workflows import WORKFLOWS
from tests.factories import World, actor
from tests.form_data import cv
from tests.pages import Browser
from tests.pdfs import pages_of

As = Callable[[Person], Browser]


class LoanStatus(StrEnum):
    ASKED = "asked"
    LENT = "lent"
    REFUSED = "refused"


class LoanTurn(StrEnum):
    LENDER = "lender"
    NOBODY = "nobody"


class LoanAction(StrEnum):
    LEND = "loan_lend"
    REFUSE = "loan_refuse"


class LoanPermission(StrEnum):
    READ = "read_loan"


ASKED = State(LoanStatus.ASKED, LoanTurn.LENDER, mail="Documents")
LENT, REFUSED = State(LoanStatus.LENT, LoanTurn.NOBODY), State(LoanStatus.REFUSED, LoanTurn.NOBODY)
LOAN = Workflow(
    name="loan",
    start=ASKED,
    steps=(
        Step(LoanAction.LEND, LoanTurn.LENDER, (Move((ASKED,), LENT),), "", "", "Accept", news="Endorse"),
        Step(LoanAction.REFUSE, LoanTurn.LENDER, (Move((ASKED,), REFUSED),), "", "", "Reject", needs_reason=True),
    ),
    ended=frozenset({LoanStatus.LENT, LoanStatus.REFUSED}),
    ended_early=frozenset({LoanStatus.REFUSED}),
)


class Loan(WorkflowSubject):
    """Somebody borrows something from somebody else. Its table is in no migration: the fixture makes and drops it."""

    __tablename__ = "loan"
    metadata = MetaData()
    workflow = LOAN

    id: Mapped[int] = mapped_column(BigId, ForeignKey(Subject.__table__.c.id), primary_key=True, autoincrement=False)
    status: Mapped[str] = mapped_column(String(24))
    turn: Mapped[str] = mapped_column(String(24))
    borrower_id: Mapped[int]
    lender_id: Mapped[int]


def locked(loan_id: int) -> Loan:
    statement = select(Loan).where(Loan.id == loan_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def receiver(person_id: int) -> Receiver:
    person = session.get_one(Person, person_id)
    return Receiver(person.id, person.email, person.mail_language)


def page(loan: Loan, language: str, seal: Seal | None) -> str:
    """A page built alike in every language, with a word that the catalogues translate."""
    with force_locale(language):
        title, words, code = escape(_("Documents")), escape(_("Languages")), seal.code if seal else "DRAFT"
    keywords = f'<meta name="keywords" content="korpu:{code}">'
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><title>{title}</title>{keywords}</head>'
        f"<body><h1>{title}</h1><p>{words}</p><p>{loan.reference}</p></body></html>"
    )


KIND = SubjectKind(
    workflow=LOAN,
    lock=locked,
    moved=lambda loan, action, at: None,
    facts=lambda loan: {"reference": loan.reference, "name": "Borrower"},
    path=lambda loan: f"/loans/{loan.reference}",
    turn_path=lambda loan: f"/loans/{loan.reference}/now",
    read=LoanPermission.READ,
    owner_id=lambda loan: int(loan.borrower_id),
    turn_receivers=lambda loan: [receiver(loan.lender_id)] if loan.turn == LoanTurn.LENDER else [],
    involved=lambda loan: [],
    informed=lambda loan: [receiver(loan.borrower_id)],
)
SEALED: list[str] = []  # the references of loans of which every version is sealed
CONTRACT = DocumentType(
    name="contract",
    load=lambda loan_id: session.get_one(Loan, loan_id),
    html=page,
    zone=lambda loan: "Asia/Baku",
    verified=lambda loan: Verified(None, [(_("Reference"), loan.reference)]),
    event="contract_sealed",
    all_sealed=lambda loan: SEALED.append(loan.reference),
)


def is_lender(by: policy.Actor, loan: Any) -> bool:
    return bool(by.id == loan.lender_id)


def is_party(by: policy.Actor, loan: Any) -> bool:
    return by.id in (loan.lender_id, loan.borrower_id)


@pytest.fixture
def loan(app: Flask, world: World) -> Iterator[Loan]:
    """A loan that was asked for, with its kind, document and rules registered; nothing of them stays behind."""
    session.commit()
    Loan.metadata.create_all(db.engine)
    registry.add_kind(KIND)
    registry.add_document(CONTRACT)
    registry.add_event_labels({CONTRACT.event: "Contract sealed"})
    workflows = cast(dict[str, Workflow], WORKFLOWS)
    workflows[LOAN.name] = LOAN
    rules: dict[StrEnum, policy.Rule] = {action: is_lender for action in LoanAction}
    rules[LoanPermission.READ] = is_party
    policy.OF_EXCHANGE.update(rules)
    policy.SIDES.update(dict.fromkeys(LoanAction, Side.HOST))
    SEALED.clear()
    yield asked_for(world)
    session.remove()
    Loan.metadata.drop_all(db.engine)
    for action in LoanAction:
        del policy.SIDES[action]
    for permission in rules:
        del policy.OF_EXCHANGE[permission]
    del registry.kinds[LOAN.name], registry.documents[CONTRACT.name], registry.event_labels[CONTRACT.event]
    del workflows[LOAN.name]


def asked_for(world: World) -> Loan:
    at: datetime = calendars.now()
    subject = service.new_subject(LOAN, "LN", at.year)
    made = Loan(
        id=subject.id,
        reference=subject.reference,
        status=LoanStatus.ASKED,
        turn=LoanTurn.LENDER,
        turn_since=at,
        created_at=at,
        updated_at=at,
        version=1,
        borrower_id=world.expert.id,
        lender_id=world.host_manager.id,
    )
    session.add(made)
    session.commit()
    return made


def lend(loan: Loan, world: World, version: int = 1) -> None:
    service.advance(loan, LoanAction.LEND, by=actor(world.host_manager), version=version)


def test_a_step_moves_it_and_is_kept_in_the_chained_history(loan: Loan, world: World) -> None:
    lend(loan, world)
    assert (loan.status, loan.turn, loan.version) == (LoanStatus.LENT, LoanTurn.NOBODY, 2)
    (event,) = queries.events(loan.id)
    assert (event.what, event.side, event.actor_id) == ("loan_lend", Side.HOST, world.host_manager.id)
    assert event.hash == service.chain("", event)
    with force_locale("az"):
        assert event_label(event.what, {}) == "Qəbul edin"


def test_a_stale_version_is_a_conflict_and_a_second_press_is_not(loan: Loan, world: World) -> None:
    lend(loan, world)
    with pytest.raises(AlreadyDone):
        lend(loan, world)
    with pytest.raises(Conflict) as refused:
        service.advance(loan, LoanAction.REFUSE, by=actor(world.host_manager), version=1, reason="Needed here.")
    assert not isinstance(refused.value, AlreadyDone) and refused.value.reference == loan.reference


def test_its_policy_and_its_required_reason_are_asked(loan: Loan, world: World) -> None:
    with pytest.raises(Denied):
        service.advance(loan, LoanAction.LEND, by=actor(world.expert), version=1)
    with pytest.raises(RuleViolation, match="reason"):
        service.advance(loan, LoanAction.REFUSE, by=actor(world.host_manager), version=1)


def test_the_person_whom_it_is_about_is_notified_in_their_language(loan: Loan, world: World) -> None:
    lend(loan, world)
    message = session.scalars(select(Message).where(Message.subject_id == loan.id)).one()
    assert (message.person_id, message.kind) == (world.expert.id, "news.loan_lend")
    assert message.path == f"/loans/{loan.reference}"
    assert words(message, "en").about == loan.reference
    assert words(message, "tr").what != words(message, "en").what


def test_its_documents_are_read_by_whoever_may_read_it(loan: Loan, world: World, storage: Storage) -> None:
    change = Change(actor(world.expert), Side.EXPERT, lambda subject: None)
    made = files.add(loan, cv(), change, idempotency_key="of a loan", storage=storage)
    assert documents.of_subject(loan.id) == [made]
    assert files.read(loan, made, by=actor(world.host_manager), storage=storage).startswith(b"%PDF-")
    with pytest.raises(Denied):
        files.read(loan, made, by=actor(world.manager), storage=storage)
    files.remove(loan, made, change, storage=storage)
    assert [event.what for event in queries.events(loan.id)] == ["document_added", "document_removed"]


def test_a_draft_of_its_document_is_marked_as_one(loan: Loan, world: World, config: Config, storage: Storage) -> None:
    row = want_draft(loan, CONTRACT.name, "tr", by=actor(world.expert))
    session.commit()
    assert make_next(config, storage) == 1
    assert inspect(storage.get(row.key), "pdf").draft
    with pytest.raises(Denied):
        want_draft(loan, CONTRACT.name, "tr", by=actor(world.manager))


def test_its_document_is_sealed_and_verified_in_three_languages(
    app: Flask, loan: Loan, world: World, config: Config, storage: Storage, as_person: As
) -> None:
    sealing.want(loan, CONTRACT.name, ["az", "en", "tr", "az-tr"])
    session.commit()
    assert seal_due(config, storage) == 4
    loan = session.get_one(Loan, loan.id)
    assert [loan.reference] == SEALED, "notified once, after the last version"
    assert [event.what for event in queries.events(loan.id)] == ["contract_sealed"] * 4
    titles = {"az": ["Sənədlər"], "en": ["Documents"], "tr": ["Belgeler"], "az-tr": ["Sənədlər", "Belgeler"]}
    for row in sealed.versions_of(loan.id, CONTRACT.name):
        data = sealing.read(loan, row, by=actor(world.expert), storage=storage)
        assert inspect(data, "pdf").codes == (row.code,)
        assert all(title in pages_of(data)[0] for title in titles[row.language]), row.language
        with pytest.raises(Denied):
            sealing.read(loan, row, by=actor(world.manager), storage=storage)


@pytest.mark.parametrize(("language", "genuine"), [("en", "Genuine"), ("tr", "Doğrulandı"), ("az", "Həqiqidir")])
def test_the_page_that_checks_documents_knows_it(
    loan: Loan, world: World, config: Config, storage: Storage, browser: Browser, language: str, genuine: str
) -> None:
    sealing.want(loan, CONTRACT.name, [language])
    session.commit()
    assert seal_due(config, storage) == 1
    (row,) = sealed.versions_of(loan.id, CONTRACT.name)
    reference, code, data = session.get_one(Loan, loan.id).reference, row.code, storage.get(row.key)
    browser.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    browser.open("/verify")
    browser.send("/verify/file", {"file": (io.BytesIO(data), "contract.pdf")}, having="file")
    assert browser.text_of("h1") == genuine and reference in browser.text
    browser.open(f"/verify/{code}")
    assert reference in browser.text
