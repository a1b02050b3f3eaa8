"""Queries of the list of topics, and of how often each is used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.db import session
from portal.names import fold, in_language, query_words, search_words, sort_key
from portal.reference_data import kept
from portal.registry import registry
from portal.topics.models import Topic, TopicGroup, TopicState


@dataclass(frozen=True)
class TopicName:
    """A topic as a plain value; `now` is the id of the one that stands for it, another than its own where it was
    merged."""

    id: int
    en: str
    tr: str
    az: str
    group: TopicGroup
    state: TopicState
    now: int

    @property
    def names(self) -> dict[str, str]:
        return {"en": self.en, "tr": self.tr, "az": self.az}

    def in_language(self, language: str) -> tuple[str, str]:
        """The (name, its language) for a reader."""
        return in_language(self.names, language)


@kept
def every() -> tuple[TopicName, ...]:
    """All topics, merged ones too, by their ids."""
    columns = (Topic.id, Topic.name_en, Topic.name_tr, Topic.name_az, Topic.group, Topic.state)
    now = func.coalesce(Topic.merged_into_id, Topic.id)
    return tuple(TopicName(*row) for row in session.execute(select(*columns, now).order_by(Topic.id)))


def sorted_for(found: Iterable[TopicName], language: str) -> list[TopicName]:
    """As the reader's alphabet sorts the names that they see."""
    return sorted(found, key=lambda topic: (sort_key(topic.in_language(language)[0], language), topic.id))


def matching(text: str, language: str) -> list[TopicName]:
    """The topics with every word of a search in a name, in whichever language and alphabet; all for no words."""
    words = query_words(text)
    known = ((topic, search_words(*topic.names.values())) for topic in every())
    found = (topic for topic, has in known if all(any(one.startswith(word) for one in has) for word in words))
    return sorted_for(found, language)


def topic(topic_id: int) -> Topic | None:
    return session.get(Topic, topic_id)


def locked(topic_id: int) -> Topic:
    """One topic as it is now, its row locked until the commit."""
    statement = select(Topic).where(Topic.id == topic_id).with_for_update(key_share=True)
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def now(ids: Collection[int]) -> list[Topic]:
    """The topics of these ids, in their order in the list; a merged one as that into which it went."""
    stands = {one.id: one.now for one in every()}
    wanted = {stands[number] for number in ids if number in stands}
    return list(session.scalars(select(Topic).where(Topic.id.in_(wanted)).order_by(Topic.id))) if wanted else []


def named(name: str) -> TopicName | None:
    """The topic with this name in any language, in whichever letters; of several the one that is not merged."""
    wanted = fold(name.strip())
    same = [one for one in every() if any(given and fold(given) == wanted for given in one.names.values())]
    return min(same, key=lambda one: (one.state is TopicState.MERGED, one.id), default=None)


def as_ids(entries: Sequence[str]) -> list[str]:
    """Entries of an older version of an application, ids or words, as the ids of the topics that stand for them now;
    words of no topic stay."""
    stands = {str(one.id): str(one.now) for one in every()}
    found = (stands.get(entry) or (str(one.now) if (one := named(entry)) else entry) for entry in entries)
    return sorted(set(found))


def names_of(ids: Collection[int], language: str) -> Mapping[int, str]:
    """The names of these topics for a reader, by their ids."""
    return {one.id: one.in_language(language)[0] for one in every() if one.id in ids}


def uses(topic_id: int | None = None) -> dict[str, dict[int, int]]:
    """How often each topic is used, by what uses it: one statement for each kind."""
    found = {}
    for use in registry.topic_uses:
        statement = select(use.table.topic_id, func.count()).group_by(use.table.topic_id)
        if topic_id is not None:
            statement = statement.where(use.table.topic_id == topic_id)
        found[use.name] = {number: count for number, count in session.execute(statement)}
    return found
