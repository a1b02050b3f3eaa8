"""Profiles and absences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts import queries
from portal.accounts.models import Absence, Level, Person, PersonLanguage, ProfileCv, RoleGrant
from portal.calendars import now
from portal.db import advisory_lock, new_idempotency_key, session
from portal.findings import Conflict, RuleViolation
from portal.messages.service import Notification, Receiver, notify
from portal.policy import Actor, Permission, Role, require
from portal.storage import Storage, delete_after_commit, new_key, put_with_commit

ABSENCES = (
    select(Absence)
    .where(or_(Absence.manager_id == bindparam("person_id"), Absence.deputy_id == bindparam("person_id")))
    .where(Absence.last >= bindparam("today"))
    .order_by(Absence.first)
    .options(
        joinedload(Absence.manager, innerjoin=True).load_only(Person.name),
        joinedload(Absence.deputy, innerjoin=True).load_only(Person.name),
    )
)


def save_profile(person_id: int, version: int, answers: dict[str, Any], languages: dict[str, Level]) -> Person:
    """Saves the person's own data, which new applications copy. Raises Conflict: saved elsewhere since `version`."""
    person = queries.person_with_profile(person_id)
    if person.version != version:
        raise Conflict
    for name, value in answers.items():
        setattr(person, name, value)
    set_languages(person, languages)
    session.flush()
    return person


@dataclass(frozen=True)
class NewCv:
    """A curriculum vitae that has passed `check_upload`; `sha256` in hex."""

    name: str
    media_type: str
    data: bytes
    sha256: str


def keep_cv(person_id: int, file: NewCv, storage: Storage) -> ProfileCv:
    """Stores a curriculum vitae in place of the one before, whose bytes are deleted after the commit."""
    row = queries.cv_of(person_id) or ProfileCv(person_id=person_id)
    if row.key:
        delete_after_commit(storage, row.key)
    row.name, row.media_type, row.size, row.sha256 = file.name, file.media_type, len(file.data), file.sha256
    row.key, row.saved_at = new_key("profiles"), now()
    session.add(row)
    session.flush()
    put_with_commit(storage, row.key, file.data)
    return row


def set_languages(person: Person, languages: dict[str, Level]) -> None:
    """Sets the person's languages, by code; removes all others."""
    known = {language.code: language for language in person.languages}
    for code in known.keys() - languages.keys():
        person.languages.remove(known[code])
    for code, level in languages.items():
        if code in known:
            known[code].level = level
        else:
            person.languages.append(PersonLanguage(code=code, level=level))


def deputies_for(person: Person) -> list[Person]:
    """The other managers and deputies of a manager's agency, sorted by name in the manager's language."""
    granted = select(RoleGrant.person_id).where(
        RoleGrant.agency_id == person.agency_id, RoleGrant.role.in_([Role.MANAGER, Role.DEPUTY])
    )
    others = select(Person).where(Person.id.in_(granted), Person.id != person.id, Person.active.is_(True))
    return list(session.scalars(others.order_by(Person.by_name(person.mail_language))))


def absences_of(person_id: int, today: date) -> list[Absence]:
    """Present and future absences in which this person is the manager or the deputy."""
    return list(session.scalars(ABSENCES, {"person_id": person_id, "today": today}))


def name_deputy(manager: Person, deputy_id: int, first: date, last: date, *, by: Actor) -> Absence:
    """Lets a deputy decide from `first` to `last`, both included, and notifies them.

    Raises Denied, RuleViolation: "deputy", "order", "past", "overlap".
    """
    require(Permission.NAME_DEPUTY, by)
    if deputy_id not in {person.id for person in deputies_for(manager)}:
        raise RuleViolation("deputy", field="deputy")
    if last < first:
        raise RuleViolation("order", field="last")
    if last < now().date():
        raise RuleViolation("past", field="last")
    advisory_lock(f"absences:{manager.id}")
    overlapping = select(Absence.id).where(
        Absence.manager_id == manager.id, Absence.first <= last, Absence.last >= first
    )
    if session.scalar(overlapping.limit(1)) is not None:
        raise RuleViolation("overlap", field="first")
    assert manager.agency_id is not None
    absence = Absence(manager_id=manager.id, deputy_id=deputy_id, agency_id=manager.agency_id, first=first, last=last)
    session.add(absence)
    session.flush()
    _notify_deputy(absence, "deputy")
    return absence


def end_absence(absence_id: int, *, by: Actor) -> None:
    """Ends an absence of `by`, and with it the deputy's right to decide, and notifies the deputy; another's is left."""
    advisory_lock(f"absences:{by.id}")
    mine = select(Absence).where(Absence.id == absence_id, Absence.manager_id == by.id)
    absence = session.scalars(mine.options(joinedload(Absence.manager), joinedload(Absence.deputy))).one_or_none()
    if absence is None:
        return
    _notify_deputy(absence, "deputy_ended")
    session.delete(absence)
    session.flush()


def _notify_deputy(absence: Absence, kind: str) -> None:
    """The caller's lock ensures that this happens once; the key is new because an absence's id may have been used."""
    facts = {"name": absence.manager.name, "first": absence.first.isoformat(), "last": absence.last.isoformat()}
    deputy = absence.deputy
    receiver = Receiver(deputy.id, deputy.email, deputy.mail_language)
    notify([receiver], Notification(kind, facts, "/desk"), f"{kind}:{new_idempotency_key()}")
