"""Every message that a step can cause, for every party in every language: the words that were written down by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy import select

from config import Config
from portal.db import session
from portal.exchanges.models import Exchange
from portal.messages.delivery import compose
from portal.messages.labels import OTHER
from portal.messages.models import Message
from portal.messages.wording import words
from portal.policy import Role
from portal.storage import Storage
from portal.workflow import State
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action, Party, Status, Turn
from tests.factories import World, person
from tests.scenarios import both_directions, make_exchange

IN_TURN: dict[Turn, set[Party]] = {
    Turn.EXPERT: {Party.EXPERT},
    Turn.HOME: {Party.HOME},
    Turn.HOST: {Party.HOST},
    Turn.UNIT: {Party.UNIT},
    Turn.EXPERT_AND_HOME: {Party.EXPERT, Party.HOME},
    Turn.NOBODY: set(),
}
EXPERT, HOME, HOST, UNIT = Party.EXPERT, Party.HOME, Party.HOST, Party.UNIT
REPORT_CLOSED = "Both agencies accepted the report of %(name)s; the exchange is closed"
AGREED = {
    EXPERT: "Book your journey: all have agreed to the dates",
    HOME: "All have agreed to the dates of %(name)s",
    HOST: "All have agreed to the dates of %(name)s",
    UNIT: "Prepare the visit of %(name)s: all have agreed",
}
# (step, whose turn it is then) → the subject of the mail to each party; the parties left out are told nothing by it
EXPECTED: dict[tuple[Action, Turn], dict[Party, str]] = {
    (Action.EXPERT_SUBMIT, Turn.HOME): {
        EXPERT: "You handed in your application",
        HOME: "Endorse or return %(name)s",
    },
    (Action.HOME_ENDORSE, Turn.HOST): {
        EXPERT: "%(home)s endorsed your application",
        HOST: "Accept or return %(name)s",
    },
    (Action.HOME_RETURN, Turn.EXPERT): {EXPERT: "Change your application and hand it in again"},
    (Action.HOME_REJECT, Turn.NOBODY): {EXPERT: "%(home)s rejected your application"},
    (Action.HOST_ACCEPT, Turn.HOST): {
        EXPERT: "%(host)s accepted your application",
        HOST: "Find a host unit for %(name)s",
    },
    (Action.HOST_WAITLIST, Turn.HOST): {
        EXPERT: "%(host)s put your application on the waiting list",
        HOST: "Accept %(name)s when a place is free",
    },
    (Action.HOST_RETURN, Turn.EXPERT): {EXPERT: "Change your application and hand it in again"},
    (Action.HOST_REJECT, Turn.NOBODY): {
        EXPERT: "%(host)s rejected your application",
        HOME: "%(host)s rejected the application of %(name)s",
    },
    (Action.HOST_PLACE, Turn.UNIT): {
        EXPERT: "%(host)s has asked %(unit)s to receive you",
        UNIT: "Say whether you can host %(name)s",
    },
    (Action.UNIT_CONFIRM, Turn.HOST): {
        EXPERT: "%(unit)s will receive you",
        HOST: "Propose dates and a plan for %(name)s",
    },
    (Action.UNIT_DECLINE, Turn.HOST): {
        EXPERT: "The unit asked cannot receive you; %(host)s looks for another",
        HOME: "The unit asked cannot receive %(name)s; %(host)s looks for another",
        HOST: "Find another host unit for %(name)s",
    },
    (Action.HOST_REPLACE, Turn.HOST): {
        EXPERT: "%(host)s looks for another host unit for you",
        HOME: "%(host)s looks for another host unit for %(name)s",
        HOST: "Find another host unit for %(name)s",
        UNIT: "%(host)s looks for another host unit for %(name)s",
    },
    (Action.HOST_REQUEST_CHANGES, Turn.HOST): {
        EXPERT: "Your host unit needs other dates for your visit",
        HOME: "The host unit of %(name)s needs other dates",
        HOST: "Propose other dates or another plan for %(name)s",
        UNIT: "The host unit of %(name)s needs other dates",
    },
    (Action.HOST_SCHEDULE, Turn.EXPERT_AND_HOME): {
        EXPERT: "Agree to the dates of your visit",
        HOME: "Agree to the dates of %(name)s",
        UNIT: "%(host)s proposed dates and a plan for %(name)s",
    },
    (Action.EXPERT_APPROVE_PLAN, Turn.HOME): {
        HOME: "Agree to the dates of %(name)s",
        HOST: "%(name)s agreed to dates and plan",
        UNIT: "%(name)s agreed to dates and plan",
    },
    (Action.EXPERT_APPROVE_PLAN, Turn.UNIT): AGREED,
    (Action.HOME_APPROVE_PLAN, Turn.EXPERT): {
        EXPERT: "Agree to the dates of your visit",
        HOST: "%(home)s agreed to dates and plan of %(name)s",
        UNIT: "%(home)s agreed to dates and plan of %(name)s",
    },
    (Action.HOME_APPROVE_PLAN, Turn.UNIT): AGREED,
    (Action.EXPERT_REQUEST_CHANGES, Turn.HOST): {HOST: "Propose other dates or another plan for %(name)s"},
    (Action.HOME_REQUEST_CHANGES, Turn.HOST): {
        EXPERT: "%(home)s asked for other dates or another plan for you",
        HOST: "Propose other dates or another plan for %(name)s",
    },
    (Action.UNIT_RECORD_ARRIVAL, Turn.UNIT): {
        EXPERT: "%(unit)s recorded your arrival",
        HOME: "%(name)s has arrived",
        HOST: "%(name)s has arrived",
        UNIT: "Record attendance and departure of %(name)s",
    },
    (Action.UNIT_RECORD_DEPARTURE, Turn.EXPERT): {EXPERT: "Write the final report"},
    (Action.EXPERT_SUBMIT_REPORT, Turn.HOST): {
        EXPERT: "You handed in your report",
        HOST: "Read and accept the report of %(name)s",
    },
    (Action.HOST_ACCEPT_REPORT, Turn.HOME): {
        EXPERT: "%(host)s accepted your report",
        HOME: "Read and accept the report of %(name)s",
    },
    (Action.HOME_ACCEPT_REPORT, Turn.NOBODY): {
        EXPERT: "Both agencies accepted your report; the exchange is closed",
        HOST: REPORT_CLOSED,
        UNIT: REPORT_CLOSED,
    },
    (Action.HOST_RETURN_REPORT, Turn.EXPERT): {EXPERT: "Change your report and hand it in again"},
    (Action.HOME_RETURN_REPORT, Turn.EXPERT): {EXPERT: "Change your report and hand it in again"},
    (Action.HOST_UNDO_ACCEPT, Turn.HOST): {
        EXPERT: "%(host)s took the acceptance of your application back",
        HOST: "Accept or return %(name)s",
    },
    (Action.UNIT_UNDO_ARRIVAL, Turn.UNIT): {
        EXPERT: "Your recorded arrival was taken back",
        HOME: "The recorded arrival of %(name)s was taken back",
        HOST: "The recorded arrival of %(name)s was taken back",
        UNIT: "Record the arrival of %(name)s",
    },
    (Action.UNIT_UNDO_DEPARTURE, Turn.UNIT): {
        EXPERT: "Your recorded departure was taken back",
        HOME: "The recorded departure of %(name)s was taken back",
        HOST: "The recorded departure of %(name)s was taken back",
        UNIT: "Record attendance and departure of %(name)s",
    },
    (Action.HOST_UNDO_ACCEPT_REPORT, Turn.HOST): {
        EXPERT: "%(host)s took the acceptance of your report back",
        HOME: "%(host)s took the acceptance of the report of %(name)s back",
        HOST: "Read and accept the report of %(name)s",
        UNIT: "%(host)s took the acceptance of the report of %(name)s back",
    },
    (Action.EXPERT_WITHDRAW, Turn.NOBODY): {
        EXPERT: "You withdrew your application",
        HOME: "%(name)s withdrew",  # the host side is told without a name: tests/personal_data/test_withdrawal.py
    },
    (Action.HOME_CANCEL, Turn.NOBODY): {
        EXPERT: "%(home)s cancelled your exchange",
        HOST: "%(home)s cancelled the exchange of %(name)s",
        UNIT: "%(home)s cancelled the exchange of %(name)s",
    },
    (Action.HOST_CANCEL, Turn.NOBODY): {
        EXPERT: "%(host)s cancelled your exchange",
        HOME: "%(host)s cancelled the exchange of %(name)s",
        UNIT: "%(host)s cancelled the exchange of %(name)s",
    },
}
NAMES = {"name": "Günel Əliyeva", "home": "KOSGEB", "host": "KOBİA", "unit": "Yevlax KOB evi"}
FACTS = NAMES | {
    "reference": "KX-2027-0001", "due": "2027-03-01", "visit_from": "2027-03-08", "visit_to": "2027-03-12",
    "kind": "short", "call": {"en": "One counter", "tr": "Tek gişe", "az": "Bir pəncərə"},
}  # fmt: skip


def message(kind: str, language: str = "en", /, **facts: Any) -> Message:
    made = Message(kind=kind, facts=facts, language=language, address="a@kosgeb.example", path="/exchanges/1/now")
    made.mail_id, made.created_at = "<1@korpu>", datetime.now(UTC)
    return made


def kind_of(action: Action, target: State, party: Party) -> str:
    step = EXCHANGE.by_action[action]
    if party in IN_TURN[Turn(target.turn)]:
        return f"turn.{target.status}"
    return f"done.{action}" if step.done and step.by == party else f"news.{action}"


def test_the_table_has_every_step() -> None:
    assert set(EXPECTED) == {(action, target.turn) for action, _source, target in EXCHANGE.arrows()}


@pytest.mark.parametrize("language", ["en", "tr", "az"])
def test_every_step_is_put_for_every_receiver_as_written_down(app: Flask, config: Config, language: str) -> None:
    """Subject and body, in the inbox and in the mail."""
    for action, _source, target in EXCHANGE.arrows():
        stood = FACTS | {"status": target.status.value, "turn": target.turn.value, "action": action.value}
        for party, text in EXPECTED[Action(action), Turn(target.turn)].items():
            one = message(kind_of(Action(action), target, party), language, **stood, to=party.value)
            if target.status is Status.WAITLISTED and party is HOST:
                text = "Accept %(name)s when a place is free"
            with force_locale(language):
                expected = gettext(text) % NAMES
            said, mail = words(one), compose(one, config)
            assert said.what == expected, (action, party)
            assert str(mail["Subject"]).startswith(f"{expected} – KX-2027-0001")
            check_body(said, mail.get_body(("plain",)), one, party)


def check_body(said: Any, body: Any, one: Message, party: Party) -> None:
    """With what, dates, unit, the step asked for and by when; nothing of it to a stranger's name."""
    text, details = body.get_content(), dict(said.details)
    assert {f"{label}: {value}" for label, value in said.details} <= set(text.splitlines()), "each on its line"
    assert FACTS["call"][one.language] in details.values() and NAMES["unit"] in details.values()  # type: ignore[index]
    assert any("2027" in value and "8" in value and "12" in value for value in details.values()), "the visit"
    due = one.kind.startswith("turn.")
    assert bool(said.by_when) is due and (not due or said.by_when in details.values())
    assert "%(" not in text and "  " not in said.lead
    if party is Party.EXPERT:
        assert NAMES["name"] not in said.what + said.lead, "nobody is told of themselves by name"


def test_the_next_step_is_told_with_whose_it_is_and_by_when(app: Flask) -> None:
    stood = FACTS | {"status": "endorsed", "turn": "host", "action": "home_endorse"}
    assert ("Next step", "KOBİA: Accept or return, by 1 March 2027") in words(
        message("news.home_endorse", **stood, to="expert")
    ).details
    asked = words(message("turn.endorsed", **stood, to="host"))
    assert asked.details[-2:] == (("When", "by 1 March 2027"), ("After that", "KOBİA: Find a host unit"))
    assert asked.lead == "KOSGEB endorsed the application. Now KOBİA decides.", "not told twice"
    agreed = FACTS | {"status": "scheduled", "turn": "unit", "action": "expert_approve_plan"}
    booked = words(message("news.expert_approve_plan", **agreed, to="expert"))
    assert booked.lead == "All have agreed to dates and plan. Yevlax KOB evi expects you."


def test_a_deputy_is_told_why_the_mail_comes(app: Flask) -> None:
    stood = FACTS | {"status": "submitted", "turn": "home", "action": "expert_submit", "to": "home"}
    assert words(message("turn.submitted", **stood, deputy=True)).lead.endswith(
        "You get this because you stand in at KOSGEB."
    )
    assert "stand in" not in words(message("turn.submitted", **stood, deputy=False)).lead


@pytest.mark.parametrize("language", ["en", "tr", "az"])
@pytest.mark.parametrize("kind", OTHER)
def test_every_other_message_is_put_for_every_party_in_every_state(app: Flask, kind: str, language: str) -> None:
    """Reminders and the like, whatever is stored; also as former releases stored them."""
    more = {"first": "2027-03-01", "last": "2027-03-05", "end": "2027-03-12", "address": "new@kosgeb.example"}
    for state in EXCHANGE.states:
        for party in (*Party, None):
            stood = FACTS | more | {"status": state.status.value, "turn": state.turn.value}
            told = {"to": party.value} if party else {}
            said = words(message(kind, language, **stood, **told))
            nothing = state.turn is Turn.NOBODY and kind in ("reminder", "overdue")
            assert (said.what == words(message("no.such", language)).what) is nothing, (state, party)
            assert "%(" not in said.what + said.lead and said.about == "KX-2027-0001"


@pytest.mark.parametrize(
    "odd",
    [{}, {"status": "of_a_later_release"}, {"status": "submitted", "turn": "nobody"}, {"due": "soon"}, {"to": 7}],
)
@pytest.mark.parametrize("kind", ["turn.submitted", "turn.gone", "news.gone", "overdue", "stay_ends", "x", ""])
def test_what_cannot_be_worded_is_put_in_general_terms(
    app: Flask, config: Config, kind: str, odd: dict[str, Any]
) -> None:
    said = words(message(kind, **odd))
    assert said.what and said.lead and "%(" not in said.what + said.lead
    assert compose(message(kind, **odd), config)["Subject"]


# what is stored when the steps are really taken


STANDS = (
    ("accept_home", None), ("submit", "home_return"), ("submit", "home_reject"), ("endorse", "host_waitlist"),
    ("endorse", "host_return"), ("endorse", "host_reject"), ("place", "unit_decline"), ("confirm", "expert_withdraw"),
    ("home_approve_plan", "home_cancel"), ("confirm", "host_cancel"),
)  # fmt: skip


def test_what_is_stored_is_what_the_table_says(world: World, storage: Storage) -> None:
    """Each message to the right party, and none that is not in the table."""
    calls, told = both_directions(world), set()
    for number, (last, ending) in enumerate(STANDS):
        expert = person(f"told{number}@kosgeb.example", f"Işıl {number}", world.kosgeb, Role.EXPERT)
        make_exchange(world, storage, last, ending, call=calls[0], expert=expert, number=number)
    rows = session.execute(select(Message, Exchange).join(Exchange, Exchange.id == Message.subject_id)).all()
    parties = {
        world.manager.id: Party.HOME, world.host_manager.id: Party.HOST, world.coordinator.id: Party.UNIT,
    }  # fmt: skip
    for one, exchange in rows:
        if "action" not in one.facts:
            continue
        action, turn = Action(one.facts["action"]), Turn(one.facts["turn"])
        party = Party.EXPERT if one.person_id == exchange.expert_id else parties[one.person_id or 0]
        assert one.facts["to"] == party, one.kind
        said = words(one, "en").what
        expected = EXPECTED[action, turn][party]
        assert re.fullmatch(re.sub(r"%\\\((\w+)\\\)s", ".+", re.escape(expected)), said), (action, party, said)
        told.add((action, turn, party))
    taken = {(action, turn) for action, turn, _party in told}
    missing = {(a, t, p) for a, t in taken for p in EXPECTED[a, t]} - told
    alone = {(a, t, p) for a, t, p in missing if EXCHANGE.by_action[a].by == p}  # nobody else acts for this party
    assert missing - alone == set()
