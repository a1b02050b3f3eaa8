"""Warnings that are confirmed with the press: exactly those shown, and nothing else, let a second press through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from portal.findings import Finding, RuleViolation, digest, error, info, settle, warning
from portal.web.forms import ConfirmingForm

GAP = warning("gap", "agenda", days=3, first=date(2027, 4, 5))
PAST = warning("past", first=date(2027, 4, 5))
FULL, CLOSED = error("full", "start", days=2), info("closed", country="TR")
WORDS = {"gap": "%(days)s days", "past": "over", "full": "full on %(days)s days", "closed": "closed"}
Press = Callable[..., tuple[ConfirmingForm, bool]]


def test_a_digest_names_findings_with_their_facts_in_any_order() -> None:
    assert digest([GAP, PAST]) == digest([PAST, GAP])
    others = [[], [GAP], [PAST], [GAP, GAP], [GAP, warning("past", first=date(2027, 4, 6))], [warning("gap"), PAST]]
    assert len({digest(found) for found in [[GAP, PAST], *others]}) == len(others) + 1
    assert digest([]) == "" and len(digest([GAP])) == 64


@pytest.mark.parametrize(
    ("found", "confirmed", "refused"),
    [
        ([], "", []),
        ([CLOSED], "", []),
        ([GAP], None, []),
        ([GAP, CLOSED], "", [GAP]),
        ([GAP, CLOSED], digest([GAP]), []),
        ([GAP, PAST], digest([GAP]), [GAP, PAST]),
        ([GAP], digest([GAP, PAST]), [GAP]),
        ([PAST, FULL], None, [FULL, PAST]),
        ([PAST, FULL], digest([PAST]), [FULL, PAST]),
        ([FULL], digest([FULL]), [FULL]),
    ],
)
def test_errors_refuse_warnings_ask_and_infos_never_block(
    found: list[Finding], confirmed: str | None, refused: list[Finding]
) -> None:
    if not refused:
        settle(found, confirmed)
        return
    with pytest.raises(RuleViolation) as violation:
        settle(found, confirmed)
    assert list(violation.value.findings) == refused


@pytest.fixture
def press(app: Flask) -> Iterator[Press]:
    """Sends the form's answers to a service that finds something."""
    app.config["WTF_CSRF_ENABLED"] = False

    def pressed(found: list[Finding], **answers: str) -> tuple[ConfirmingForm, bool]:
        data = {"version": "1"} | answers
        with app.request_context(EnvironBuilder(method="POST", data=data).get_environ()):
            form = ConfirmingForm()
            if form.validate():
                with form.refusals(WORDS):
                    settle(found, form.confirmed)
                    return form, True
            return form, False

    yield pressed
    app.config["WTF_CSRF_ENABLED"] = True


def test_the_second_press_confirms_what_the_first_has_shown(press: Press) -> None:
    form, done = press([GAP])
    assert not done and [shown.words for shown in form.warnings] == ["3 days"] and not form.form_errors
    assert press([GAP], warned=str(form.warned.data))[1]


def test_another_warning_that_arose_meanwhile_is_shown(press: Press) -> None:
    form, _done = press([GAP])
    form, done = press([GAP, PAST], warned=str(form.warned.data))
    assert not done and [shown.words for shown in form.warnings] == ["3 days", "over"]
    assert press([GAP, PAST], warned=str(form.warned.data))[1]


def test_a_warning_beside_an_error_is_shown_but_not_confirmed_by_the_next_press(press: Press) -> None:
    form, done = press([FULL, GAP])
    assert not done and form.form_errors == ["full on 2 days"] and form.warnings and form.warned.data == ""
    assert not press([GAP], warned=str(form.warned.data))[1]


@pytest.mark.parametrize("answers", [{"version": "?"}, {"to_language": "tr"}])
def test_a_page_that_no_longer_shows_its_warnings_asks_anew(press: Press, answers: dict[str, str]) -> None:
    form, done = press([GAP], **({"warned": digest([GAP])} | answers))
    assert not done and form.warned.data == ""
