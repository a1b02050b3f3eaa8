"""Registers what can be administered of people, agencies and closed days, for the history of administration."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.accounts import dependents, queries
from portal.accounts.labels import ROLES
from portal.accounts.models import PersonTopic
from portal.accounts.stored import STORED
from portal.administration.labels import a_day, one_of, words, yes_no
from portal.registry import Administered, Fact, Registry, TopicUse
from portal.web.formats import COUNTRIES

PERSON = {
    "person_created": _l("Account created by a command"),
    "person_invited": _l("Person invited"),
    "invited_again": _l("Invitation sent again"),
    "invitation_corrected": _l("Invitation corrected"),
    "invitation_taken_back": _l("Invitation taken back"),
    "name_changed": _l("Name corrected"),
    "address_asked": _l("New e-mail address asked for"),
    "address_changed": _l("E-mail address changed"),
    "agency_moved": _l("Moved to another agency"),
    "roles_changed": _l("Roles changed"),
    "handed_over": _l("Handed over"),
    "deputy_named": _l("Deputy asked to stand in"),
    "deputy_agreed": _l("Deputy agreed to stand in"),
    "deputy_declined": _l("Deputy declined to stand in"),
    "deputy_ended": _l("Standing in ended"),
}
PERSON_FACTS = {
    "name": Fact(_l("Name"), words),
    "email": Fact(_l("E-mail address"), words),
    "agency": Fact(_l("Agency"), of="agency"),
    "roles": Fact(_l("Roles"), one_of(ROLES)),
    "units": Fact(_l("Host units"), of="unit"),
    "active": Fact(_l("May sign in"), yes_no),
    "successor": Fact(_l("Successor"), of="person"),
    "waiting": Fact(_l("Things that wait for them"), words),
    "named": Fact(_l("Named as counterpart or supervisor"), words),
    "deputy": Fact(_l("Who stands in"), of="person"),
    "first": Fact(_l("First day away"), a_day),
    "last": Fact(_l("Last day away"), a_day),
}
AGENCY_FACTS = {
    "name_own": Fact(_l("Name in its own language"), words),
    "name_en": Fact(_l("Name in English"), words),
    "contact": Fact(_l("Contact"), words),
    "domains": Fact(_l("Domains of its e-mail addresses"), words),
}
DAY_FACTS = {
    "country": Fact(_l("Country"), one_of(COUNTRIES)),
    "day": Fact(_l("Day"), a_day),
    "closed": Fact(_l("Office closed"), yes_no),
    "note": Fact(_l("Why"), words),
}


def register(registry: Registry) -> None:
    registry.topic_uses.append(
        TopicUse("experts", PersonTopic, "person_id", lambda n: ngettext("%(num)s expert", "%(num)s experts", n))
    )
    registry.stored += STORED
    registry.dependents["agency"].append(dependents.of_agency)
    registry.add_administered(
        Administered("person", _l("Person"), PERSON, PERSON_FACTS, queries.names_apart, "/admin/people/{}".format),
        Administered(
            "agency",
            _l("Agency"),
            {"agency_changed": _l("Agency changed")},
            AGENCY_FACTS,
            queries.names_of_agencies,
            queries.agency_address,
        ),
        Administered(
            "day",
            _l("Closed day"),
            {"day_excepted": _l("Closed day entered"), "day_forgotten": _l("Closed day removed")},
            DAY_FACTS,
            queries.names_of_days,
            lambda number: "/admin/days",
        ),
    )
