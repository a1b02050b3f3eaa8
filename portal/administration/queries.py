"""Queries of the history of administration."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.administration.models import AdministrationEvent
from portal.db import session

ACTORS = 200  # people who ever changed something, as the list can be narrowed to one


def changes(kind: str = "", about_id: int = 0, actor_id: int | None = None) -> Select[AdministrationEvent]:
    """What was changed, newest first: of one kind, about one record, by one person."""
    statement = select(AdministrationEvent).options(joinedload(AdministrationEvent.words))
    if kind:
        statement = statement.where(AdministrationEvent.about_kind == kind)
    if about_id:
        statement = statement.where(AdministrationEvent.about_id == about_id)
    if actor_id is not None:
        statement = statement.where(AdministrationEvent.actor_id == actor_id)
    return statement.order_by(AdministrationEvent.id.desc())


def change(event_id: int) -> AdministrationEvent | None:
    """One change with its words."""
    words = joinedload(AdministrationEvent.words)
    return session.scalars(
        select(AdministrationEvent).where(AdministrationEvent.id == event_id).options(words)
    ).one_or_none()


def actor_ids() -> list[int]:
    """Everybody who ever changed something."""
    found = select(AdministrationEvent.actor_id).where(AdministrationEvent.actor_id.is_not(None)).distinct()
    return [number for number in session.scalars(found.limit(ACTORS)) if number is not None]
