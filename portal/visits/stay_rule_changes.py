"""Changes the rules for stays: adds one with its source, ends one, or withdraws what was wrong."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any

from portal import calendars
from portal.administration import service as administration
from portal.db import session
from portal.findings import RuleViolation
from portal.policy import Actor, Permission, require
from portal.visits import queries
from portal.visits.models import StayRule
from portal.visits.stay_rules import WITHOUT_DAYS, StayCode


@dataclass(frozen=True)
class RuleAnswers:
    """A new rule, as an administrator enters it."""

    country: str
    code: StayCode
    days: int | None
    valid_from: date
    source: str
    source_tr: str
    source_az: str
    address: str
    checked_on: date | None


ANSWERS = tuple(field.name for field in fields(RuleAnswers))


def add(answers: RuleAnswers, *, by: Actor) -> StayRule:
    """Adds a rule. The one of its kind that holds until then ends the day before.

    Raises Denied; RuleViolation: it has a number where none is asked for, or lacks one, or one that begins later, or on
    the same day, is there already.
    """
    require(Permission.ADMINISTER, by)
    if (answers.days is not None) == (answers.code in WITHOUT_DAYS) and answers.code is not StayCode.PERMIT:
        raise RuleViolation("rule_no_days" if answers.days is not None else "rule_days", field="days")
    kind = queries.rules_of_kind(answers.country, answers.code)
    wrong = next((rule for rule in kind if rule.withdrawn_on and rule.valid_from == answers.valid_from), None)
    others = [rule for rule in kind if rule.withdrawn_on is None]
    if others and others[-1].valid_from >= answers.valid_from:
        raise RuleViolation("rule_later", field="valid_from", day=others[-1].valid_from)
    if others and (others[-1].valid_until or date.max) >= answers.valid_from:
        _record_new("rule_ended", others[-1], {"valid_until": answers.valid_from - timedelta(days=1)}, by)
    values = asdict(answers) | {"valid_until": None, "withdrawn_on": None}
    row = wrong or StayRule()
    _record_new("rule_added", row, values, by)
    return row


def end(rule: StayRule, last: date, *, by: Actor) -> None:
    """The rule holds for stays that begin on `last` or before.

    Raises Denied; RuleViolation: it was withdrawn, or would end before it begins, or after the next one has begun.
    """
    require(Permission.ADMINISTER, by)
    if rule.withdrawn_on:
        raise RuleViolation("rule_withdrawn")
    if last < rule.valid_from:
        raise RuleViolation("rule_order", field="valid_until", day=rule.valid_from)
    kind = [other for other in queries.rules_of_kind(rule.country, rule.code) if other.withdrawn_on is None]
    following = [other.valid_from for other in kind if other.valid_from > rule.valid_from]
    if following and last >= min(following):
        raise RuleViolation("rule_followed", field="valid_until", day=min(following))
    _record_new("rule_ended", rule, {"valid_until": last}, by)


def withdraw(rule: StayRule, *, by: Actor) -> None:
    """The rule was wrong: it is kept, but no longer told. Raises Denied."""
    require(Permission.ADMINISTER, by)
    if rule.withdrawn_on is None:  # else another press was faster
        _record_new("rule_withdrawn", rule, {"withdrawn_on": calendars.today()}, by)


def _record_new(what: str, rule: StayRule, values: dict[str, Any], by: Actor) -> None:
    """Stores new values, with what they replace in the history of administration."""
    before = _said(rule)
    for name, value in values.items():
        setattr(rule, name, value)
    session.add(rule)
    session.flush()
    if facts := administration.changed(before, _said(rule)):
        administration.record(what, about=("stay_rule", rule.id), by=by, facts=facts)


def _said(rule: StayRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in (*ANSWERS, "valid_until", "withdrawn_on")}
