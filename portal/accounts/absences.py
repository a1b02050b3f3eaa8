"""Absences of managers: a stand-in is asked, agrees or declines, and decides only once agreed."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, bindparam, false, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import CAN_SIGN_IN, Absence, Person, RoleGrant
from portal.administration import service as administration
from portal.calendars import now, today
from portal.db import advisory_lock, new_idempotency_key, session
from portal.findings import RuleViolation
from portal.messages.service import Notification, Receiver, notify
from portal.policy import Actor, Permission, Role, require

LONGEST = timedelta(days=366)  # an absence with both its days
WITH_PEOPLE = (
    joinedload(Absence.manager, innerjoin=True),
    joinedload(Absence.deputy, innerjoin=True),
)
OF_PERSON = or_(Absence.manager_id == bindparam("person_id"), Absence.deputy_id == bindparam("person_id"))
ABSENCES = (
    select(Absence).where(OF_PERSON, Absence.last >= bindparam("today")).order_by(Absence.first).options(*WITH_PEOPLE)
)


def deputies_for(person: Person) -> list[Person]:
    """The other managers and deputies of a manager's agency, sorted by name in the manager's language."""
    granted = select(RoleGrant.person_id).where(
        RoleGrant.agency_id == person.agency_id, RoleGrant.role.in_([Role.MANAGER, Role.DEPUTY])
    )
    others = select(Person).where(Person.id.in_(granted), Person.id != person.id, CAN_SIGN_IN)
    return list(session.scalars(others.order_by(Person.by_name(person.mail_language))))


def absences_of(person_id: int, today: date) -> list[Absence]:
    """Present and future absences in which this person is the manager or the stand-in."""
    return list(session.scalars(ABSENCES, {"person_id": person_id, "today": today}))


def name_deputy(manager: Person, deputy_id: int, first: date, last: date, *, by: Actor) -> Absence:
    """Asks a deputy to decide from `first` to `last`, both included; they decide once they have agreed.

    Raises Denied, RuleViolation: "deputy", "order", "past", "too_long", "overlap".
    """
    require(Permission.NAME_DEPUTY, by)
    if deputy_id not in {person.id for person in deputies_for(manager)}:
        raise RuleViolation("deputy", field="deputy")
    if last < first:
        raise RuleViolation("order", field="last")
    assert manager.agency is not None, "a manager belongs to an agency"
    if last < today(manager.agency.zone):
        raise RuleViolation("past", field="last")
    if last - first >= LONGEST:
        raise RuleViolation("too_long", field="last", days=LONGEST.days)
    advisory_lock(f"absences:{manager.id}")
    overlapping = select(Absence).where(
        Absence.manager_id == manager.id,
        Absence.first <= last,
        Absence.last >= first,
        Absence.declined_at.is_(None),
    )
    known = session.scalars(overlapping.order_by(Absence.first).limit(1)).first()
    if known is not None and (known.deputy_id, known.first, known.last) == (deputy_id, first, last):
        return known  # the same press once more
    if known is not None:
        raise RuleViolation("overlap", field="first")
    return _ask(manager, deputy_id, first, last, by)


def ask_anew(manager_id: int, deputy: Person, first: date, last: date, *, by: Actor) -> None:
    """Asks somebody in place of a stand-in who left, unless the manager has asked another meanwhile."""
    manager = session.get(Person, manager_id)
    if manager is None or deputy.id not in {person.id for person in deputies_for(manager)}:
        return
    advisory_lock(f"absences:{manager.id}")
    _ask(manager, deputy.id, first, last, by)


def _ask(manager: Person, deputy_id: int, first: date, last: date, by: Actor) -> Absence:
    """Stores the absence, not agreed yet, and asks the stand-in. The caller has locked the manager's absences."""
    absence = Absence(manager=manager, deputy_id=deputy_id, agency_id=manager.agency_id, first=first, last=last)
    session.add(absence)
    session.flush()
    _record("deputy_named", absence, by)
    _tell("deputy_asked", absence, absence.deputy, about=manager)
    return absence


def agree(absence_id: int, *, by: Actor) -> None:
    """The stand-in agrees: from the first day on they decide. Raises Denied, RuleViolation: "answered"."""
    absence = _asked(absence_id, by)
    absence.agreed_at = now()
    session.flush()
    _record("deputy_agreed", absence, by)
    _tell("deputy_agreed", absence, absence.manager, about=absence.deputy)


def decline(absence_id: int, *, by: Actor) -> None:
    """The stand-in cannot: the manager asks somebody else. Raises Denied, RuleViolation: "answered"."""
    absence = _asked(absence_id, by)
    absence.declined_at = now()
    session.flush()
    _record("deputy_declined", absence, by)
    _tell("deputy_declined", absence, absence.manager, about=absence.deputy)


def _asked(absence_id: int, by: Actor) -> Absence:
    """The absence for which `by` was asked to stand in, locked, not answered yet."""
    require(Permission.STAND_IN, by)
    absence = _of(absence_id, Absence.deputy_id == by.id)
    if absence is None or absence.agreed_at or absence.declined_at:
        raise RuleViolation("answered")
    return absence


def _of(absence_id: int, whose: ColumnElement[bool]) -> Absence | None:
    """An absence of the person in `whose`, once its manager's absences are locked."""
    mine = select(Absence).where(Absence.id == absence_id, whose)
    manager_id = session.scalar(mine.with_only_columns(Absence.manager_id))
    if manager_id is None:
        return None
    advisory_lock(f"absences:{manager_id}")
    fresh = mine.options(*WITH_PEOPLE).execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def end_absence(absence_id: int, *, by: Actor) -> None:
    """Ends an absence, and with it the stand-in's right to decide; the manager and the stand-in may. Whoever did not
    end it is told; another's absence is left. Raises Denied."""
    require(Permission.STAND_IN, by)
    absence = _of(absence_id, or_(Absence.manager_id == by.id, Absence.deputy_id == by.id))
    if absence is not None:
        _end(absence, by)


def end_absences_of(person: Person, *, as_manager: bool = True, as_deputy: bool = True, by: Actor) -> int:
    """Ends every absence in which a person is away as a manager, or stands in, as when they leave or lose the role;
    returns how many."""
    sides = [(as_manager, Absence.manager_id), (as_deputy, Absence.deputy_id)]
    whose = or_(false(), *(column == person.id for ends, column in sides if ends))
    ids = session.scalars(select(Absence.id).where(whose, Absence.last >= today())).all()
    for absence_id in ids:
        absence = _of(absence_id, Absence.id == absence_id)
        if absence is not None:
            _end(absence, by, gone=0 if person.active else person.id)
    return len(ids)


def _end(absence: Absence, by: Actor, gone: int = 0) -> None:
    """Tells both but whoever ended it and whoever is gone."""
    _record("deputy_ended", absence, by)
    for receiver, other in ((absence.deputy, absence.manager), (absence.manager, absence.deputy)):
        if receiver.id not in (by.id, gone) and receiver.active and not absence.declined_at:
            kind = "deputy_ended" if receiver is absence.deputy else "stand_in_ended"
            _tell(kind, absence, receiver, about=other)
    session.delete(absence)
    session.flush()


def _tell(kind: str, absence: Absence, receiver: Person, about: Person) -> None:
    """The caller's lock ensures that this happens once."""
    facts = {"name": about.name, "first": absence.first.isoformat(), "last": absence.last.isoformat()}
    whom = Receiver(receiver.id, receiver.email, receiver.mail_language)
    notify([whom], Notification(kind, facts, "/desk/absences"), f"{kind}:{new_idempotency_key()}")


def _record(what: str, absence: Absence, by: Actor) -> None:
    facts = {"deputy": absence.deputy_id, "first": absence.first, "last": absence.last}
    changes = administration.changed({}, facts) if what != "deputy_ended" else administration.changed(facts, {})
    about = ("person", absence.manager_id)
    administration.record(what, about=about, by=by, agency_id=absence.agency_id, facts=changes)
