"""Queries of applications, their documents, comments and wished host units."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import joinedload, load_only, selectinload

from portal.accounts.models import ProfileCv
from portal.accounts.queries import cv_of
from portal.applications.changes import Answers, Change, changes
from portal.applications.models import Application, HandedIn, SectionComment, WishedUnit
from portal.calls.models import Call
from portal.calls.queries import AGAIN
from portal.db import session
from portal.documents.models import Document, DocumentKind
from portal.documents.queries import last_of_person
from portal.exchanges.models import Exchange
from portal.subjects.queries import GivenReason, last_reason, last_version
from portal.topics.queries import as_ids
from portal.units.models import HostUnit
from portal.units.queries import NAME, UnitName
from portal.workflows.exchange_terms import Action


class Brief(NamedTuple):
    """Aim and days of an application, and its call, of which only the titles are loaded."""

    aim: str
    days: int | None
    call: Call


# applications with their call and both agencies
WITH_CALL = (
    select(Application)
    .where(Application.exchange_id == bindparam("exchange_id"))
    .options(
        joinedload(Application.call, innerjoin=True).options(
            joinedload(Call.home, innerjoin=True), joinedload(Call.host, innerjoin=True)
        )
    )
)
OF_EXCHANGE = WITH_CALL.options(joinedload(Application.languages), selectinload(Application.windows))
LOCKED = (
    WITH_CALL.options(
        selectinload(Application.languages), selectinload(Application.windows), selectinload(Application.wishes)
    )
    .with_for_update(of=Application, key_share=True)
    .execution_options(populate_existing=True)
)
IN_BRIEF = (
    select(Application.aim, Application.days, Call)
    .join(Call, Call.id == Application.call_id)
    .where(Application.exchange_id == bindparam("exchange_id"))
    .options(load_only(Call.title_en, Call.title_tr, Call.title_az))
)


def of_exchange(exchange_id: int) -> Application | None:
    """The application of an exchange with call, languages and windows; wished units come by `wished()`."""
    return session.scalars(OF_EXCHANGE, {"exchange_id": exchange_id}).unique().one_or_none()


def in_brief(exchange_id: int) -> Brief | None:
    """The facts of an application for the overview of its exchange."""
    row = session.execute(IN_BRIEF, {"exchange_id": exchange_id}).one_or_none()
    return Brief(*row) if row else None


def locked(exchange_id: int) -> Application:
    """The application as it is now, its row locked until the commit."""
    return session.scalars(LOCKED, {"exchange_id": exchange_id}).one()


def own(call_id: int, person_id: int) -> Exchange | None:
    """This person's exchange under this call, other than withdrawn or cancelled ones."""
    statement = select(Exchange).where(
        Exchange.call_id == call_id, Exchange.expert_id == person_id, Exchange.status.not_in(AGAIN)
    )
    return session.scalars(statement.order_by(Exchange.id).limit(1)).first()


def known_cv(person_id: int) -> ProfileCv | Document | None:
    """The curriculum vitae of the person's profile, else the one that they added last, in whichever exchange."""
    kept = cv_of(person_id)
    if kept is not None:
        return kept
    return last_of_person(person_id, DocumentKind.CV)


def return_reason(exchange_id: int) -> GivenReason:
    """The reason of the last return, for the expert; empty where the application was never returned."""
    return last_reason(exchange_id, Action.HOME_RETURN, Action.HOST_RETURN)


def comments(exchange_id: int) -> dict[str, list[SectionComment]]:
    """The comments of the newest version that was commented on, by section."""
    newest = select(func.max(SectionComment.version)).where(SectionComment.exchange_id == exchange_id)
    statement = select(SectionComment).where(
        SectionComment.exchange_id == exchange_id, SectionComment.version == newest.scalar_subquery()
    )
    found: dict[str, list[SectionComment]] = {}
    for comment in session.scalars(statement.options(joinedload(SectionComment.agency)).order_by(SectionComment.id)):
        found.setdefault(comment.section, []).append(comment)
    return found


def handed_in(exchange_id: int) -> list[HandedIn]:
    """What was said at each handing in, newest first."""
    statement = select(HandedIn).where(HandedIn.exchange_id == exchange_id)
    return list(session.scalars(statement.order_by(HandedIn.version.desc()).limit(20)))


def changed_since_return(exchange_id: int, *returns: str) -> list[Change]:
    """What the application says otherwise than the version that was last returned by one of these steps; nothing where
    it was not returned by them."""
    returned = last_version(exchange_id, *returns)
    said = handed_in(exchange_id) if returned else []
    before = next((one for one in said if returned and one.version < returned), None)
    return changes(_now(before), _now(said[0])) if before and said[0] is not before else []


def _now(said: HandedIn) -> Answers:
    """The answers with the topics that stand for theirs now, those that were words then included."""
    return said.answers | {"topics": as_ids(said.answers.get("topics", ()))}


def wished(application_id: int) -> list[UnitName]:
    """The wished host units in their rank, inactive ones included."""
    statement = (
        select(*NAME)
        .join(WishedUnit, WishedUnit.unit_id == HostUnit.id)
        .where(WishedUnit.application_id == application_id)
        .order_by(WishedUnit.rank)
    )
    return [UnitName(*row) for row in session.execute(statement)]
