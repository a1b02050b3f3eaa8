"""The navigation says where one is, on the page itself and beneath it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.accounts.models import Person
from tests.factories import World
from tests.pages import Browser


@pytest.mark.parametrize(("who", "address", "marked"), [
    ("admin", "/admin/people", {"Administration": "page"}),
    ("admin", "/admin/headings", {"Administration": "true"}),
    ("admin", "/admin/people/invite", {"Administration": "true"}),
    ("admin", "/calls", {"Calls": "page"}),
    ("manager", "/calls/new", {"Calls": "true"}),
    ("manager", "/desk", {"My desk": "page"}),
    ("manager", "/desk/absences", {"My desk": "true"}),
    ("manager", "/exchanges?status=closed", {"Exchanges": "page"}),
    ("manager", "/inbox", {}),
])  # fmt: skip
def test_the_current_section_is_marked_in_the_navigation(
    world: World, as_person: Callable[[Person], Browser], who: str, address: str, marked: dict[str, str]
) -> None:
    page = as_person(getattr(world, who)).open(address)
    links = page.select(".nav a[aria-current]")
    assert {link.get_text(strip=True): link["aria-current"] for link in links} == marked
