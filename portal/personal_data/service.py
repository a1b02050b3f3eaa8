"""Stores what people take note of and consent to, and what agencies say of themselves as controllers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from portal.accounts.models import Agency
from portal.administration import service as administration
from portal.calendars import now, today
from portal.db import session
from portal.findings import RuleViolation
from portal.personal_data import queries
from portal.personal_data.models import Consent, ConsentAct, ConsentKind, ConsentWords, DataController, Ground
from portal.personal_data.texts import Words
from portal.policy import Actor, Permission, require

FIELDS = ("legal_name", "address", "contact", "ground", "basis", "lawyer", "confirmed_on")


def tick(subject_id: int, person_id: int, ticked: Mapping[ConsentKind, Words | None]) -> None:
    """Stores what was ticked and what no longer is: a row for each change. The same words, ticked again, stay as they
    were. The caller has asked the policy and locked the subject."""
    known = queries.newest(subject_id)
    for kind, words in ticked.items():
        before = known.get(kind)
        given = before if before is not None and before.act is ConsentAct.GIVEN else None
        if words is None:
            if given is not None:
                _add(given, ConsentAct.WITHDRAWN)
        elif given is None or given.words is None or given.words.text != words.text:
            _store(Consent(subject_id=subject_id, person_id=person_id, kind=kind), words)


def withdraw(subject_id: int) -> bool:
    """Withdraws the consent that stands for a subject; whether there was one."""
    given = queries.newest(subject_id).get(ConsentKind.CONSENT)
    if given is None or given.act is not ConsentAct.GIVEN:
        return False
    _add(given, ConsentAct.WITHDRAWN)
    return True


def _add(before: Consent, act: ConsentAct) -> None:
    same = {name: getattr(before, name) for name in ("subject_id", "person_id", "kind", "version", "language")}
    session.add(Consent(**same, act=act, at=now()))
    session.flush()


def _store(row: Consent, words: Words) -> None:
    row.act, row.at, row.version, row.language = ConsentAct.GIVEN, now(), words.version, words.language
    session.add(row)
    session.flush()
    session.add(ConsentWords(consent_id=row.id, text=words.text))
    session.flush()


def change_controller(agency: Agency, answers: Mapping[str, Any], *, by: Actor) -> None:
    """Saves what an agency says of itself as the controller of personal data.

    Raises Denied, RuleViolation: "basis" (a ground other than consent needs its document), "lawyer", "confirmed_on"
    (one without the other), "future", "confirm_again" (another ground under the former confirmation).
    """
    require(Permission.ADMINISTER, by)
    row = queries.row_of(agency.id)
    before = {name: getattr(row, name) for name in FIELDS} if row else {}
    _check(answers, before, today(agency.zone))
    if row is None:
        row = DataController(agency_id=agency.id)
        session.add(row)
    for name in FIELDS:
        setattr(row, name, answers[name])
    session.flush()
    changed = administration.changed(before, {name: answers[name] for name in FIELDS})
    if changed:
        personal = {name: both for name, both in changed.items() if name == "lawyer"}
        facts = {name: both for name, both in changed.items() if name not in personal}
        about = ("controller", agency.id)
        administration.record(
            "controller_changed", about=about, by=by, agency_id=agency.id, facts=facts, personal=personal
        )


def _check(answers: Mapping[str, Any], before: Mapping[str, Any], day: date) -> None:
    if answers["ground"] is not Ground.CONSENT and not answers["basis"]:
        raise RuleViolation("basis", field="basis")
    if answers["confirmed_on"] and not answers["lawyer"]:
        raise RuleViolation("lawyer", field="lawyer")
    if answers["lawyer"] and not answers["confirmed_on"]:
        raise RuleViolation("confirmed_on", field="confirmed_on")
    if answers["confirmed_on"] and answers["confirmed_on"] > day:
        raise RuleViolation("future", field="confirmed_on")
    other = any(before.get(name) != answers[name] for name in ("ground", "basis"))
    if before and other and answers["lawyer"] and before["confirmed_on"] == answers["confirmed_on"]:
        raise RuleViolation("confirm_again", field="confirmed_on")
