"""Checks one by one what the portal needs to work, for administrators."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from urllib.parse import urlsplit

from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from config import Config
from portal.db import session
from portal.desk.health import migrated, outbox_moves, scripts
from portal.desk.schema import differences, foreign_revision
from portal.exchanges.succession import stuck
from portal.messages.mail_transport import connect
from portal.messages.models import Message
from portal.personal_data.clearing import overdue
from portal.storage import Storage, new_key
from portal.web.pdf import RenderFailed, render

MOST_NAMED = 5  # differences and exchanges that the doctor names
LETTERS = "<html lang='en'><title>t</title><p>ə ğ ı İ ş ç ö ü x q</p></html>"


def examine(config: Config, storage: Storage) -> dict[str, str]:
    """Each check with what is wrong, "" where nothing is."""
    needs: dict[str, Callable[[], str]] = {
        "database": _database,
        "migrations": _migrations,
        "tables": _tables,
        "storage": lambda: _storage(storage),
        "pdf": lambda: "" if render(LETTERS).startswith(b"%PDF") else "the renderer made no PDF",
        "mail": lambda: _mail(config),
        "worker": lambda: "" if outbox_moves() else "mail waits: is `flask --app wsgi worker` running?",
        "given up": _given_up,
        "turns": _turns,
        "clearing": _clearing,
    }
    return {name: _tried(need) for name, need in needs.items()}


def _tried(need: Callable[[], str]) -> str:
    try:
        return need()
    except (OSError, SQLAlchemyError, RenderFailed, smtplib.SMTPException) as error:
        session.rollback()
        return f"{type(error).__name__}: {error}".splitlines()[0][:200]


def _database() -> str:
    session.execute(text("select 1"))
    return ""


def _migrations() -> str:
    if migrated():
        return ""
    return foreign_revision(session.connection(), scripts()) or "run: flask --app wsgi db upgrade"


def _tables() -> str:
    """What differs from the models, so that a table that somebody dropped by hand is not called healthy."""
    if not migrated():
        return "not compared: they are those of another revision"
    found = differences(session.connection())
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return "; ".join(found[:MOST_NAMED]) + more


def _storage(storage: Storage) -> str:
    key = new_key("doctor")
    storage.put(key, b"probe")
    same = storage.get(key) == b"probe"
    storage.delete(key)
    return "" if same else "what was stored is not what came back"


def _mail(config: Config) -> str:
    if not config.smtp_url:
        return "" if config.demo else "PORTAL_SMTP_URL is not set: mail becomes files in var/mail and reaches nobody"
    with connect(urlsplit(config.smtp_url)) as server:
        server.noop()
    return ""


def _turns() -> str:
    """Exchanges that stand still, since nobody who could take the next step can sign in."""
    count, named = stuck(MOST_NAMED)
    more = f" and {count - len(named)} more" if count > len(named) else ""
    return f"nobody can go on with {', '.join(named)}{more}: give their agency a manager" if count else ""


def _clearing() -> str:
    late = overdue()
    return f"personal data of {', '.join(late)} are due to be destroyed: is the worker running?" if late else ""


def _given_up() -> str:
    gone = (Message.sent_at.is_(None), Message.next_try_at.is_(None), Message.settled_at.is_(None))
    lost = select(func.count(Message.id)).where(*gone)
    count = session.scalar(lost) or 0
    return f"{count} mails could not be sent; they are in the inbox of whom they are for" if count else ""
