"""What a report may hold: each limit at it and above it, and what is stored from before there was one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from portal import limits
from portal.accounts.models import Person
from portal.db import session
from portal.limits import Limit
from portal.reports import forms, queries, service
from portal.reports.models import Objective
from portal.reports.sealed_report import html_of
from portal.storage import Storage
from portal.visits import forms as plans
from portal.web.pdf import UNHURRIED, Renderer, page_count
from portal.web.rows import Rows
from tests.factories import World, actor
from tests.narrowing import found
from tests.pages import Browser
from tests.report_documents import largest
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]
MEMORY = 512 * 1024 * 1024
ANSWERS: list[tuple[type, str, Limit]] = [
    (forms.ObjectivesForm, "rows-0-text", limits.OBJECTIVE),
    (forms.ObjectivesForm, "rows-0-note", limits.OBJECTIVE_NOTE),
    (forms.RecommendationsForm, "rows-0-text", limits.RECOMMENDATION),
    (forms.PlanForm, "changes", limits.TEXT),
    (forms.PlanForm, "rows-0-result", limits.RESULT),
    (forms.FindingsForm, "people_met", limits.PEOPLE_MET),
    *((forms.RestForm, name, limits.TEXT) for name in ("lessons", "materials", "risks", "next_steps")),
    (forms.CommentForm, "text", limits.TEXT),
    (forms.ProgressForm, "text", limits.PERIOD),
    (forms.ProgressForm, "difficulties", limits.PERIOD_MORE),
    (forms.ProgressForm, "next", limits.PERIOD_MORE),
    (forms.ProgressForm, "rows-0-note", limits.MILESTONE_NOTE),
]


def refused(app: Flask, kind: type, **answers: str) -> str:
    """The errors of a form that is sent with these answers, as text."""
    with app.test_request_context(method="POST", data=MultiDict(answers)):
        form = kind()
        if "rows" in form:
            for row in form.rows:
                if "owner" in row.form:
                    row.form.owner.choices = [("", "")]
        form.validate()
        return str(form.errors)


@pytest.mark.parametrize(("kind", "name", "limit"), ANSWERS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_an_answer_keeps_within_its_limit(app: Flask, kind: type, name: str, limit: Limit) -> None:
    most, lines = "x" * limit.characters, "\n".join("x" * limit.lines)
    for fits in (most, lines):
        assert "longer" not in refused(app, kind, **{name: fits}) and "lines" not in refused(app, kind, **{name: fits})
    assert f"longer than {limit.characters}" in refused(app, kind, **{name: most + "x"})
    assert f"at most {limit.lines} lines" in refused(app, kind, **{name: lines + "\nx"})


@pytest.mark.parametrize(("kind", "name", "limit"), ANSWERS, ids=lambda value: getattr(value, "__name__", str(value)))
def test_an_answer_that_no_pdf_can_show_is_refused_beside_its_field(
    app: Flask, kind: type, name: str, limit: Limit
) -> None:
    assert "No PDF can show “王✅”" in refused(app, kind, **{name: "Nino ნინო, 王 ✅"})
    assert "PDF" not in refused(app, kind, **{name: "ნინო, Сәлимова, محمد"})


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        (forms.ObjectivesForm, limits.MOST_OBJECTIVES),
        (forms.RecommendationsForm, limits.MOST_RECOMMENDATIONS),
    ],
)
def test_only_so_many_rows_may_be_filled(app: Flask, kind: type, most: int) -> None:
    rows = {f"rows-{n}-text": "x" for n in range(most)}
    assert "There may be" not in refused(app, kind, **rows)
    assert "There may be" not in refused(app, kind, **rows, **{f"rows-{most}-text": ""}), "an empty one is none"
    assert f"There may be {most} rows; these are {most + 1}" in refused(app, kind, **rows, **{f"rows-{most}-text": "x"})


@pytest.mark.parametrize(
    ("cells", "most"),
    [("agenda-{}-title", limits.MOST_AGENDA_ITEMS), ("milestones-{}-title", limits.MOST_MILESTONES)],
)
def test_a_plan_has_only_so_many_rows(app: Flask, cells: str, most: int) -> None:
    rows = {cells.format(n): "x" for n in range(most)}
    assert "There may be" not in refused(app, plans.PlanForm, **rows)
    above = refused(app, plans.PlanForm, **rows, **{cells.format(most): "x"})
    assert f"There may be {most} rows; these are {most + 1}" in above


LINES = [
    ("agenda-0-title", limits.AGENDA_TITLE),
    ("agenda-0-place", limits.AGENDA_PLACE),
    ("agenda-0-who", limits.AGENDA_WHO),
    ("milestones-0-title", limits.MILESTONE_TITLE),
    ("milestones-0-output", limits.MILESTONE_OUTPUT),
    ("milestones-0-indicator", limits.MILESTONE_INDICATOR),
]


@pytest.mark.parametrize(("name", "most"), LINES)
def test_a_line_of_a_plan_keeps_within_its_limit(app: Flask, name: str, most: int) -> None:
    assert "longer" not in refused(app, plans.PlanForm, **{name: "x" * most})
    assert f"longer than {most}" in refused(app, plans.PlanForm, **{name: "x" * (most + 1)})


def test_every_list_of_the_reports_forms_keeps_all_its_rows() -> None:
    assert issubclass(forms.ObjectivesForm.rows.field_class, Rows)
    assert issubclass(forms.RecommendationsForm.rows.field_class, Rows)
    assert issubclass(forms.PlanForm.rows.field_class, Rows)


def test_what_was_stored_before_a_limit_is_read_and_kept(world: World, storage: Storage, as_person: As) -> None:
    exchange = make_exchange(world, storage, "depart")
    report = service.begin(exchange, [], "tr", actor(world.expert))
    most = limits.MOST_OBJECTIVES + 5
    report.objectives = [Objective(number=n + 1, text="x" * 900, met=None) for n in range(most)]
    session.commit()
    expert = as_person(world.expert)
    for rest in ("", "/check", "/write/objectives"):
        expert.open(f"/exchanges/{exchange.reference}/report{rest}")
    assert len(expert.page.select("textarea[name$='-text']")) == most
    expert.send(f"/exchanges/{exchange.reference}/report/write/objectives", having="version")
    assert expert.status == 422 and len(expert.page.select("textarea[name$='-text']")) == most
    session.expire_all()
    assert len(found(queries.report_of(exchange.id)).objectives) == most


@pytest.mark.parametrize("long", [False, True])
def test_the_largest_report_is_printed_in_512_mb(app: Flask, long: bool) -> None:
    """How many seconds it takes is measured by `script/bench pdf`; how many pages that is, is held here."""
    with app.test_request_context("/"):
        html = html_of(largest(long, broken=True))
    renderer = Renderer(memory=MEMORY)
    try:
        assert page_count(renderer.render(html, UNHURRIED)) <= 85
    finally:
        renderer.stop()
