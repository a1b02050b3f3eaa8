"""What is told of a stay: findings with the source of the rule that each comes from. Their words stand in `labels`."""

from __future__ import annotations

from typing import NamedTuple

from portal.findings import Finding, info, warning
from portal.names import in_language
from portal.visits.stay_rules import Rule, Rules, Stay, StayCode


class StayNote(NamedTuple):
    """One thing to know of a stay, and the rule that says so; none is the portal's own advice."""

    finding: Finding
    rule: Rule | None


def notes(stay: Stay, rules: Rules, country: str) -> list[StayNote]:
    """Warnings are what somebody must do."""
    found = []
    if stay.visa_free is not None:
        found.append(StayNote(_visa(stay, country), rules[StayCode.VISA_FREE]))
    if stay.exceeded and StayCode.PERMIT in rules:
        permit = warning("permit_by", day=stay.permit_by) if stay.permit_by else warning("permit")
        found.append(StayNote(permit, rules[StayCode.PERMIT]))
    if stay.registration_over is not None:
        found.append(StayNote(_registration(stay), rules[StayCode.REGISTRATION]))
    return [*found, StayNote(warning("consulate") if stay.exceeded else info("consulate"), None)]


def _visa(stay: Stay, country: str) -> Finding:
    if stay.exceeded:
        return warning("visa_exceeded", days=stay.used, all=stay.visa_free, country=country)
    if stay.window is not None:
        return info("visa_days_in_window", days=stay.used, all=stay.visa_free, window=stay.window, country=country)
    return info("visa_days", days=stay.used, all=stay.visa_free, country=country)


def _registration(stay: Stay) -> Finding:
    if stay.register_by is None:
        return info("no_registration", days=stay.registration_over)
    return warning("registration", limit=stay.registration_over, day=stay.register_by)


def source(note: StayNote, language: str) -> str:
    """Where the rule is from: its source for a reader of a language, and its address."""
    if note.rule is None:
        return ""
    named, _language = in_language(note.rule.sources, language)
    return "; ".join(filter(None, (named, note.rule.address.removeprefix("https://"))))
