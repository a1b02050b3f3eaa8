"""What is told of a stay: findings with the source of the rule that each comes from. Their words stand in `labels`."""

from __future__ import annotations

from typing import Any, NamedTuple

from portal.findings import Finding, info, warning
from portal.names import in_language
from portal.visits.stay_rules import Rule, Rules, Stay, StayCode


class StayNote(NamedTuple):
    """One thing to know of a stay, and the rule that says so; none is the portal's own advice."""

    finding: Finding
    rule: Rule | None


def notes(stay: Stay, rules: Rules, country: str) -> list[StayNote]:
    """How the days are counted, then each rule that touches the stay. Warnings are what somebody must do."""
    found = [StayNote(info("stay_counted", days=stay.days, stay=(stay.first, stay.last)), None)]
    if stay.visa_free is not None:
        found.append(StayNote(_visa(stay, country), rules[StayCode.VISA_FREE]))
    found += [
        StayNote(info(code.value), rules[code]) for code in (StayCode.WORK, StayCode.IDENTITY_CARD) if code in rules
    ]
    if stay.exceeded and StayCode.PERMIT in rules:
        found.append(StayNote(_permit(stay), rules[StayCode.PERMIT]))
    if stay.registration_over is not None:
        found += _registration(stay, rules)
    return [*found, StayNote(warning("consulate") if stay.exceeded else info("consulate"), None)]


def _visa(stay: Stay, country: str) -> Finding:
    facts: dict[str, Any] = {"days": stay.used, "all": stay.visa_free, "country": country}
    if stay.window is not None:
        level, code = (warning, "visa_exceeded_in_window") if stay.exceeded else (info, "visa_days_in_window")
        return level(code, window=stay.window, **facts)
    return warning("visa_exceeded", **facts) if stay.exceeded else info("visa_days", **facts)


def _permit(stay: Stay) -> Finding:
    if stay.permit_by is None:
        return warning("permit")
    return warning("permit_by", day=stay.permit_by) if stay.permit_by >= stay.first else warning("permit_too_late")


def _registration(stay: Stay, rules: Rules) -> list[StayNote]:
    """Where the stay must be registered, also what follows when the place changes."""
    rule = rules[StayCode.REGISTRATION]
    if stay.register_by is None:
        return [StayNote(info("no_registration", days=stay.registration_over), rule)]
    found = [StayNote(warning("registration", limit=stay.registration_over, day=stay.register_by), rule)]
    if StayCode.MOVING in rules:
        found.append(StayNote(info("moving", limit=rules[StayCode.MOVING].days), rules[StayCode.MOVING]))
    if StayCode.LEAVING in rules:
        found.append(StayNote(info("leaving"), rules[StayCode.LEAVING]))
    return found


def source(note: StayNote, language: str) -> str:
    """Where the rule is from: its source for a reader of a language, and its address."""
    if note.rule is None:
        return ""
    named, _language = in_language(note.rule.sources, language)
    return "; ".join(filter(None, (named, note.rule.address.removeprefix("https://"))))
