"""Messages reach a real mail server once each, whoever dies in between; without a server they become files."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import select, update

from config import ROOT, Config
from portal import calendars
from portal.accounts.identity import ADDRESS_VALID
from portal.accounts.models import TokenKind
from portal.accounts.registration import VALIDITY, send_token
from portal.accounts.service import LONGEST_LINK, tidy
from portal.db import session
from portal.messages.delivery import CLAIM_TIME, PAUSES, _claim, _send, compose, deliver_due
from portal.messages.models import WITH_LINK, Message
from portal.messages.service import Notification, Receiver, notify
from portal.messages.wording import words
from portal.storage import Storage
from tests.concurrency import together
from tests.factories import World
from tests.narrowing import found
from tests.scenarios import make_exchange


@dataclass
class Postbox:
    """A mail server's handler: keeps what it takes, answers as it is told."""

    answers: list[str] = field(default_factory=list)
    got: list[EmailMessage] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)  # senders and receivers
    slow: Event = field(default_factory=Event)  # while it is not set, no mail is answered
    asked: Event = field(default_factory=Event)

    def __post_init__(self) -> None:
        self.slow.set()

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refused:
            return "550 not from you"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.refused:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.asked.set()
        await asyncio.get_running_loop().run_in_executor(None, self.slow.wait, 30)
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer.startswith("250") or answer == "lost":
            self.got.append(message_from_bytes(envelope.content, policy=policy.default))
        if answer == "lost":
            raise ConnectionResetError  # taken, but the sender never hears of it
        return answer


class Server(Controller):
    def _trigger_server(self) -> None:
        """The port is chosen by the system, so it is known only now."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # the one method of the class without types


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, str]]:
    box = Postbox()
    server = Server(box, hostname="127.0.0.1", port=0)
    server.start()
    yield box, f"smtp://127.0.0.1:{server.port}"
    server.stop()


@pytest.fixture
def mailing(config: Config, postbox: tuple[Postbox, str]) -> Config:
    return replace(config, smtp_url=postbox[1])


def say(world: World, *names: str) -> None:
    for name in names or ("Işıl Çağrı Yıldırım",):
        facts = {"name": name, "home": "KOSGEB", "host": "KOBİA", "reference": "KX-2026-0042", "due": "2027-01-12"}
        receiver = Receiver(world.manager.id, world.manager.email, "en")
        notify([receiver], Notification("turn.submitted", facts, "/exchanges/KX-2026-0042"), f"test:{name}")
    session.commit()


def row() -> Message:
    session.expire_all()
    return session.scalars(select(Message).order_by(Message.id).limit(1)).one()


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_a_mail_begins_with_what_to_do(world: World, mailing: Config, postbox: tuple[Postbox, str]) -> None:
    say(world)
    assert deliver_due(mailing) == 1
    (mail,) = postbox[0].got
    assert mail["Subject"] == "Endorse or return Işıl Çağrı Yıldırım – KX-2026-0042, by 12 January 2027"
    assert mail["To"] == world.manager.email
    assert mail["Message-ID"] == row().mail_id
    for kind in ("plain", "html"):
        assert "Endorse or return Işıl Çağrı Yıldırım" in body(mail, kind)
        assert f"{mailing.base_url}/exchanges/KX-2026-0042" in body(mail, kind)


def test_a_sent_mail_is_not_sent_again(world: World, mailing: Config, postbox: tuple[Postbox, str]) -> None:
    say(world)
    assert [deliver_due(mailing), deliver_due(mailing)] == [1, 0]
    assert len(postbox[0].got) == 1 and row().sent_at is not None


def test_a_server_that_is_busy_is_asked_again_later(
    world: World, mailing: Config, postbox: tuple[Postbox, str]
) -> None:
    box, _url = postbox
    box.answers = ["451 try later", "451 try later"]
    say(world)
    moment = calendars.now()
    for pause in PAUSES[:2]:
        with time_machine.travel(moment, tick=False):
            assert deliver_due(mailing) == 1
            assert deliver_due(mailing) == 0, "not before the pause is over"
            due = found(row().next_try_at)
            assert due == moment.replace(microsecond=due.microsecond) + pause
        moment += pause + timedelta(seconds=1)
    with time_machine.travel(moment, tick=False):
        deliver_due(mailing)
    assert len(box.got) == 1 and row().tries == 3


def test_a_lost_reply_sends_again_under_the_same_message_id(
    world: World, mailing: Config, postbox: tuple[Postbox, str]
) -> None:
    """At least once: the receiver recognises the second by its Message-ID."""
    box, _url = postbox
    box.answers = ["lost"]
    say(world)
    deliver_due(mailing)
    with time_machine.travel(calendars.now() + timedelta(hours=1), tick=True):
        deliver_due(mailing)
    assert len(box.got) == 2 and len({mail["Message-ID"] for mail in box.got}) == 1


def test_without_a_mail_server_mail_is_kept_and_sent_later(world: World, config: Config) -> None:
    say(world)
    assert deliver_due(replace(config, smtp_url="smtp://127.0.0.1:1")) == 1
    assert row().sent_at is None and row().next_try_at is not None and row().problem


def test_a_refused_address_does_not_hold_up_the_others(
    world: World, mailing: Config, postbox: tuple[Postbox, str]
) -> None:
    box, _url = postbox
    box.refused = {"gone@kosgeb.example"}
    notify([Receiver(None, "gone@kosgeb.example", "en")], Notification("account.known", {}, "/sign-in"), "gone")
    say(world)
    deliver_due(mailing)
    assert len(box.got) == 1
    assert row().next_try_at is None and "550" in row().problem, "given up: it will not get better"


def test_mail_taken_by_a_killed_worker_is_sent_later(
    world: World, mailing: Config, postbox: tuple[Postbox, str]
) -> None:
    box, _url = postbox

    def dies(_mail: EmailMessage) -> None:
        raise KeyboardInterrupt

    say(world)
    taken = _claim(mailing)
    assert taken is not None
    with pytest.raises(KeyboardInterrupt):
        _send(taken, dies)
    session.rollback()
    assert deliver_due(mailing) == 0, "it may still be under way"
    with time_machine.travel(calendars.now() + CLAIM_TIME + timedelta(seconds=1), tick=True):
        assert deliver_due(mailing) == 1
    assert [mail["Message-ID"] for mail in box.got] == [row().mail_id]


def test_a_slow_mail_server_does_not_block_requests(
    app: Flask, world: World, mailing: Config, postbox: tuple[Postbox, str]
) -> None:
    box, _url = postbox
    say(world)
    box.slow.clear()

    def deliver() -> None:
        with app.app_context():
            deliver_due(mailing)

    round_of_mail = Thread(target=deliver)
    round_of_mail.start()
    assert box.asked.wait(20)
    world.manager.phone = "+90 312 000 00 00"
    session.commit()
    assert box.got == [] and row().sent_at is None, "the server has not answered yet"
    session.rollback()
    box.slow.set()
    round_of_mail.join()
    assert row().sent_at is not None


def test_an_unreachable_mail_server_is_tried_once_a_round(world: World, config: Config) -> None:
    """Otherwise a hundred mails would wait for a hundred time-outs, and the sealing of reports for all of them."""
    say(world, "One", "Two", "Three")
    assert deliver_due(replace(config, smtp_url="smtp://127.0.0.1:1")) == 1


def test_a_server_that_refuses_us_does_not_lose_the_mail(
    world: World, mailing: Config, postbox: tuple[Postbox, str]
) -> None:
    box, _url = postbox
    box.refused = {"no-reply@korpu.example"}
    say(world)
    deliver_due(mailing)
    assert row().next_try_at is not None, "the fault is ours and can be mended"


def test_two_workers_do_not_send_the_same(
    app: Flask, world: World, mailing: Config, postbox: tuple[Postbox, str]
) -> None:
    say(world, *(f"Person {n}" for n in range(12)))
    together(app, lambda: deliver_due(mailing), 3)
    assert len({mail["Message-ID"] for mail in postbox[0].got}) == len(postbox[0].got) == 12


def test_names_cannot_write_headers(world: World, mailing: Config, postbox: tuple[Postbox, str]) -> None:
    say(world, "Işıl\r\nBcc: thief@evil.example")
    deliver_due(mailing)
    (mail,) = postbox[0].got
    assert mail["Bcc"] is None and "\n" not in mail["Subject"]


def test_a_change_that_is_rolled_back_sends_no_mail(world: World, storage: Storage) -> None:
    exchange = make_exchange(world, storage, "submit")
    before = len(session.scalars(select(Message.id)).all())
    say_nothing = Notification("turn.submitted", {"name": "x"}, f"/exchanges/{exchange.reference}")
    notify([Receiver(world.manager.id, world.manager.email, "en")], say_nothing, "rolled back")
    session.rollback()
    assert len(session.scalars(select(Message.id)).all()) == before


def worker(config: Config, var: Path, smtp_url: str) -> subprocess.Popen[bytes]:
    """The real worker in a process of its own."""
    environ = os.environ | {
        "SECRET_KEY": config.secret_key, "DATABASE_URL": config.database_url, "PORTAL_VAR": str(var),
        "PORTAL_SMTP_URL": smtp_url, "PORTAL_BASE_URL": "http://localhost",
    }  # fmt: skip
    return subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, env=environ)


def wait_until(true: Any, seconds: float = 100) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        session.rollback()
        time.sleep(0.1)


def let_taken_ones_go() -> None:
    """As if the time were over for which a message belongs to whoever took it."""
    session.rollback()
    session.execute(update(Message).where(Message.sent_at.is_(None)).values(next_try_at=calendars.now()))
    session.commit()


def test_a_killed_worker_loses_nothing(
    world: World, config: Config, postbox: tuple[Postbox, str], tmp_path: Path
) -> None:
    box, url = postbox
    say(world, *(f"Person {n}" for n in range(40)))
    first = worker(config, tmp_path, url)
    wait_until(lambda: len(box.got) >= 3)
    first.send_signal(signal.SIGKILL)
    first.wait()
    let_taken_ones_go()
    second = worker(config, tmp_path, url)
    sent = select(Message.id).where(Message.sent_at.is_not(None))
    wait_until(lambda: len(session.scalars(sent).all()) == 40)
    second.send_signal(signal.SIGTERM)
    assert second.wait(timeout=20) == 0, "asked to stop, it finishes and says so"
    ids = [mail["Message-ID"] for mail in box.got]
    assert len(set(ids)) == 40 and len(ids) <= 41, "all of them, at most the one in flight twice"


def test_without_a_server_mail_becomes_files(world: World, config: Config, tmp_path: Path) -> None:
    say(world)
    deliver_due(replace(config, var=tmp_path))
    (path,) = (tmp_path / "mail").glob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert mail["Message-ID"] == row().mail_id


def test_a_message_without_words_does_not_hold_up_the_others(
    world: World, mailing: Config, postbox: tuple[Postbox, str]
) -> None:
    notify([Receiver(None, "x@kosgeb.example", "en")], Notification("of.no.kind", {}, "/"), "odd")
    say(world)
    deliver_due(mailing)
    odd, other = postbox[0].got
    assert odd["Subject"] == "There is something new for you", "and the log says of which kind it was"
    assert str(other["Subject"]).startswith("Endorse or return Işıl")


@pytest.mark.parametrize("language", ["tr", "az", "en"])
@pytest.mark.parametrize("name", ["Şəhriyar Qədirov", "Ayşe Gül Yıldırım Çağlayangil", "Günay Əliyeva-Qasımova və Ö"])
def test_no_blank_of_a_long_subject_is_lost(world: World, mailing: Config, name: str, language: str) -> None:
    """Whatever stands where a line is folded."""
    for kind in ("news.host_place", "news.host_cancel", "overdue", "turn.returned", "stay_ends"):
        facts = {"name": name, "home": "KOSGEB", "host": "KOBİA", "reference": "KX-2026-0042", "due": "2027-01-12"}
        facts |= {"status": "endorsed", "end": "2027-01-12"}
        message = Message(address="a@kosgeb.example", language=language, kind=kind, facts=facts, path="/")
        message.mail_id, message.created_at = "<1@korpu>", datetime.now(UTC)
        sent = message_from_bytes(compose(message, mailing).as_bytes(), policy=policy.default)
        said = words(message)
        assert sent["Subject"] == ", ".join(filter(None, (said.subject, said.by_when)))
        assert [part["Content-Language"] for part in (sent, *sent.iter_parts())] == [language] * 3
        assert f'<html lang="{language}">' in str(found(sent.get_body(("html",))).get_content())


@pytest.mark.parametrize("kind", ["confirm", "reset", "invite"])
def test_a_link_goes_out_once_and_stays_nowhere(
    world: World, mailing: Config, postbox: tuple[Postbox, str], kind: str
) -> None:
    """Who reads the database, or a copy of it, finds no link that still works."""
    send_token(world.expert, TokenKind(kind))
    session.commit()
    link = row().path
    assert deliver_due(mailing) == 1 and link in str(postbox[0].got[0].get_body(("plain",)))
    assert row().path == "" and row().sent_at


def test_a_link_whose_mail_is_refused_for_good_is_blanked_too(
    world: World, mailing: Config, postbox: tuple[Postbox, str]
) -> None:
    postbox[0].refused.add(world.expert.email)
    send_token(world.expert, TokenKind.INVITE)
    session.commit()
    deliver_due(mailing)
    assert (row().path, row().next_try_at, row().sent_at) == ("", None, None)


def test_other_paths_stay_so_that_the_inbox_leads_somewhere(world: World, mailing: Config) -> None:
    say(world)
    deliver_due(mailing)
    assert row().path == "/exchanges/KX-2026-0042"


@pytest.mark.parametrize(("ago", "blank"), [(-1, False), (0, False), (1, True)])
def test_a_link_that_was_never_sent_is_blanked_after_seven_days(world: World, ago: int, blank: bool) -> None:
    with time_machine.travel(datetime(2027, 1, 12, 12, tzinfo=UTC), tick=False):
        send_token(world.expert, TokenKind.INVITE)
        say(world)
        session.execute(update(Message).values(created_at=calendars.now() - timedelta(days=7, seconds=ago)))
        tidy()
        session.commit()
        found_rows = session.execute(select(Message.path, Message.next_try_at).order_by(Message.id)).all()
        assert (found_rows[0] == ("", None)) is blank
        assert found_rows[1].path and found_rows[1].next_try_at, "other mails go on being tried"


def test_every_kind_of_mailed_link_is_known_as_one() -> None:
    assert {f"account.{kind.value}" for kind in TokenKind} | {"account.address"} == WITH_LINK
    assert max(*VALIDITY.values(), ADDRESS_VALID) == LONGEST_LINK
