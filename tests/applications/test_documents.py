"""Files: what is taken, what is refused and how, and who gets them back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from portal.accounts.models import Person
from portal.applications import documents
from portal.db import session
from portal.documents.models import Document
from portal.documents.service import MOST_TOGETHER
from portal.exchanges.models import Exchange
from portal.findings import RuleViolation
from portal.storage import Missing
from portal.subjects.models import Event
from tests.factories import World, actor
from tests.files import picture
from tests.form_data import begin, cv, fill, pdf
from tests.pages import Browser, attribute

As = Callable[[Person], Browser]


@pytest.fixture
def draft(world: World) -> Exchange:
    return begin(world.call(), actor(world.expert))


def locked_pdf() -> bytes:
    paper, data = pikepdf.new(), io.BytesIO()
    paper.add_blank_page()
    paper.save(data, encryption=pikepdf.Encryption(owner="a", user="b"))
    return data.getvalue()


def a_zip() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("evil.txt", "x")
    return data.getvalue()


REFUSED = {
    "nothing chosen": (None, "Choose a file."),
    "of another kind": (("virus.exe", b"MZ"), "is of another kind"),
    "empty": (("cv.pdf", b""), "is empty"),
    "a lie": (("cv.pdf", b"no PDF"), "not what its ending says"),
    "a picture called PDF": (("cv.pdf", picture("PNG")), "of the kind PNG"),
    "a zip called docx": (("cv.docx", a_zip()), "not what its ending says"),
    "locked": (("cv.pdf", locked_pdf()), "locked with a password"),
    "too big": (("cv.pdf", b"%PDF-" + b"x" * (10 * 1024 * 1024)), "larger than 10 MB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_files_are_told_beside_the_field(world: World, draft: Exchange, as_person: As, case: str) -> None:
    file, words = REFUSED[case]
    expert = as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/documents"
    expert.open(address)
    given = {"file": (io.BytesIO(file[1]), file[0])} if file else {}
    expert.send(address, {"kind": "motivation"} | given, having="file")
    assert expert.status == 422
    assert any(words in problem for problem in expert.problems), expert.problems
    assert expert.attribute("#kind option[selected]", "value") == "motivation"
    assert session.scalar(select(func.count(Document.id))) == 0


def test_a_file_comes_back_as_it_was_to_those_who_may_read(
    app: Flask, world: World, draft: Exchange, as_person: As
) -> None:
    expert = as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/documents"
    expert.open(address)
    data = pdf()
    for _press in range(2):  # a double click
        expert.send(address, {"file": (io.BytesIO(data), "Öz‮geçmiş.pdf")}, having="idempotency_key")
        assert expert.status == 302
    document = session.scalars(select(Document)).one()
    response = expert.ask("GET", f"/exchanges/{draft.reference}/documents/{document.id}")
    assert response.data == data
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert "\n" not in document.name and "‮" not in document.name
    as_person(world.manager).open(f"/exchanges/{draft.reference}/documents/{document.id}", 404)  # still a draft


def test_numbers_of_other_peoples_files_are_unknown(app: Flask, world: World, draft: Exchange, as_person: As) -> None:
    storage = app.extensions["storage"]
    theirs = begin(
        world.call("their own call", home_id=world.kobia.id, host_id=world.kosgeb.id, agency_id=world.kobia.id),
        actor(world.colleague),
    )
    document = documents.add(
        theirs, cv(), idempotency_key="once and only once", by=actor(world.colleague), storage=storage
    )
    mine = documents.add(draft, cv(), idempotency_key="mine and only mine", by=actor(world.expert), storage=storage)
    key = mine.key
    session.commit()
    expert = as_person(world.expert)
    for number in (document.id, 0, 10**30):
        expert.open(f"/exchanges/{draft.reference}/documents/{number}", 404)
    expert.open(f"/exchanges/{theirs.reference}/documents/{document.id}", 404)
    expert.open(f"/exchanges/{draft.reference}/application/documents")
    expert.send(f"/exchanges/{draft.reference}/documents/{document.id}/remove", having="csrf_token")
    assert expert.status == 404
    expert.open(f"/exchanges/{draft.reference}/application/documents")
    expert.send(f"/exchanges/{draft.reference}/documents/{mine.id}/remove", having="csrf_token")
    assert expert.status == 302
    assert session.scalars(select(Document.id)).all() == [document.id]
    with pytest.raises(Missing):
        storage.get(key)


def test_removing_twice_leads_back_with_a_word(app: Flask, world: World, draft: Exchange, as_person: As) -> None:
    storage = app.extensions["storage"]
    number = documents.add(draft, cv(), idempotency_key="removed twice", by=actor(world.expert), storage=storage).id
    expert, page = as_person(world.expert), f"/exchanges/{draft.reference}/application/documents"
    form = attribute(expert.open(page), "input[name=csrf_token]", "value")
    for said in ("is removed.", "This document was removed already."):
        expert.post(f"/exchanges/{draft.reference}/documents/{number}/remove", {"csrf_token": form})
        expert.open(page)
        assert said in expert.text


def test_an_old_page_never_removes_a_document_added_since(
    app: Flask, world: World, draft: Exchange, as_person: As
) -> None:
    by, storage = actor(world.expert), app.extensions["storage"]
    expert, page = as_person(world.expert), f"/exchanges/{draft.reference}/application/documents"
    first = documents.add(draft, cv(), idempotency_key="the first file", by=by, storage=storage)
    old = f"/exchanges/{draft.reference}/documents/{first.id}/remove"
    form = attribute(expert.open(page), "input[name=csrf_token]", "value")
    documents.remove(draft, first, by=by, storage=storage)
    second = documents.add(draft, cv(), idempotency_key="the second file", by=by, storage=storage).id
    expert.post(old, {"csrf_token": form})
    expert.open(page)
    assert "This document was removed already." in expert.text
    assert session.scalars(select(Document.id)).all() == [second]


def test_what_another_press_removed_meanwhile_is_not_removed_again(app: Flask, world: World, draft: Exchange) -> None:
    by, storage = actor(world.expert), app.extensions["storage"]
    document = documents.add(draft, cv(), idempotency_key="removed at once", by=by, storage=storage)
    session.execute(delete(Document).execution_options(synchronize_session=False))
    with pytest.raises(RuleViolation, match="removed_before"):
        documents.remove(draft, document, by=by, storage=storage)


def test_forty_megabytes_together(app: Flask, world: World, draft: Exchange) -> None:
    storage, by = app.extensions["storage"], actor(world.expert)
    document = documents.add(draft, cv(), idempotency_key="the first of many", by=by, storage=storage)
    document.size = MOST_TOGETHER - 10
    session.flush()
    with pytest.raises(RuleViolation, match="upload_together"):
        documents.add(draft, cv(), idempotency_key="the one too much", by=by, storage=storage)


def test_files_stay_after_handing_in_and_the_history_tells(
    app: Flask, world: World, draft: Exchange, as_person: As
) -> None:
    from_storage, by = app.extensions["storage"], actor(world.expert)
    fill(draft, by, world.units[0].id, from_storage)
    expert = as_person(world.expert)
    expert.open(f"/exchanges/{draft.reference}/application/documents")
    late = expert.answers(expert.form("idempotency_key"))
    expert.open(f"/exchanges/{draft.reference}/check")
    expert.send(f"/exchanges/{draft.reference}/check", having="version")
    assert expert.status == 302
    expert.open(f"/exchanges/{draft.reference}/documents")
    assert "Özgeçmiş.pdf" in expert.text
    given = late | {"file": (io.BytesIO(pdf()), "late.pdf")}
    response = expert.post(f"/exchanges/{draft.reference}/application/documents", given)
    assert response.status_code in (302, 409, 422)
    assert session.scalar(select(func.count(Document.id))) == 1
    assert "document_added" in session.scalars(select(Event.what)).all()


def test_the_curriculum_vitae_is_entered_once(app: Flask, world: World, draft: Exchange, as_person: As) -> None:
    storage, by = app.extensions["storage"], actor(world.expert)
    fill(draft, by, world.units[0].id, storage)
    second = begin(world.call("one more call 2"), by)
    expert = as_person(world.expert)
    address = f"/exchanges/{second.reference}/application/documents"
    expert.open(address)
    assert "Use it here too" in expert.text
    for _press in range(2):
        expert.send(f"{address}/reuse", having="idempotency_key", action="reuse")
        assert expert.status == 302
    copies = session.scalars(select(Document).order_by(Document.id)).all()
    assert [copy.name for copy in copies] == ["Özgeçmiş.pdf"] * 2
    assert copies[0].key != copies[1].key and storage.get(copies[0].key) == storage.get(copies[1].key)
    as_person(world.colleague).open(address, 404)


def test_continue_takes_a_chosen_file_and_goes_on(world: World, draft: Exchange, as_person: As) -> None:
    expert = as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/documents"
    expert.open(address)
    chosen = {"kind": "cv", "file": (io.BytesIO(pdf()), "cv.pdf"), "onward": "1"}
    expert.send(address, chosen, having="file")
    assert expert.status == 302 and expert.location.endswith("/application/consent")
    assert session.scalars(select(Document.name)).all() == ["cv.pdf"]
    expert.open(address)
    expert.send(address, {"onward": "1"}, having="file")
    assert expert.status == 302 and expert.location.endswith("/application/consent"), "without a file it only goes on"
    expert.open(address)
    expert.send(address, {"kind": "other", "file": (io.BytesIO(b"MZ"), "virus.exe"), "onward": "1"}, having="file")
    assert expert.status == 422 and expert.problems, "a refused file is not left behind"


def test_a_chosen_file_is_not_lost_in_silence_by_a_change_of_language(
    world: World, draft: Exchange, as_person: As
) -> None:
    expert = as_person(world.expert)
    address = f"/exchanges/{draft.reference}/application/documents"
    expert.open(address)
    expert.send(address, {"kind": "cv", "file": (io.BytesIO(pdf()), "cv.pdf"), "to_language": "en"}, having="file")
    assert any("Choose the file again" in problem for problem in expert.problems)
    assert session.scalar(select(func.count(Document.id))) == 0
