"""Registers the kind of subject that exchanges are, and the tabs of an exchange that belong to no later stage."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.exchanges import dependents, notifications, queries, reminders, service, succession
from portal.exchanges.models import Exchange, ExchangeNote, ExchangeWord
from portal.policy import Permission
from portal.registry import Registry, Stored, SubjectKind, Tab
from portal.workflows.exchange import EXCHANGE


def register(registry: Registry) -> None:
    registry.stored += [
        Stored(
            Exchange,
            _l("Exchange"),
            lambda ids: Exchange.id.in_(ids),
            ("person_name", "document_name", "name_key_tr", "name_key_az", "name_key_en"),
            deletes=False,
            blank={"person_name": "—"},
        ),
        Stored(ExchangeNote, _l("Messages"), lambda ids: ExchangeNote.exchange_id.in_(ids), ("by_id", "text")),
        Stored(ExchangeWord, _l("Words of the search"), lambda ids: ExchangeWord.exchange_id.in_(ids), ("word",)),
    ]
    registry.add_kind(
        SubjectKind(
            workflow=EXCHANGE,
            lock=queries.locked,
            moved=service.moved,
            facts=notifications.facts_of,
            path=_path,
            turn_path=_turn_path,
            read=Permission.READ_EXCHANGE,
            owner_id=_expert_id,
            turn_receivers=notifications.turn_receivers,
            informed=notifications.informed,
            involved=notifications.everyone,
        )
    )
    registry.add_tabs(
        EXCHANGE.name,
        Tab("messages", "exchanges.messages_tab", _l("Messages"), 80),
        Tab("history", "exchanges.history", _l("History"), 90),
    )
    registry.when_left.append(succession.hand_on)
    registry.before_left.append(succession.to_mind)
    registry.dependents["unit"].append(dependents.of_unit)
    registry.dependents["call"].append(dependents.of_call)
    registry.dependents["agency"].append(dependents.of_agency)
    registry.dependents["person"].append(dependents.of_person)
    registry.dependents["roles"].append(dependents.of_roles)
    registry.reminders += [reminders.remind_experts, reminders.tell_overdue, reminders.escalate_decisions]
    registry.reminders.append(reminders.tell_without_manager)


def _path(exchange: Exchange) -> str:
    return f"/exchanges/{exchange.reference}"


def _turn_path(exchange: Exchange) -> str:
    return f"/exchanges/{exchange.reference}/now"


def _expert_id(exchange: Exchange) -> int:
    return exchange.expert_id
