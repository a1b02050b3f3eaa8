"""Registers what can be administered of calls, headings and announcements, and what messages say of calls."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.administration.labels import a_day, a_moment, one_of, words, yes_no
from portal.calls import dependents, queries
from portal.calls.labels import CLOCK, KIND
from portal.calls.models import CallTopic
from portal.documents.labels import DOCUMENT
from portal.exchanges.models import Exchange
from portal.registry import Administered, Fact, Registry, TopicUse
from portal.web.formats import PLACES
from portal.web.language import spoken
from portal.workflows.exchange import EXCHANGE

CALL = {
    "call_created": _l("Call written"),
    "call_changed": _l("Call changed"),
    "call_published": _l("Call published"),
    "call_cancelled": _l("Call cancelled"),
    "clocks_changed": _l("Time limits of the call changed"),
    "clocks_default": _l("The call follows the usual time limits again"),
}
CLOCK_FACTS = {name: Fact(label, words) for name, (label, _hint) in CLOCK.items()}
CALL_FACTS = CLOCK_FACTS | {
    "title_en": Fact(_l("Title in English"), words),
    "title_tr": Fact(_l("Title in Turkish"), words),
    "title_az": Fact(_l("Title in Azerbaijani"), words),
    "description": Fact(_l("Description in English"), words),
    "description_tr": Fact(_l("Description in Turkish"), words),
    "description_az": Fact(_l("Description in Azerbaijani"), words),
    "who_can_apply": Fact(_l("Who can apply, in English"), words),
    "who_can_apply_tr": Fact(_l("Who can apply, in Turkish"), words),
    "who_can_apply_az": Fact(_l("Who can apply, in Azerbaijani"), words),
    "costs": Fact(_l("Who bears which costs, in English"), words),
    "costs_tr": Fact(_l("Who bears which costs, in Turkish"), words),
    "costs_az": Fact(_l("Who bears which costs, in Azerbaijani"), words),
    "topics": Fact(_l("Topics"), words, of="topic"),
    "kind": Fact(_l("Kind"), one_of(KIND)),
    "home_id": Fact(_l("Home agency"), of="agency"),
    "host_id": Fact(_l("Host agency"), of="agency"),
    "agency_id": Fact(_l("Which agency runs the call?"), of="agency"),
    "heading": Fact(_l("Heading of the action plan"), of="heading"),
    "places": Fact(_l("Places"), words),
    "opens": Fact(_l("Opens on"), a_moment),
    "deadline": Fact(_l("Deadline"), a_moment),
    "zone": Fact(_l("Hours are those of"), one_of(PLACES)),
    "earliest": Fact(_l("Earliest day of a visit"), a_day),
    "latest": Fact(_l("Latest day of a visit"), a_day),
    "min_days": Fact(_l("Shortest stay in days"), words),
    "max_days": Fact(_l("Longest stay in days"), words),
    "min_years": Fact(_l("Years of experience at least"), words),
    "language_level": Fact(_l("Language level at least"), words),
    "required_documents": Fact(_l("Required documents"), one_of(DOCUMENT)),
    "contact": Fact(_l("Contact"), words),
}
HEADING_FACTS = {
    "title": Fact(_l("Heading in English"), words),
    "purpose": Fact(_l("What happens under it, in English"), words),
    "title_tr": Fact(_l("Heading in Turkish"), words),
    "purpose_tr": Fact(_l("What happens under it, in Turkish"), words),
    "title_az": Fact(_l("Heading in Azerbaijani"), words),
    "purpose_az": Fact(_l("What happens under it, in Azerbaijani"), words),
    "active": Fact(_l("New calls can be made under this heading"), yes_no),
}
ANNOUNCEMENT = {
    "announcement_written": _l("Announcement written"),
    "announcement_changed": _l("Announcement changed"),
    "announcement_taken_back": _l("Announcement withdrawn"),
}
ANNOUNCEMENT_FACTS = {
    "agency_id": Fact(_l("Which agency announces it?"), of="agency"),
    "title_en": Fact(_l("Headline in English"), words),
    "text_en": Fact(_l("Text in English"), words),
    "title_tr": Fact(_l("Headline in Turkish"), words),
    "text_tr": Fact(_l("Text in Turkish"), words),
    "title_az": Fact(_l("Headline in Azerbaijani"), words),
    "text_az": Fact(_l("Text in Azerbaijani"), words),
    "first": Fact(_l("Shown from"), a_day),
    "last": Fact(_l("Shown until"), a_day),
    "published": Fact(_l("Everybody may read it from that day on"), yes_no),
}


def _in_language(find: Callable[[Collection[int], str], Mapping[int, str]]) -> Callable[..., Mapping[int, str]]:
    return lambda ids: find(ids, spoken())


def register(registry: Registry) -> None:
    registry.message_facts[EXCHANGE.name].append(call_of)
    registry.dependents["agency"].append(dependents.of_agency)
    registry.topic_uses.append(
        TopicUse("calls", CallTopic, "call_id", lambda n: ngettext("%(num)s call", "%(num)s calls", n))
    )
    registry.add_administered(
        Administered("call", _l("Call"), CALL, CALL_FACTS, _in_language(queries.names_of_calls), "/calls/{}".format),
        Administered(
            "clocks",
            _l("Time limits"),
            {"clocks_changed": _l("Usual time limits changed")},
            CLOCK_FACTS,
            lambda ids: dict.fromkeys(ids, _("Usual time limits")),
            lambda number: "/admin/clocks",
        ),
        Administered(
            "heading",
            _l("Heading of the action plan"),
            {"heading_changed": _l("Heading changed")},
            HEADING_FACTS,
            _in_language(queries.names_of_headings),
            "/admin/headings/{}".format,
        ),
        Administered(
            "announcement",
            _l("Announcement"),
            ANNOUNCEMENT,
            ANNOUNCEMENT_FACTS,
            _in_language(queries.names_of_announcements),
            "/announcements/{}".format,
        ),
    )


def call_of(exchanges: Sequence[Exchange]) -> Mapping[int, Mapping[str, Any]]:
    """The title of each exchange's call, in every language that has one."""
    known = queries.titles({exchange.call_id for exchange in exchanges})
    return {exchange.id: {"call": known[exchange.call_id]} for exchange in exchanges if exchange.call_id in known}
