"""Exchanges that hang on a person, their roles, a host unit, a call or an agency, before one of these is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, or_, select

from portal.accounts.models import CAN_SIGN_IN, Person, RoleGrant
from portal.accounts.queries import agency_names
from portal.db import session
from portal.exchanges.labels import status_label
from portal.exchanges.models import Exchange
from portal.exchanges.queries import visible_to
from portal.exchanges.succession import EXPERTS, OPEN, decided_by, units_alone
from portal.policy import Actor, Permission, Role, allows
from portal.registry import DEPENDENTS_SHOWN, Dependent, Dependents
from portal.web.formats import day_range
from portal.workflows.exchange_terms import TAKES_PLACE, Status

COLUMNS: tuple[Any, ...] = (
    Exchange.reference,
    Exchange.person_name,
    Exchange.status,
    Exchange.turn,
    Exchange.home_id,
    Exchange.host_id,
    Exchange.start,
    Exchange.end,
    func.count().over().label("total"),
)
UNDECIDED = (Status.SUBMITTED, Status.ENDORSED, Status.WAITLISTED)


def found(rank: int, words: Any, becomes: str, reader: Actor, *rules: ColumnElement[bool]) -> Dependents:
    """The open exchanges under these rules, in one statement; `words` is called with their number.

    Whoever may read them sees names and their pages; an administrator references and their history, without names;
    everybody else only how many there are.
    """
    readable = visible_to(reader).label("readable")
    statement = select(*COLUMNS, readable).where(OPEN, *rules).limit(DEPENDENTS_SHOWN)
    ordered = statement.order_by(readable.desc(), func.coalesce(Exchange.start, Exchange.due_on), Exchange.id)
    rows = session.execute(ordered).all()
    count = rows[0].total if rows else 0
    administers = allows(Permission.ADMINISTER, reader)
    shown = [_shown(row) for row in rows if row.readable or administers]
    return Dependents(rank, words(count), becomes, count, shown)


def _shown(row: Any) -> Dependent:
    days = day_range(row.start, row.end) if row.start else ""
    stands = " · ".join(filter(None, [status_label(row), days]))
    if row.readable:
        return Dependent(f"{row.reference} · {row.person_name}", stands, f"/exchanges/{row.reference}")
    return Dependent(row.reference, stands, f"/admin/history?reference={row.reference}")


def of_unit(unit_id: int, reader: Actor) -> Sequence[Dependents]:
    """Visits at a host unit, and exchanges that are proposed to it."""
    there = Exchange.unit_id == unit_id
    return [
        found(
            10,
            lambda n: ngettext("%(num)s visit is under way here", "%(num)s visits are under way here", n),
            _("They go on to their last day, whatever is changed here."),
            reader,
            there,
            Exchange.status == Status.UNDER_WAY,
        ),
        found(
            20,
            lambda n: ngettext("%(num)s visit has its dates here", "%(num)s visits have their dates here", n),
            _("If the unit closes, another one is looked for; if it takes nobody on these days, others are proposed."),
            reader,
            there,
            Exchange.status == Status.SCHEDULED,
        ),
        found(
            30,
            lambda n: ngettext("%(num)s expert was proposed to it", "%(num)s experts were proposed to it", n),
            _("If the unit closes, another one is looked for."),
            reader,
            there,
            Exchange.status == Status.PLACED,
        ),
    ]


def of_call(call_id: int, reader: Actor) -> Sequence[Dependents]:
    """What has become of a call's applications so far."""
    under = Exchange.call_id == call_id
    return [
        found(
            10,
            lambda n: ngettext("%(num)s exchange was accepted", "%(num)s exchanges were accepted", n),
            _("They go on. Dates that are agreed stay; whoever proposes dates is told where these lie outside."),
            reader,
            under,
            Exchange.status.in_(TAKES_PLACE),
        ),
        found(
            20,
            lambda n: ngettext(
                "%(num)s application waits for a decision", "%(num)s applications wait for a decision", n
            ),
            _("They can still be decided on. Their experts are told of what is changed."),
            reader,
            under,
            Exchange.status.in_(UNDECIDED),
        ),
        found(
            30,
            lambda n: ngettext("%(num)s application is being written", "%(num)s applications are being written", n),
            _("Their experts are told. What was returned can be handed in in any case."),
            reader,
            under,
            Exchange.status.in_((Status.DRAFT, Status.RETURNED)),
        ),
    ]


def of_agency(agency_id: int, reader: Actor) -> Sequence[Dependents]:
    """The exchanges of an agency's experts, and those that it hosts."""
    return [
        found(
            20,
            lambda n: ngettext("%(num)s exchange is open", "%(num)s exchanges are open", n),
            _("Its names stand on their pages and in their papers from now on; sealed reports stay as they are."),
            reader,
            or_(Exchange.home_id == agency_id, Exchange.host_id == agency_id),
        )
    ]


def of_person(person_id: int, reader: Actor) -> Sequence[Dependents]:
    """A person's own exchanges as an expert."""
    own, waits = Exchange.expert_id == person_id, Exchange.turn.in_(EXPERTS)
    return [
        found(
            10,
            lambda n: ngettext("%(num)s own exchange waits for them", "%(num)s own exchanges wait for them", n),
            _("If the account is closed, the home agency ends them or writes the report, and is told."),
            reader,
            own,
            waits,
        ),
        found(
            20,
            lambda n: ngettext("%(num)s own exchange is open", "%(num)s own exchanges are open", n),
            _("They go on. What would be the expert’s turn falls to the home agency once the account is closed."),
            reader,
            own,
            ~waits,
        ),
    ]


def of_roles(person_id: int, reader: Actor) -> Sequence[Dependents]:
    """What waits where nobody else has the role, and what others of the agency then decide alone."""
    not_own = Exchange.expert_id != person_id
    alone = units_alone(person_id)
    agencies = _managed(person_id)
    return [
        found(
            5,
            lambda n: ngettext(
                "%(num)s exchange is at a host unit that nobody else coordinates",
                "%(num)s exchanges are at host units that nobody else coordinates",
                n,
            ),
            _("Without this role the host agency acts for the unit, and is told. Name another one, or hand over."),
            reader,
            not_own,
            Exchange.unit_id.in_(alone),
        ),
        *(_decisions(agency, others, not_own, reader) for agency, others in sorted(agencies.items())),
    ]


def _decisions(agency_id: int, others: int, not_own: ColumnElement[bool], reader: Actor) -> Dependents:
    becomes = (
        ngettext("%(num)s other manager decides, and is told.", "%(num)s other managers decide, and are told.", others)
        if others
        else _("Nobody else is a manager there: this role cannot be taken away before somebody is.")
    )
    name = agency_names()[agency_id].short_name
    return found(
        15 if others else 0,
        lambda n: ngettext(
            "%(num)s decision waits at %(agency)s", "%(num)s decisions wait at %(agency)s", n, agency=name
        ),
        becomes,
        reader,
        not_own,
        decided_by(agency_id),
    )


def _managed(person_id: int) -> dict[int, int]:
    """The agencies that a person manages, with the number of other managers who can sign in."""
    managers = select(RoleGrant.agency_id, RoleGrant.person_id).join(Person).where(CAN_SIGN_IN)
    rows = session.execute(managers.where(RoleGrant.role == Role.MANAGER)).all()
    own = {agency for agency, who in rows if who == person_id and agency is not None}
    return {agency: sum(1 for where, who in rows if where == agency and who != person_id) for agency in own}
