"""What personal data contribute: what a withdrawal ends, and how agencies as controllers are administered."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.accounts import queries as accounts
from portal.administration.labels import a_day, one_of, words
from portal.personal_data import withdrawal
from portal.personal_data.labels import CONTROLLER, GROUNDS
from portal.registry import Administered, Fact, Registry
from portal.workflows.exchange_terms import Action

SHOW = {"ground": one_of(GROUNDS), "confirmed_on": a_day}
FACTS = {name: Fact(label, SHOW.get(name, words)) for name, label in CONTROLLER.items()}


def register(registry: Registry) -> None:
    registry.when_taken[Action.EXPERT_WITHDRAW].append(withdrawal.end_sight)
    registry.add_event_labels({withdrawal.WITHDRAWN: _l("Consent to the transfer withdrawn")})
    registry.add_administered(
        Administered(
            "controller",
            _l("Data protection of an agency"),
            {"controller_changed": _l("Data protection changed")},
            FACTS,
            accounts.names_of_agencies,
            _address,
        )
    )


def _address(agency_id: int) -> str:
    return f"{accounts.agency_address(agency_id)}/personal-data"
