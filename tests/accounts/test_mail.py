"""Mail that did not arrive is seen by the administrator, with the reason in words, and sent again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal import calendars
from portal.accounts import registration
from portal.accounts.models import Person, TokenKind
from portal.db import session
from portal.messages.labels import PROBLEMS, UNREACHED, problem_words
from portal.messages.models import Message
from portal.messages.service import Notification, Receiver, notify
from portal.policy import Role
from tests.factories import World, actor
from tests.pages import Browser
from tests.query_counter import counting

As = Callable[[Person], Browser]
REFUSED = "SMTPRecipientsRefused: {'x': (550, b'no such person')}"


def unsent(world: World, **values: Any) -> Message:
    receiver = Receiver(world.expert.id, world.expert.email, "en")
    notify(
        [receiver],
        Notification("account.known", {}, "/sign-in", in_inbox=False),
        f"test:{len(values)}{calendars.now()}",
    )
    message = session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
    for name, value in ({"problem": REFUSED, "next_try_at": None, "tries": 1} | values).items():
        setattr(message, name, value)
    session.commit()
    return message


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (REFUSED, PROBLEMS["SMTPRecipientsRefused"]),
        ("SMTPDataError: (554, b'spam')", PROBLEMS["SMTPDataError"]),
        ("", PROBLEMS[""]),
        ("ConnectionRefusedError: [Errno 111]", UNREACHED),
        ("gaierror: [Errno -2]", UNREACHED),
    ],
)
def test_every_problem_has_words(app: object, problem: str, words: object) -> None:
    assert problem_words(problem) == str(words)


def test_refused_mail_is_listed_with_its_reason_and_sent_again(world: World, as_person: As) -> None:
    message, admin = unsent(world), as_person(world.admin)
    page = admin.open("/admin/mail")
    assert "refused this address" in page.get_text() and world.expert.name in page.get_text()
    world.expert.email = world.expert.email_key = "new@kosgeb.example"
    session.commit()
    admin.send(f"/admin/mail/{message.id}/again", action="again")
    assert admin.status == 302
    session.expire_all()
    assert message.next_try_at is not None and message.tries == 0
    assert message.address == "new@kosgeb.example", "to where the person gets mail now"


@pytest.mark.parametrize(
    ("values", "listed"),
    [
        ({}, True),
        ({"next_try_at": calendars.now()}, True),  # refused for now, and tried again
        ({"problem": "", "next_try_at": calendars.now()}, False),  # waits for its first try
        ({"problem": ""}, True),  # a link that was too old before it was sent
        ({"problem": "", "sent_at": calendars.now()}, False),
    ],
)
def test_what_was_not_sent_is_listed(world: World, as_person: As, values: dict[str, Any], listed: bool) -> None:
    unsent(world, **values)
    assert bool(as_person(world.admin).open("/admin/mail").select("tbody tr")) is listed


def test_an_invitation_goes_out_again_with_a_new_link(world: World, as_person: As) -> None:
    registration.invite("elcin@kobia.example", "Elçin", world.kobia, [Role.EXPERT], by=actor(world.admin))
    message = session.scalars(select(Message)).one()
    message.problem, message.path, message.next_try_at = REFUSED, "", None
    session.commit()
    admin, number = as_person(world.admin), message.id
    admin.open("/admin/mail")
    admin.send(f"/admin/mail/{number}/again", action="again")
    session.expire_all()
    again = session.scalars(select(Message)).one()
    assert again.id != number and again.path.startswith("/invitation/") and again.next_try_at


@pytest.mark.parametrize("kind", [TokenKind.CONFIRM, TokenKind.RESET])
def test_a_link_that_only_its_receiver_can_ask_for_is_not_sent_again(
    world: World, as_person: As, kind: TokenKind
) -> None:
    message, admin = unsent(world, kind=f"account.{kind.value}"), as_person(world.admin)
    admin.open("/admin/mail")
    admin.send(f"/admin/mail/{message.id}/again", action="again")
    assert "Only its receiver" in admin.open("/admin/mail").get_text()
    message.sent_at = calendars.now()
    session.commit()
    token = admin.one("[name=csrf_token]")["value"]
    admin.post(f"/admin/mail/{message.id}/again", {"csrf_token": token})
    assert "sent meanwhile" in admin.open("/admin/mail").get_text()


def test_a_message_without_words_takes_no_page_down_and_statements_stay(world: World, as_person: As) -> None:
    admin, costs = as_person(world.admin), []
    unsent(world, kind="unheard.of")
    for more in (0, 20):
        for _time in range(more):
            unsent(world)
        with counting() as statements:
            assert len(admin.open("/admin/mail").select("tbody tr")) == 1 + more
        costs.append(len(statements))
    assert costs[0] == costs[1]
