"""What the demonstration's agencies say of themselves as controllers, and their clearings of this half-year."""

from __future__ import annotations

from collections.abc import Mapping

from portal import calendars
from portal.accounts.models import Agency
from portal.db import session
from portal.personal_data.models import Clearing, Ground
from portal.personal_data.retention import half_of
from portal.personal_data.service import change_controller
from portal.policy import Actor

ADDRESSES = {
    "KOSGEB": "Hacı Bayram Mah., İstanbul Cad. 32, 06050 Altındağ, Ankara",
    "KOBIA": "Cəfər Cabbarlı küç. 40, AZ1065 Nəsimi, Bakı",
}


def add_controllers(agencies: Mapping[str, Agency], admin: Actor) -> None:
    """Names and addresses; the ground stays to be confirmed, as no lawyer has read an invented agency's papers."""
    for code, agency in agencies.items():
        answers = {
            "legal_name": agency.name_own,
            "address": ADDRESSES[code],
            "contact": f"personal.data@{code.casefold()}.example",
            "ground": Ground.CONSENT,
            "basis": "",
            "lawyer": "",
            "confirmed_on": None,
        }
        change_controller(agency, answers, by=admin)


def add_clearings(agencies: Mapping[str, Agency]) -> None:
    """This half-year's clearing is done, so that the worker leaves the demonstration's exchanges as they are."""
    at = calendars.now()
    for agency in agencies.values():
        half = half_of(calendars.today(agency.zone))
        session.add(Clearing(agency_id=agency.id, half=half, started_at=at, finished_at=at))
    session.flush()
