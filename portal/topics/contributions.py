"""Registers what can be administered of the list of topics."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.administration.labels import one_of, words
from portal.registry import Administered, Fact, Registry
from portal.topics import queries
from portal.topics.labels import GROUP, STATE
from portal.web.language import spoken

TOPIC = {
    "topic_added": _l("Topic added"),
    "topic_proposed": _l("Topic proposed"),
    "topic_changed": _l("Topic changed"),
    "topic_merged": _l("Topic merged"),
}
TOPIC_FACTS = {
    "name_en": Fact(_l("Name in English"), words),
    "name_tr": Fact(_l("Name in Turkish"), words),
    "name_az": Fact(_l("Name in Azerbaijani"), words),
    "group": Fact(_l("Group"), one_of(GROUP)),
    "state": Fact(_l("State"), one_of(STATE)),
    "merged_into_id": Fact(_l("Merged into"), of="topic"),
}


def register(registry: Registry) -> None:
    registry.add_administered(
        Administered(
            "topic",
            _l("Topic"),
            TOPIC,
            TOPIC_FACTS,
            lambda ids: queries.names_of(ids, spoken()),
            "/topics/{}".format,
        )
    )
