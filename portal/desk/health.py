"""Health checks and metrics for monitoring, without sign-in and without personal data."""

from __future__ import annotations

import hmac
from datetime import timedelta

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from portal.calendars import now
from portal.db import session
from portal.exchanges.models import Exchange
from portal.messages.models import Message
from portal.policy import Permission
from portal.sealing.models import SealedDocument
from portal.web.permit import permit

bp = Blueprint("health", __name__)
LATE = timedelta(minutes=15)  # mail that is overdue for longer means that no worker runs


@bp.get("/healthz")
@permit(Permission.PUBLIC)
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@permit(Permission.PUBLIC)
def readyz() -> ResponseReturnValue:
    """200 where database, migrations and outgoing mail are as they should be, else 503 with what is not."""
    try:
        session.execute(text("select 1"))
        checks = {"database": True, "migrations": migrated(), "outbox": outbox_moves()}
    except SQLAlchemyError:
        checks = {"database": False}
    good = all(checks.values())
    return {"status": "ok" if good else "not ready", "checks": checks}, 200 if good else 503


def migrated() -> bool:
    """Whether the database is at the newest migration."""
    return MigrationContext.configure(session.connection()).get_current_revision() == scripts().get_current_head()


def scripts() -> ScriptDirectory:
    return ScriptDirectory(current_app.extensions["migrate"].directory)


def outbox_moves() -> bool:
    """Whether no message is overdue by more than LATE."""
    oldest = session.scalar(select(func.min(Message.next_try_at)).where(Message.tries == 0))
    return oldest is None or oldest > now() - LATE


@bp.get("/metrics")
@permit(Permission.PUBLIC)
def metrics() -> ResponseReturnValue:
    """Counts in the format of Prometheus, for holders of the token; 404 where no token is configured."""
    token = current_app.config["PORTAL"].metrics_token
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(token.encode(), given.encode()):
        abort(404)
    lines = [f'korpu_exchanges{{status="{status}"}} {count}' for status, count in _by_status()]
    waiting = session.scalar(select(func.count(Message.id)).where(Message.next_try_at.is_not(None)))
    unsealed = session.scalar(select(func.count(SealedDocument.id)).where(SealedDocument.sealed_at.is_(None)))
    gone = (Message.sent_at.is_(None), Message.next_try_at.is_(None), Message.settled_at.is_(None))
    lost = select(func.count(Message.id)).where(*gone)
    lines += [f"korpu_outbox_given_up {session.scalar(lost)}"]
    lines += [f"korpu_outbox_waiting {waiting}", f"korpu_reports_unsealed {unsealed}"]
    return "\n".join(lines) + "\n", 200, {"Content-Type": "text/plain; version=0.0.4"}


def _by_status() -> list[tuple[object, int]]:
    counted = select(Exchange.status, func.count(Exchange.id)).group_by(Exchange.status)
    return [(status, count) for status, count in session.execute(counted)]
