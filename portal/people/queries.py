"""Queries of people for the administrator."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.models import Person, RoleGrant
from portal.names import fold


def people(language: str, text: str = "", role: str = "", agency_id: int | None = None) -> Select[Person]:
    """People for the administrator's list, sorted by name as in `language`; `text` is searched in name and address."""
    statement = select(Person).options(joinedload(Person.agency), selectinload(Person.grants))
    for word in fold(text).split()[:5]:
        statement = statement.where(Person.found_by.contains(word, autoescape=True))
    if role:
        statement = statement.where(Person.grants.any(RoleGrant.role == role))
    if agency_id:
        statement = statement.where(Person.agency_id == agency_id)
    return statement.order_by(Person.by_name(language), Person.id)
