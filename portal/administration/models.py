"""The history of administration: who changed what of people, roles, agencies, units, calls and rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base, BigId, Word, append_only


@append_only
class AdministrationEvent(Base):
    """One change. `about_kind` and `about_id` name what was changed, which may be gone by now; without an actor the
    portal itself or a command did it. `facts` are [before, after] by name."""

    __tablename__ = "administration_event"

    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    what: Mapped[str] = mapped_column(Word)
    about_kind: Mapped[str] = mapped_column(Word)
    about_id: Mapped[int] = mapped_column(BigId)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    facts: Mapped[dict[str, list[Any]]] = mapped_column(JSON)

    words: Mapped[AdministrationWords | None] = relationship(lazy="raise_on_sql", viewonly=True)
    __table_args__ = (
        Index("ix_administration_event_about", "about_kind", "about_id"),
        Index("ix_administration_event_actor", "actor_id"),
    )


class AdministrationWords(Base):
    """Names and addresses of persons before and after a change, apart from the event so that they can be erased."""

    __tablename__ = "administration_words"

    event_id: Mapped[int] = mapped_column(ForeignKey("administration_event.id"), unique=True)
    facts: Mapped[dict[str, list[Any]]] = mapped_column(JSON)
