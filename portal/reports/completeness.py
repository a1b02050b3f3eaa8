"""What a report still lacks, by the sections in which it is written. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from portal.findings import Finding, Progress, error, warning
from portal.reports.models import Report


def progress(report: Report) -> list[Progress]:
    """The state of each section that must be written, in the order of filling in; the field of each finding is the one
    in which it is answered."""
    return [
        Progress("objectives", *_counted(_objectives(report), bool(report.objectives))),
        Progress("plan", 0, 0, (), begun=bool(report.agenda_changes)),
        Progress("findings", *_answered(report, "days_worked", "people_met", "findings")),
        Progress("recommendations", *_counted(_recommendations(report), bool(report.recommendations))),
        Progress("rest", *_answered(report, "lessons", "publish")),
    ]


def missing(report: Report) -> list[Finding]:
    """All that is missing for handing in."""
    return [finding for row in progress(report) for finding in row.findings]


def doubts(report: Report, recorded: int | None, periods: int, today: date) -> list[Finding]:
    """What to look at before a complete report is handed in: another number of days than the host `recorded`, days by
    which recommendations are to be carried out that are over, and `periods` of a long stay without a progress report.
    """
    found = []
    if recorded is not None and report.days_worked not in (None, recorded):
        found.append(warning("days_differ", "days_worked", said=report.days_worked, recorded=recorded))
    for row, given in enumerate(report.recommendations):
        if given.horizon is not None and given.horizon < today:
            found.append(warning("horizon_over", f"rows-{row}-horizon", number=row + 1, day=given.horizon))
    if periods:
        found.append(warning("periods_open", count=periods))
    return found


# the answers that a report needs: what their lack is called, and the field's id (of a choice that of its first answer)
ANSWERS: Mapping[str, tuple[str, str]] = {
    "days_worked": ("missing_days_worked", "days_worked"),
    "people_met": ("missing_people_met", "people_met"),
    "findings": ("missing_findings", "findings"),
    "lessons": ("missing_lessons", "lessons"),
    "publish": ("missing_publish", "publish-0"),
}


def _answered(report: Report, *names: str) -> tuple[int, int, Sequence[Finding]]:
    lacking = [name for name in names if not getattr(report, name) and getattr(report, name) is not False]
    return len(names) - len(lacking), len(names), [error(*ANSWERS[name]) for name in lacking]


def _counted(found: Sequence[Finding], begun: bool) -> tuple[int, int, Sequence[Finding]]:
    """Rows count as one answer, given once they are complete."""
    return int(begun and not found), 1, found


def _objectives(report: Report) -> list[Finding]:
    if not report.objectives:
        return [error("missing_objectives", "rows-0-text")]
    found = []
    for row, objective in enumerate(report.objectives):
        if not objective.text:
            found.append(error("missing_text", f"rows-{row}-text", number=row + 1))
        if objective.met is None:
            found.append(error("missing_met", f"rows-{row}-met", number=row + 1))
    return found


def _recommendations(report: Report) -> list[Finding]:
    if not report.recommendations:
        return [error("missing_recommendations", "rows-0-text")]
    found = []
    for row, given in enumerate(report.recommendations):
        cells = (
            ("missing_text", "text", given.text or None),
            ("missing_owner", "owner", given.owner_id),
            ("missing_horizon", "horizon", given.horizon),
        )
        found += [error(code, f"rows-{row}-{cell}", number=row + 1) for code, cell, value in cells if value is None]
    return found
