"""Sends stored messages as mail, at least once each.

A message is marked as sent after the server accepted it. If the worker is killed in between, it is sent again under
the same Message-ID, by which mail programs recognise the duplicate. No lock is held while talking to the mail server,
so that a slow one blocks nobody.
"""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from threading import Event

import structlog
from flask import render_template
from flask_babel import force_locale
from sqlalchemy import case, select, update

from config import Config
from portal.calendars import now
from portal.db import reading, session
from portal.messages.mail_transport import Send, sender
from portal.messages.models import WITH_LINK, Message
from portal.messages.wording import words
from portal.registry import registry

PAUSES = [
    timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440, 1440)
]  # between tries: about three days, then no more
# how long a worker has a message for itself: longer than the longest exchange with a mail server
CLAIM_TIME = timedelta(minutes=5)
BATCH = 50
SERVER_TROUBLE = (
    smtplib.SMTPServerDisconnected,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
)
# what stays of a message's path once its mail is sent or given up: no link that still works
WITHOUT_LINK = case((Message.kind.in_(WITH_LINK), ""), else_=Message.path)
log = structlog.get_logger()


class Policy(EmailPolicy):
    """Folds a long subject without losing a space between two encoded words, which the library's own folding drops:
    https://github.com/python/cpython/issues/92081."""

    def fold(self, name: str, value: str) -> str:
        if name != "Subject":
            return str(super().fold(name, value))
        charset = "us-ascii" if value.isascii() else "utf-8"
        return f"{name}: {Header(str(value), charset, header_name=name).encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


POLICY = Policy()


@dataclass(frozen=True)
class ClaimedMessage:
    """A message that this worker sends now; `mail` is None where it cannot be composed, `problem` then says why."""

    id: int
    tries: int
    mail: EmailMessage | None
    problem: str = ""


def deliver_due(config: Config, stop: Event | None = None) -> int:
    """Sends up to BATCH due messages, each in a transaction of its own, until `stop` is set; returns how many it tried.

    Stops when the mail server itself fails, since the other messages would fail as well.
    """
    send = sender(config)
    for tried in range(BATCH):
        claimed = None if stop and stop.is_set() else _claim(config)
        if claimed is None:
            return tried
        if not _send(claimed, send):
            return tried + 1
    return BATCH


def _claim(config: Config) -> ClaimedMessage | None:
    """Claims one due message: commits a later next try, so that no other worker sends it too. If this worker is
    killed, the message is due again after CLAIM_TIME."""
    if not _any_due():
        return None
    due = select(Message).where(Message.next_try_at <= now()).order_by(Message.next_try_at, Message.id).limit(1)
    message = session.scalars(due.with_for_update(skip_locked=True)).first()
    if message is None:
        session.rollback()
        return None
    message.tries += 1
    message.next_try_at = now() + CLAIM_TIME
    try:
        claimed = ClaimedMessage(message.id, message.tries, compose(message, config))
    except (LookupError, ValueError) as error:
        claimed = ClaimedMessage(message.id, message.tries, None, f"{type(error).__name__}: {error}")
    session.commit()
    return claimed


def _any_due() -> bool:
    """Whether a message is due. Asked first and without a lock, because usually none is."""
    with reading():
        found = session.scalar(select(Message.id).where(Message.next_try_at <= now()).limit(1))
        session.rollback()
    return found is not None


def _send(claimed: ClaimedMessage, send: Send) -> bool:
    """Sends one message and stores the result; returns whether the mail server can take further ones."""
    if claimed.mail is None:
        _failed(claimed, claimed.problem, for_good=False)
        return True
    try:
        send(claimed.mail)
    except (OSError, ValueError) as error:  # SMTPException is an OSError
        _failed(claimed, f"{type(error).__name__}: {error}", for_good=_permanent(error))
        server_speaks = isinstance(error, smtplib.SMTPException) and not isinstance(error, SERVER_TROUBLE)
        return server_speaks or isinstance(error, ValueError)
    sent = update(Message).where(Message.id == claimed.id, Message.sent_at.is_(None))
    session.execute(sent.values(sent_at=now(), next_try_at=None, problem="", path=WITHOUT_LINK))
    session.commit()
    log.info("mail_sent", message=claimed.id, tries=claimed.tries)
    return True


def _failed(claimed: ClaimedMessage, problem: str, for_good: bool) -> None:
    """Schedules the next try after a growing pause, or none (`for_good`)."""
    pause = None if for_good or claimed.tries > len(PAUSES) else PAUSES[claimed.tries - 1]
    still = (Message.sent_at.is_(None), Message.settled_at.is_(None))
    mine = update(Message).where(Message.id == claimed.id, Message.tries == claimed.tries, *still)
    values = {"problem": problem[:500], "next_try_at": now() + pause if pause else None}
    session.execute(mine.values(values if pause else values | {"path": WITHOUT_LINK}))
    session.commit()
    log.warning("mail_failed", message=claimed.id, tries=claimed.tries, again=bool(pause))


def _permanent(error: Exception) -> bool:
    """Whether another try cannot help: a 5xx reply (RFC 5321) about this receiver or mail, not about us as sender."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def compose(message: Message, config: Config) -> EmailMessage:
    """The mail of a message, as text and HTML, to its stored address. Raises ValueError for an address that is none."""
    texts = words(message)
    mail = EmailMessage(POLICY)
    mail["From"] = config.mail_from
    mail["To"] = message.address
    subject = ", ".join(filter(None, (texts.subject, texts.by_when)))
    mail["Subject"] = " ".join(subject.split())  # a line end in a name must not begin a new header
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message.mail_id
    mail["Auto-Submitted"] = "auto-generated"
    with force_locale(message.language):
        link = config.base_url + message.path
        said = {"texts": texts, "more": _more(message), "link": link, "language": message.language}
        mail.set_content(render_template("email/message.txt", **said))
        page = render_template("email/message.html", **said)
        mail.add_alternative(page, subtype="html")
    for part in (mail, *mail.iter_parts()):  # a mail program that reads aloud or translates need not guess
        part["Content-Language"] = message.language
    return mail


def _more(message: Message) -> Sequence[tuple[str, str]]:
    """What a stage adds to mails of this kind, as (label, text): what is not stored with messages."""
    details = registry.mail_details.get(message.kind)
    if details is None or message.subject_id is None or message.person_id is None:
        return ()
    return details(message.subject_id, message.person_id)
