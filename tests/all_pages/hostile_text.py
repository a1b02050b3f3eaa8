"""Fills every free text of a database with something that would be markup, a template or a header if it were let.

Each column has a text of its own, so that a page tells which columns it shows.
"""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import html5lib
from sqlalchemy import Enum, String, select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.attributes import flag_modified

from portal import calendars
from portal.accounts.models import Person
from portal.accounts.people import NewCv, keep_cv
from portal.db import Base, session
from portal.exchanges.models import Exchange, Kind
from portal.messages.models import Message
from portal.reports.models import ProgressDraft
from portal.storage import Storage
from portal.units.models import BlockedPeriod, HostUnit
from portal.visits.models import PlanDraft
from portal.workflows.exchange_terms import Status, Turn
from tests.form_data import pdf

MARK = "<b>x</b>\"'{{7*7}}"
EVALUATED = "<b>x</b>\"'49"
# no words of people: keys, codes, hashes, and what the portal itself writes; every other text column is filled
TECHNICAL = frozenset({
    "code", "country", "document", "domains", "email", "email_key", "found_by", "hash", "host_language",
    "idempotency_key", "key", "kind", "language", "language_level", "languages", "mail_id", "marks", "media_type",
    "name_key_az", "name_key_en", "name_key_tr", "note_language", "password_hash", "path", "problem", "reference",
    "required_documents", "section", "sha256", "token_hash", "version", "what", "working_language", "zone",
})  # fmt: skip
PORTALS_OWN = frozenset({  # tables
    "address_change", "administration_event", "draft_document", "event", "exchange_word", "message",
    "reference_counter", "reference_token", "sign_in", "sign_in_attempt", "token",
})  # fmt: skip
NAME = re.compile(r"[A-Za-z][A-Za-z0-9:-]*")


def free_texts() -> list[tuple[Mapper[Any], str, int]]:
    """Every column that holds what somebody wrote: its class, its name, the characters that it takes (0: any)."""
    return [
        (mapper, attribute.key, column.type.length or 0)
        for mapper in sorted(Base.registry.mappers, key=lambda mapper: str(mapper.local_table))
        if mapper.class_.__module__.startswith("portal.")  # not a kind of subject that only a test knows
        and mapper.local_table.name not in PORTALS_OWN  # type: ignore[attr-defined]
        for attribute in mapper.column_attrs
        for column in attribute.columns
        if isinstance(column.type, String) and not isinstance(column.type, Enum) and column.name not in TECHNICAL
    ]


def texts() -> dict[str, str]:
    """The text of each column, by "table.column"."""
    return {
        f"{mapper.local_table.name}.{name}": f"{MARK}~{number}~"  # type: ignore[attr-defined]
        for number, (mapper, name, _length) in enumerate(free_texts(), start=1)
    }


def add_rows(storage: Storage) -> None:
    """Rows of the tables that the demonstration leaves empty: blocked periods, a closed day, drafts, CVs."""
    day = calendars.today() + timedelta(days=1000)
    for unit in session.scalars(select(HostUnit)):
        session.add(BlockedPeriod(unit_id=unit.id, first=day, last=day, why="-"))
    session.add(calendars.CalendarOverride(country="TR", day=day, closed=True, note="-"))
    placed = session.scalars(select(Exchange).where(Exchange.status == Status.PLACED, Exchange.turn == Turn.HOST)).all()
    for exchange in placed:
        session.add(PlanDraft(exchange_id=exchange.id, note="-", rows=[], saved_at=calendars.now(), saved_by_id=1))
    staying = select(Exchange).where(Exchange.status == Status.UNDER_WAY, Exchange.kind == Kind.LONG)
    for exchange in session.scalars(staying).all():
        session.add(ProgressDraft(exchange_id=exchange.id, rows=[], saved_at=calendars.now()))
    for person in session.scalars(select(Person)).all():
        keep_cv(person.id, NewCv("-", "application/pdf", pdf(), "0" * 64), storage)
    session.commit()


def fill() -> None:
    """Writes them into every row, and the names into the messages that were stored already."""
    given = texts()
    for mapper, name, length in free_texts():
        text = given[f"{mapper.local_table.name}.{name}"]  # type: ignore[attr-defined]
        assert not length or len(text) <= length, f"{name} takes only {length} characters"
        for row in session.scalars(select(mapper.class_)):
            setattr(row, name, text)
        session.flush()
    for message in session.scalars(select(Message)):
        message.facts |= {name: given["person.name"] for name in ("name", "home", "host") if name in message.facts}
        flag_modified(message, "facts")
    session.commit()


def faults(html: str) -> list[str]:
    """What shows that a text became a part of the page: markup, an attribute, a template, or escaped twice."""
    found = [f"raw {text}" for text in ("<b>x", EVALUATED, "&amp;lt;b", "&amp;#3") if text in html]
    return found + ["evaluated"] * (EVALUATED in unescape(html))


def parsed_faults(html: str) -> list[str]:
    """The same, asked of the tree that a browser builds."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    found = ["an element b" for element in tree.iter("b") if (element.text or "") == "x"]
    for element in tree.iter():
        if isinstance(element.tag, str):
            found += [f"an attribute {name!r}" for name in element.attrib if not NAME.fullmatch(str(name))]
    return found


def shown(said: str) -> set[str]:
    """The columns whose text is in these words, which are no markup (any more)."""
    return {column for column, text in texts().items() if text in said}
