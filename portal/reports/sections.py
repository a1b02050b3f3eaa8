"""The sections in which a report is written: one subject a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from portal.exchanges.models import Exchange
from portal.findings import unfinished
from portal.policy import Actor
from portal.reports import forms, queries, service
from portal.reports.completeness import progress
from portal.reports.labels import SECTION
from portal.reports.models import Met, Priority, Report
from portal.web import drafts
from portal.web.forms import choices
from portal.workflows.exchange_terms import Status


@dataclass(frozen=True)
class Section:
    """`form` fills a form from the report, `posted` reads what was sent, `save` hands it to the service."""

    key: str
    title: Any
    form: Callable[[Exchange, Report], Any]
    posted: Callable[[Exchange], Any]
    save: Callable[[Exchange, Any, Actor], Report]


def _objectives(_exchange: Exchange, report: Report) -> Any:
    rows = [{"text": o.text, "met": o.met.value if o.met else "", "note": o.note} for o in report.objectives]
    return forms.ObjectivesForm(formdata=None, version=report.version, rows=rows or None)


def _objective(row: Mapping[str, Any]) -> service.ObjectiveAnswer:
    return service.ObjectiveAnswer(row["text"] or "", Met(row["met"]) if row["met"] else None, row["note"] or "")


def _save_objectives(exchange: Exchange, form: Any, by: Actor) -> Report:
    rows = [_objective(row.data) for row in form.rows.begun()]
    return service.save_objectives(exchange, form.read, rows, by=by)


def _recommendations(exchange: Exchange, report: Report) -> Any:
    rows = [
        {"text": r.text, "owner": r.owner_id, "horizon": r.horizon, "priority": r.priority.value}
        for r in report.recommendations
    ]
    return _with_owners(exchange, forms.RecommendationsForm(formdata=None, version=report.version, rows=rows or None))


def _with_owners(exchange: Exchange, form: Any) -> Any:
    for row in form.rows:
        row.form.owner.choices = choices(
            [forms.CHOOSE, *((a.id, a.short_name) for a in (exchange.home, exchange.host))]
        )
    return form


def _save_recommendations(exchange: Exchange, form: Any, by: Actor) -> Report:
    rows = [
        service.RecommendationAnswer(r["text"] or "", r["owner"], r["horizon"], Priority(r["priority"]))
        for r in (row.data for row in form.rows.begun())
    ]
    return service.save_recommendations(exchange, form.read, rows, by=by)


def plan_rows(exchange: Exchange) -> dict[int, Any]:
    """The agenda's items or the milestones by their ids."""
    visit = queries.visit_with_plan(exchange.id)
    return {item.id: item for item in [*visit.agenda, *visit.milestones]} if visit else {}


def _plan(exchange: Exchange, report: Report) -> Any:
    rows = [
        {"number": number, "result": getattr(item, "changed", None) or getattr(item, "result", "")}
        for number, item in plan_rows(exchange).items()
    ]
    return forms.PlanForm(formdata=None, version=report.version, changes=report.agenda_changes, rows=rows)


def _save_plan(exchange: Exchange, form: Any, by: Actor) -> Report:
    results = {row["number"]: row["result"] or "" for row in form.rows.data}
    return service.save_plan_results(exchange, form.read, form.changes.data or "", results, by=by)


def _findings(exchange: Exchange, report: Report) -> Any:
    """The days that the host recorded stand there already; the expert may correct them."""
    form = forms.FindingsForm(formdata=None, obj=report)
    if report.days_worked is None and exchange.status is Status.COMPLETED:
        form.days_worked.data = queries.days_present(exchange.id)
    return form


def _save_findings(exchange: Exchange, form: Any, by: Actor) -> Report:
    answers = form.values("people_met", "findings", "days_worked", "language")
    answers = {name: value if name == "days_worked" else value or "" for name, value in answers.items()}
    return service.save_text(exchange, form.read, answers, by=by)


def _rest(_exchange: Exchange, report: Report) -> Any:
    publish = {True: "yes", False: "no"}.get(report.publish) if report.publish is not None else None
    values = {name: getattr(report, name) for name in ("lessons", "materials", "risks", "next_steps")}
    return forms.RestForm(formdata=None, version=report.version, publish=publish, **values)


def _save_rest(exchange: Exchange, form: Any, by: Actor) -> Report:
    answers = {name: value or "" for name, value in form.values("lessons", "materials", "risks", "next_steps").items()}
    answers["publish"] = {"yes": True, "no": False}.get(form.publish.data)
    return service.save_text(exchange, form.read, answers, by=by)


SECTIONS: tuple[Section, ...] = (
    Section("objectives", SECTION["objectives"], _objectives, lambda e: forms.ObjectivesForm(), _save_objectives),
    Section("plan", SECTION["plan"], _plan, lambda e: forms.PlanForm(), _save_plan),
    Section("findings", SECTION["findings"], _findings, lambda e: forms.FindingsForm(), _save_findings),
    Section(
        "recommendations",
        SECTION["recommendations"],
        _recommendations,
        lambda e: _with_owners(e, forms.RecommendationsForm()),
        _save_recommendations,
    ),
    Section("rest", SECTION["rest"], _rest, lambda e: forms.RestForm(), _save_rest),
)


def add_row(form: Any) -> None:
    """One more empty row, as long as there may be one; owners to choose from come with it."""
    rows = form["rows"]
    if len(rows) < rows.max_entries:
        entry = rows.append_entry()
        if "owner" in entry.form:
            entry.form.owner.choices = rows[0].form.owner.choices


def find(key: str) -> Section | None:
    return next((section for section in SECTIONS if section.key == key), None)


def address(exchange: Exchange, key: str, field: str = "") -> str:
    """The address on which a section, or one answer in it, is written."""
    return url_for("reports.section", reference=exchange.reference, key=key, _anchor=field or None)


def to_write(exchange: Exchange, report: Report) -> str:
    """The address of the first section in which something is missing; of the check page where nothing is."""
    row = unfinished(progress(report))
    return address(exchange, row.section) if row else url_for("reports.check", reference=exchange.reference)


def after(exchange: Exchange, section: Section) -> str:
    """The address of the next section, after the last one of the check page."""
    following = drafts.after(SECTIONS, section)
    if following is None:
        return url_for("reports.check", reference=exchange.reference)
    return address(exchange, following.key)
