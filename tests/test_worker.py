"""The worker's loop: a failing task does not stop the others, and the log has no personal data."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from structlog.testing import capture_logs

from portal import calendars, jobs
from portal.accounts.models import Person
from portal.accounts.service import tidy
from portal.db import session
from portal.jobs import Task
from portal.messages.delivery import deliver_due
from portal.messages.service import Notification, Receiver, notify
from tests.factories import World


def repeated(world: World) -> int:
    """What the database refuses in words that repeat the address."""
    session.add(
        Person(email=world.expert.email, email_key=world.expert.email_key, name="X", created_at=calendars.now())
    )
    session.flush()
    return 1


def test_the_log_of_a_failure_has_no_personal_data(app: Flask, world: World) -> None:
    with capture_logs() as lines:
        assert jobs.run_once("odd", lambda: repeated(world)) is None
    (line,) = lines
    assert line["task"] == "odd" and line["error"] == "IntegrityError" and "repeated" not in line["error"]
    assert "expert@" not in str(line) and line["at"]


def test_the_log_of_a_mail_has_no_personal_data(app: Flask, world: World) -> None:
    receiver = Receiver(world.expert.id, world.expert.email, "en")
    notify([receiver], Notification("turn.submitted", {"name": "Işıl Çağrı"}, "/"), "a mail")
    session.commit()
    with capture_logs() as lines:
        deliver_due(app.config["PORTAL"])
    (line,) = lines
    assert line["event"] == "mail_sent" and "kosgeb" not in str(line) and "Işıl" not in str(line)


def test_a_task_that_fails_does_not_hold_up_the_others(app: Flask, world: World) -> None:
    stop, rounds = threading.Event(), []

    def works() -> int:
        rounds.append(1)
        if len(rounds) == 3:
            stop.set()
        return 1

    failing = Task("failing", lambda: repeated(world))
    jobs.run([failing, Task("working", works)], stop, pause=0.01)
    assert len(rounds) == 3 and failing.failures == 1, "the failing one rests"


def test_a_task_is_asked_again_only_when_its_time_has_come(app: Flask) -> None:
    rounds: list[int] = []

    def rare() -> int:
        rounds.append(1)
        return 0

    task = Task("rare", rare, every=3_600)
    for _round in range(3):
        task.round()
    assert len(rounds) == 1


def test_when_asked_to_stop_no_further_task_begins(app: Flask) -> None:
    stop, begun = threading.Event(), []

    def first() -> int:
        stop.set()
        return 1

    def second() -> int:
        begun.append(1)
        return 0

    jobs.run([Task("first", first), Task("second", second)], stop)
    assert begun == []


def test_tidying_removes_nothing_before_it_expires(app: Flask, world: World) -> None:
    assert jobs.run_once("tidy", tidy) == 0


def test_what_takes_long_in_one_lane_holds_up_no_other(app: Flask) -> None:
    stop, sent = threading.Event(), threading.Event()

    def pdf() -> int:
        assert sent.wait(30), "the mail waited for the PDF"
        stop.set()
        return 1

    def mail() -> int:
        sent.set()
        return 0

    jobs.run_lanes([[Task("pdf", pdf)], [Task("mail", mail)]], stop, app.app_context)
    assert sent.is_set()


def test_a_lane_that_dies_ends_the_worker(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "excepthook", lambda died: None)
    stop = threading.Event()

    def dies() -> int:
        raise SystemExit

    jobs.run_lanes([[Task("dying", dies)], [Task("mail", lambda: 0)]], stop, app.app_context)
    assert stop.is_set()
