"""A form that is sent twice, as by a double press: the second is answered like the first, and changes nothing more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Person
from portal.administration.models import AdministrationEvent
from portal.calls.models import CallState
from portal.db import session
from portal.storage import Storage
from tests.factories import World
from tests.pages import Browser
from tests.scenarios import make_exchange

As = Callable[[Person], Browser]


def twice(browser: Browser, address: str, having: str, **typed: str) -> list[tuple[int, str]]:
    """What both presses are answered: status and address."""
    browser.open(address)
    given = browser.answers(browser.form(having)) | typed
    sent = [browser.ask("POST", address, data=given) for _press in range(2)]
    return [(answer.status_code, answer.location or answer.text[:500]) for answer in sent]


def changes() -> int:
    return session.scalar(select(func.count()).select_from(AdministrationEvent)) or 0


@pytest.mark.parametrize(
    ("page", "having", "typed"),
    [
        ("calls/{call}/edit", "places", {"places": "7"}),
        ("announcements/{announcement}/edit", "title_en", {"title_en": "A seminar in Ganja"}),
        ("admin/headings/3", "title", {"title": "Business development"}),
        ("units/{unit}/edit", "name_own", {"city": "Gəncə"}),
        ("calls/{call}/publish", "version", {}),
        ("calls/{call}/cancel", "version", {}),
        ("announcements/{announcement}/take-back", "version", {}),
    ],
)
def test_the_second_press_is_answered_like_the_first(
    world: World, as_person: As, page: str, having: str, typed: dict[str, str]
) -> None:
    call = world.call()
    if page.endswith("publish"):
        call.state = CallState.DRAFT
    numbers = {"call": call.id, "announcement": world.announcement().id, "unit": world.units[0].id}
    before = changes()
    first, second = twice(as_person(world.admin), f"/{page.format(**numbers)}", having, **typed)
    assert first == second and first[0] == 302
    assert changes() - before == 1, "told once in the administrators' history"


@pytest.mark.parametrize(("part", "typed"), [("terms", {"duties": "Ten cases"}), ("confirm", {"counterpart": "Aysel"})])
def test_terms_and_the_confirmation_of_a_unit_are_sent_twice(
    world: World, storage: Storage, as_person: As, part: str, typed: dict[str, str]
) -> None:
    exchange = make_exchange(world, storage, "place")
    first, second = twice(as_person(world.coordinator), f"/exchanges/{exchange.reference}/{part}", "version", **typed)
    assert first == second and first[0] == 302
