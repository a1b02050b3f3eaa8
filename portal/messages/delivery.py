"""Sending what was stored.

At least once: a message is marked sent after the server took it, so a kill in between sends it again, under the same
Message-ID by which a receiver recognises the duplicate. While a server is talked to nothing is held in the database:
a slow one keeps nobody from working.
"""

from __future__ import annotations

import smtplib
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
from sqlalchemy import select, update

from config import Config
from portal.calendars import now
from portal.db import reading, session
from portal.messages.labels import words
from portal.messages.mail_transport import Send, sender
from portal.messages.models import Message

PAUSES = [timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440, 1440)]  # about three days, then given up
# a message that was taken is nobody else's for so long; longer than the longest conversation with a server
TAKEN = timedelta(minutes=5)
BATCH = 50
SERVER_TROUBLE = (
    smtplib.SMTPServerDisconnected,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
)
log = structlog.get_logger()


class Policy(EmailPolicy):
    """Folds a long subject without losing a blank: the library's own folding drops those between two encoded words,
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
class Taken:
    """A message that this worker sends now; `mail` is None where its words cannot be made."""

    id: int
    tries: int
    mail: EmailMessage | None
    problem: str = ""


def deliver_due(config: Config, stop: Event | None = None) -> int:
    """Sends the messages that are due, each on its own, until `stop`; answers how many were tried. After trouble with
    the server itself the rest waits for the next round: it would fare no better."""
    send = sender(config)
    for tried in range(BATCH):
        taken = None if stop and stop.is_set() else _take(config)
        if taken is None:
            return tried
        if not _send(taken, send):
            return tried + 1
    return BATCH


def _take(config: Config) -> Taken | None:
    """One due message. Taking it puts its next try off and is committed, so that no other worker sends it too; if
    this one is killed, it is due again when that time is over."""
    if not _any_due():
        return None
    due = select(Message).where(Message.next_try_at <= now()).order_by(Message.next_try_at, Message.id).limit(1)
    message = session.scalars(due.with_for_update(skip_locked=True)).first()
    if message is None:
        session.rollback()
        return None
    message.tries += 1
    message.next_try_at = now() + TAKEN
    try:
        taken = Taken(message.id, message.tries, compose(message, config))
    except (LookupError, ValueError) as error:
        taken = Taken(message.id, message.tries, None, f"{type(error).__name__}: {error}")
    session.commit()
    return taken


def _any_due() -> bool:
    """Asked first, without a lock: most rounds find nothing."""
    with reading():
        found = session.scalar(select(Message.id).where(Message.next_try_at <= now()).limit(1))
        session.rollback()
    return found is not None


def _send(taken: Taken, send: Send) -> bool:
    """Whether the server can be asked for more."""
    if taken.mail is None:
        _failed(taken, taken.problem, for_good=False)
        return True
    try:
        send(taken.mail)
    except (OSError, ValueError) as error:  # SMTPException is an OSError
        _failed(taken, f"{type(error).__name__}: {error}", for_good=_permanent(error))
        server_speaks = isinstance(error, smtplib.SMTPException) and not isinstance(error, SERVER_TROUBLE)
        return server_speaks or isinstance(error, ValueError)
    sent = update(Message).where(Message.id == taken.id, Message.sent_at.is_(None))
    session.execute(sent.values(sent_at=now(), next_try_at=None, problem=""))
    session.commit()
    log.info("mail_sent", message=taken.id, tries=taken.tries)
    return True


def _failed(taken: Taken, problem: str, for_good: bool) -> None:
    """Tries again after a pause that grows, or never where that would not help."""
    pause = None if for_good or taken.tries > len(PAUSES) else PAUSES[taken.tries - 1]
    mine = update(Message).where(Message.id == taken.id, Message.tries == taken.tries, Message.sent_at.is_(None))
    session.execute(mine.values(problem=problem[:500], next_try_at=now() + pause if pause else None))
    session.commit()
    log.warning("mail_failed", message=taken.id, tries=taken.tries, again=bool(pause))


def _permanent(error: Exception) -> bool:
    """A 5xx answer about this receiver or this mail will not get better; one about us as sender may."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500


def compose(message: Message, config: Config) -> EmailMessage:
    """The mail of a message: text and HTML, to the stored address only. Raises LookupError for an unknown kind."""
    said = words(message)
    mail = EmailMessage(POLICY)
    mail["From"] = config.mail_from
    mail["To"] = message.address
    subject = ", ".join(filter(None, (said.subject, said.by_when)))
    mail["Subject"] = " ".join(subject.split())  # no line end of a name begins a header
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message.mail_id
    mail["Auto-Submitted"] = "auto-generated"
    with force_locale(message.language):
        link = config.base_url + message.path
        mail.set_content(render_template("email/message.txt", said=said, link=link, language=message.language))
        page = render_template("email/message.html", said=said, link=link, language=message.language)
        mail.add_alternative(page, subtype="html")
    return mail
