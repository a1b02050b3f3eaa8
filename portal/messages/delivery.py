"""Sending what was stored: to the configured server, or into files when none is configured.

At least once: a message is marked sent after the server took it, so a kill in between sends it again, under the same
Message-ID by which a receiver recognises the duplicate.
"""

from __future__ import annotations

import os
import smtplib
import ssl
import tempfile
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from flask import render_template
from flask_babel import force_locale
from sqlalchemy import select

from config import Config
from portal.calendars import now
from portal.db import session
from portal.messages.models import Message
from portal.messages.words import words

PAUSES = [timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440, 1440)]  # about three days, then given up
TIMEOUT = 20  # seconds for one conversation with the server
BATCH = 50
Send = Callable[[EmailMessage], None]
log = structlog.get_logger()


def deliver_due(config: Config) -> int:
    """Sends the messages that are due, each in a transaction of its own; answers how many were tried."""
    tried = 0
    send = sender(config)
    while tried < BATCH:
        message = _next_due()
        if message is None:
            session.rollback()
            break
        _try(message, send, config)
        session.commit()
        tried += 1
    return tried


def _next_due() -> Message | None:
    """One due message, locked, so that two workers never take the same."""
    statement = select(Message).where(Message.next_try_at <= now()).order_by(Message.next_try_at, Message.id).limit(1)
    return session.scalars(statement.with_for_update(skip_locked=True)).first()


def _try(message: Message, send: Send, config: Config) -> None:
    message.tries += 1
    try:
        send(compose(message, config))
    except (OSError, smtplib.SMTPException, LookupError, ValueError) as error:  # also: words that cannot be made
        refused = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPSenderRefused | smtplib.SMTPDataError)
        last = refused and _permanent(error)
        message.problem = f"{type(error).__name__}: {error}"[:500]
        pause = None if last or message.tries > len(PAUSES) else PAUSES[message.tries - 1]
        message.next_try_at = now() + pause if pause else None
        log.warning("mail_failed", message=message.id, tries=message.tries, again=bool(pause))
    else:
        message.sent_at, message.next_try_at, message.problem = now(), None, ""
        log.info("mail_sent", message=message.id, tries=message.tries)


def _permanent(error: Exception) -> bool:
    """A 5xx answer will not get better by trying again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and error.smtp_code >= 500


def compose(message: Message, config: Config) -> EmailMessage:
    """The mail of a message: text and HTML, to the stored address only."""
    said = words(message)
    mail = EmailMessage()
    mail["From"] = config.mail_from
    mail["To"] = message.address
    mail["Subject"] = " ".join(f"{said.subject} {said.by_when}".split())  # no line end of a name begins a header
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = message.mail_id
    mail["Auto-Submitted"] = "auto-generated"
    with force_locale(message.language):
        link = config.base_url + message.path
        mail.set_content(render_template("email/message.txt", said=said, link=link, language=message.language))
        page = render_template("email/message.html", said=said, link=link, language=message.language)
        mail.add_alternative(page, subtype="html")
    return mail


def sender(config: Config) -> Send:
    """How mail leaves: over SMTP where `PORTAL_SMTP_URL` is set, else into `var/mail/*.eml`."""
    return _smtp(config) if config.smtp_url else _files(config.var / "mail")


def _smtp(config: Config) -> Send:
    url = urlsplit(config.smtp_url)
    host = url.hostname or "localhost"

    def send(mail: EmailMessage) -> None:
        kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
        with kind(host, url.port or (465 if url.scheme == "smtps" else 25), timeout=TIMEOUT) as server:
            server.ehlo_or_helo_if_needed()
            if url.scheme != "smtps" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            if url.username:
                server.login(unquote(url.username), unquote(url.password or ""))
            server.send_message(mail, to_addrs=[parseaddr(str(mail["To"]))[1]])

    return send


def _files(folder: Path) -> Send:
    def send(mail: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
            file.write(mail.as_bytes())
        os.replace(file.name, folder / f"{name}.eml")

    return send
