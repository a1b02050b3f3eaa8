"""Queries of consents, and of what agencies say of themselves as controllers of personal data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import Agency
from portal.db import session
from portal.exchanges.models import Exchange
from portal.personal_data.models import Cleared, Clearing, Consent, ConsentKind, DataController, Ground


@dataclass(frozen=True)
class Controller:
    """An agency as the controller of personal data. Texts that it has not entered yet are empty."""

    agency: Agency
    legal_name: str
    address: str
    contact: str
    ground: Ground
    basis: str
    lawyer: str
    confirmed_on: date | None


def controllers() -> Mapping[int, Controller]:
    """Both agencies, in the order of their codes, by their ids."""
    rows = select(Agency, DataController).outerjoin(DataController, DataController.agency_id == Agency.id)
    return {agency.id: _controller(agency, row) for agency, row in session.execute(rows.order_by(Agency.code))}


def _controller(agency: Agency, row: DataController | None) -> Controller:
    said = row or DataController(legal_name="", address="", contact="", ground=Ground.CONSENT, basis="", lawyer="")
    return Controller(
        agency=agency,
        legal_name=said.legal_name or agency.name_own,
        address=said.address,
        contact=said.contact or agency.contact,
        ground=said.ground,
        basis=said.basis,
        lawyer=said.lawyer,
        confirmed_on=said.confirmed_on,
    )


def row_of(agency_id: int) -> DataController | None:
    """What this agency has entered, its row locked until the commit."""
    entered = select(DataController).where(DataController.agency_id == agency_id)
    return session.scalars(entered.with_for_update()).one_or_none()


def newest(subject_id: int) -> Mapping[ConsentKind, Consent]:
    """The newest row of each kind of a subject, with its words."""
    rows = select(Consent).where(Consent.subject_id == subject_id).options(joinedload(Consent.words))
    return {row.kind: row for row in session.scalars(rows.order_by(Consent.id))}


def of_person(person_id: int, most: int) -> Sequence[Consent]:
    """The newest that a person gave or withdrew, with their words."""
    rows = select(Consent).where(Consent.person_id == person_id).options(joinedload(Consent.words))
    return session.scalars(rows.order_by(Consent.id.desc()).limit(most)).all()


def cleared() -> Select[Cleared]:
    """What was destroyed in the last three years, newest first, with its clearing."""
    return select(Cleared).options(joinedload(Cleared.clearing)).order_by(Cleared.id.desc())


def clearings() -> Sequence[Clearing]:
    """The last clearings, newest first."""
    return session.scalars(select(Clearing).order_by(Clearing.half.desc(), Clearing.agency_id).limit(12)).all()


def references_of(person_id: int) -> Mapping[int, str]:
    """The references of a person's own exchanges of which the data are still there, by their ids."""
    own = select(Exchange.id, Exchange.reference).where(Exchange.expert_id == person_id, Exchange.cleared_at.is_(None))
    return {number: reference for number, reference in session.execute(own)}
