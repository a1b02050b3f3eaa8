"""Health checks and metrics for monitoring, without sign-in and without personal data."""

from __future__ import annotations

import hmac
from datetime import timedelta

import structlog
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, abort, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from portal.calendars import now
from portal.db import session
from portal.desk.disks import database_problem, disk_problem
from portal.exchanges.models import Exchange
from portal.messages.models import Message
from portal.policy import Permission
from portal.sealing.models import SealedDocument
from portal.web.permit import permit

bp = Blueprint("health", __name__)
log = structlog.get_logger()
LATE = timedelta(minutes=15)  # mail that is overdue for longer means that no worker runs


@bp.get("/healthz")
@permit(Permission.PUBLIC)
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return {"status": "ok"}


@bp.get("/readyz")
@permit(Permission.PUBLIC)
def readyz() -> ResponseReturnValue:
    """200 where database, migrations, outgoing mail and disks are in order, else 503 with what is not, and why."""
    problems: dict[str, str] = {}
    try:
        problems["database"] = database_problem()
        problems["migrations"] = "" if migrated() else "not at the newest revision"
        problems["outbox"] = "" if outbox_moves() else "mail waits: no worker runs"
    except SQLAlchemyError as error:
        log.error("not_ready", error=type(error).__name__)
        session.rollback()
        problems["database"] = problems.get("database") or "no answer"
    problems["disk"] = disk_problem(current_app.config["PORTAL"])
    why = {name: problem for name, problem in problems.items() if problem}
    checks = {name: not problem for name, problem in problems.items()}
    answer = {"status": "not ready" if why else "ok", "checks": checks} | ({"why": why} if why else {})
    return answer, 503 if why else 200


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
