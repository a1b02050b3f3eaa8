"""Malformed requests are answered, never with a 500 or 503: a sample; `script/probes` sends ten thousand."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from portal.accounts.models import Person
from portal.db import session
from portal.storage import Storage
from tests.factories import World
from tests.pages import Browser
from tests.probes import Probe, Prober, table
from tests.scenarios import make_exchange


def test_a_sample_of_malformed_requests_is_answered(app: Flask, world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    session.commit()
    people = {"nobody": None, "expert": world.expert, "manager": world.manager, "administrator": world.admin}
    values = {"reference": [exchange.reference], "code": ["KOSGEB"], "name": ["person", "languages", "wishes"]}
    probes = list(Prober(app, people, values, seed=8).probes(150))
    assert [str(probe) for probe in probes if probe.status >= 500] == []
    assert len({probe.status for probe in probes}) >= 5, "they reach more than the sign-in"


def test_the_table_counts_by_method_and_status() -> None:
    probes = [Probe("GET", "/", "nobody", status=200), Probe("POST", "/", "nobody", status=422)]
    assert table([*probes, probes[0]]).split() == ["method", "200", "422", "GET", "2", "POST", "1", "all", "2", "1"]


def test_head_of_a_step_that_is_past_leads_to_the_exchange_as_get_does(
    world: World, storage: Storage, as_person: Callable[[Person], Browser]
) -> None:
    exchange = make_exchange(world, storage, "report")
    browser = as_person(world.host_manager)
    for method in ("GET", "HEAD"):
        assert browser.ask(method, f"/exchanges/{exchange.reference}/schedule").status_code == 302, method
