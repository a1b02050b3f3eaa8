"""Queries of decisions."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.approvals.models import Decision
from portal.db import session


def decisions(exchange_id: int) -> list[Decision]:
    """All decisions on an exchange, newest first, with agency and person."""
    statement = select(Decision).where(Decision.exchange_id == exchange_id).order_by(Decision.at.desc())
    loaded = (joinedload(Decision.agency, innerjoin=True), joinedload(Decision.by, innerjoin=True))
    return list(session.scalars(statement.options(*loaded)))
