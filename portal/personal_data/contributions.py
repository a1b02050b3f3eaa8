"""What personal data contribute: what a withdrawal ends, and how agencies as controllers are administered."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts import queries as accounts
from portal.administration.labels import a_day, one_of, words
from portal.administration.models import AdministrationEvent, AdministrationWords
from portal.messages.models import Message
from portal.personal_data import withdrawal
from portal.personal_data.labels import CONTROLLER, GROUNDS
from portal.personal_data.models import Consent, ConsentWords
from portal.registry import Administered, Fact, Registry, Stored
from portal.sealing.models import DraftDocument
from portal.subjects.models import Event, Reason
from portal.workflows.exchange_terms import Action

# of the stages below that register nothing themselves, and of this one
STORED = (
    Stored(
        ConsentWords,
        _l("Words of the consent"),
        lambda ids: ConsentWords.consent_id.in_(select(Consent.id).where(Consent.subject_id.in_(ids))),
        ("text",),
    ),
    Stored(
        Reason,
        _l("Reasons"),
        lambda ids: Reason.event_id.in_(select(Event.id).where(Event.subject_id.in_(ids))),
        ("text",),
        told=False,
    ),
    Stored(
        Message,
        _l("Inbox and mails"),
        lambda ids: Message.subject_id.in_(ids),
        ("address", "facts", "path"),
        told=False,
    ),
    Stored(
        Message,
        _l("Inbox and mails"),
        lambda ids: Message.person_id.in_(ids),
        ("address", "facts", "path"),
        of_person=True,
    ),
    Stored(
        DraftDocument,
        _l("Drafts of a report as PDF"),
        lambda ids: DraftDocument.subject_id.in_(ids),
        ("person_id", "key"),
        file="key",
        told=False,
    ),
    Stored(
        AdministrationWords,
        _l("History of administration"),
        lambda ids: AdministrationWords.event_id.in_(
            select(AdministrationEvent.id).where(
                AdministrationEvent.about_kind == "person", AdministrationEvent.about_id.in_(ids)
            )
        ),
        ("facts",),
        of_person=True,
    ),
)
SHOW = {"ground": one_of(GROUNDS), "confirmed_on": a_day}
FACTS = {name: Fact(label, SHOW.get(name, words)) for name, label in CONTROLLER.items()}


def register(registry: Registry) -> None:
    registry.stored += STORED
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
