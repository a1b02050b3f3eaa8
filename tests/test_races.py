"""A few of the races of `script/races`: each of these went wrong once."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.factories import World
from tests.races import KINDS, Ground, run

SAMPLE = ("accept_or_cancel", "messages_beside_a_decision", "the_report_in_two_tabs", "the_last_seat")


@pytest.mark.parametrize("name", SAMPLE)
def test_who_presses_at_the_same_moment_does_no_harm(app: Flask, world: World, name: str) -> None:
    assert run(Ground(app, world), KINDS[name]).wrong == []
