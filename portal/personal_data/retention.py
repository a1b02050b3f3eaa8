"""How long personal data are kept, and what is due to be destroyed. The page about personal data shows this table."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, or_, select

from portal.accounts.models import Agency, KnownBrowser, Person, RoleGrant, SignIn
from portal.calendars import today
from portal.exchanges.models import Exchange
from portal.personal_data.models import Consent, ConsentAct, ConsentKind, newest
from portal.policy import Role
from portal.workflows.exchange_terms import ENDED, Status

KEPT = 24  # months after an exchange has ended
UNUSED = 24  # months after which an account that nobody uses goes
DRAFT = 6  # months after which a draft that was never handed in goes
LOG = 36  # months for which the log of clearings is kept (regulation on deletion, article 7)
NEVER = "cleared-"  # how the address of an account begins whose data were destroyed


def earlier(day: date, months: int) -> date:
    """The same day some months earlier; the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def half_of(day: date) -> date:
    """The first day of the half-year in which a day lies."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def passed(zone: str, months: int) -> datetime:
    """What happened before this moment was on a day, in this zone, that is so many months ago or more."""
    day = earlier(today(zone), months) + timedelta(days=1)
    return datetime.combine(day, time(), ZoneInfo(zone))


NEWEST = newest(Consent.act, Exchange.id, ConsentKind.CONSENT)


def _withdrawn(agency: Agency) -> ColumnElement[bool]:
    return and_(Exchange.status.in_(ENDED), or_(Exchange.status == Status.WITHDRAWN, NEWEST == ConsentAct.WITHDRAWN))


def _ended(agency: Agency) -> ColumnElement[bool]:
    return and_(Exchange.status.in_(ENDED), Exchange.turn_since < passed(agency.zone, KEPT))


def _draft(agency: Agency) -> ColumnElement[bool]:
    """One whose deadline is long over, too, so that it can no longer be handed in."""
    over = earlier(today(agency.zone), DRAFT)
    old = Exchange.updated_at < passed(agency.zone, DRAFT)
    return and_(Exchange.status == Status.DRAFT, old, or_(Exchange.due_on.is_(None), Exchange.due_on <= over))


@dataclass(frozen=True)
class Rule:
    """One kind of what is kept, after how many months it is due (0: at once), and which rows are."""

    key: str
    months: int
    due: Callable[[Agency], ColumnElement[bool]]


OF_EXCHANGES: tuple[Rule, ...] = (
    Rule("withdrawn", 0, _withdrawn),
    Rule("ended", KEPT, _ended),
    Rule("draft", DRAFT, _draft),
)


def due_exchanges(agency: Agency, rule: Rule) -> Any:
    """The exchanges of an agency's experts that are due under a rule, the oldest first."""
    rows = select(Exchange.id, Exchange.reference).where(Exchange.home_id == agency.id, Exchange.cleared_at.is_(None))
    return rows.where(rule.due(agency)).order_by(Exchange.id)


def due_accounts(agency: Agency) -> Any:
    """Accounts of two years and more that nobody has used for half a year, of nobody who has a task here, and whose
    exchanges are all destroyed. Administrators belong to no agency and stay."""
    theirs = Person.id
    used = or_(
        exists().where(SignIn.person_id == theirs),
        exists().where(KnownBrowser.person_id == theirs),
        exists().where(RoleGrant.person_id == theirs, RoleGrant.role != Role.EXPERT),
        exists().where(Exchange.expert_id == theirs, Exchange.cleared_at.is_(None)),
    )
    old = and_(Person.created_at < passed(agency.zone, UNUSED), ~Person.email_key.startswith(NEVER))
    return select(Person.id).where(Person.agency_id == agency.id, old, ~used).order_by(Person.id)


PERIODS: Mapping[str, int] = {**{rule.key: rule.months for rule in OF_EXCHANGES}, "account": UNUSED, "log": LOG}
