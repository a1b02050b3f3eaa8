"""Keeps the list of topics: what is chosen and proposed in forms, better names, merging."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import aliased

from portal.administration import service as administration
from portal.db import advisory_lock, session
from portal.findings import EditConflict, RuleViolation
from portal.names import fold, one_line
from portal.policy import Actor, Permission, require
from portal.registry import TopicUse, registry
from portal.topics import queries
from portal.topics.models import Topic, TopicGroup, TopicState

TOPICS = Path(__file__).with_name("topics.csv")
MOST = 12  # topics of one call, expert, application or unit
LONGEST = 120
NAMES = ("name_en", "name_tr", "name_az")
LOCK = "topics"  # so that nobody proposes the same at the same moment, or merges what another merges


def load_topics() -> int:
    """Adds the topics of topics.csv whose English name is not there yet; returns how many."""
    known = {fold(one.en) for one in queries.every()}
    with TOPICS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if fold(row["name_en"]) not in known]
    session.add_all(Topic(group=TopicGroup(row["group"]), **{name: row[name] for name in NAMES}) for row in rows)
    session.flush()
    return len(rows)


def words_of(text: str) -> list[str]:
    """The topics that somebody typed, one a line."""
    return [line for line in (one_line(line)[:LONGEST].strip() for line in text.splitlines()) if line]


def chosen(ids: Collection[int], text: str = "", *, by: Actor) -> list[Topic]:
    """The topics of a form: those that were chosen, and for each line of `text` the topic of that name, in whatever
    language; where there is none a new one, proposed in the language of the page. Whoever saves the form has asked the
    policy. Raises RuleViolation: "too_many_topics"."""
    wanted, words = set(ids), words_of(text)
    if words:
        advisory_lock(LOCK)
    for word in words[: MOST + 1]:
        known = queries.named(word)
        wanted.add(known.now if known else _propose(word, by).id)
    found = queries.now(wanted)
    if len(found) > MOST:
        raise RuleViolation("too_many_topics", field="topics", most=MOST)
    return found


def _propose(word: str, by: Actor) -> Topic:
    topic = Topic(state=TopicState.PROPOSED, group=TopicGroup.OTHER, **{f"name_{by.language or 'en'}": word})
    session.add(topic)
    session.flush()
    administration.record(
        "topic_proposed", about=("topic", topic.id), by=by, facts=administration.changed({}, _stored(topic))
    )
    return topic


def _stored(topic: Topic) -> dict[str, object]:
    return {name: getattr(topic, name) for name in (*NAMES, "group", "state")}


def add(names: Mapping[str, str], group: TopicGroup, *, by: Actor) -> Topic:
    """Adds a topic to the list. Raises Denied, RuleViolation: "no_name", "known_topic"."""
    require(Permission.EDIT_TOPICS, by)
    advisory_lock(LOCK)
    _check_names(names)
    topic = Topic(group=group, **names)
    session.add(topic)
    session.flush()
    administration.record(
        "topic_added", about=("topic", topic.id), by=by, facts=administration.changed({}, _stored(topic))
    )
    return topic


def change(
    topic_id: int, names: Mapping[str, str], group: TopicGroup, *, retired: bool, version: int, by: Actor
) -> Topic:
    """Names a topic better, or retires it: it stays where it is used and is offered no more. A proposed one is reviewed
    by this. Raises Denied, EditConflict, RuleViolation: "no_name", "known_topic", "merged"."""
    require(Permission.EDIT_TOPICS, by)
    advisory_lock(LOCK)
    topic = _as_read(topic_id, version)
    _check_names(names, topic.id)
    before = _stored(topic)
    for name, words in names.items():
        setattr(topic, name, words)
    topic.group, topic.state = group, TopicState.RETIRED if retired else TopicState.LISTED
    session.flush()
    if facts := administration.changed(before, _stored(topic)):
        administration.record("topic_changed", about=("topic", topic.id), by=by, facts=facts)
    return topic


def _as_read(topic_id: int, version: int) -> Topic:
    topic = queries.locked(topic_id)
    if topic.state is TopicState.MERGED:
        raise RuleViolation("merged")
    if topic.version != version:
        raise EditConflict
    return topic


def _check_names(names: Mapping[str, str], but: int = 0) -> None:
    """Raises RuleViolation where there is no name, or where another topic has one of them."""
    if not any(names.values()):
        raise RuleViolation("no_name", field="name_en")
    for field, words in names.items():
        known = queries.named(words) if words else None
        if known is not None and known.now != but:
            raise RuleViolation("known_topic", field=field, name=words)


def merge(topic_id: int, into_id: int, *, version: int, by: Actor) -> Topic:
    """Moves every use of a topic to another one, which stands for it from then on; what was written with it before is
    read with the other's name. Raises Denied, EditConflict, RuleViolation: "merged", "into"."""
    require(Permission.ADMINISTER, by)
    advisory_lock(LOCK)
    topic = _as_read(topic_id, version)
    into = queries.topic(into_id)
    if into is None or into.id == topic.id or into.state is TopicState.MERGED:
        raise RuleViolation("into", field="into")
    for use in registry.topic_uses:
        _hand_on(use, topic.id, into.id)
    session.execute(update(Topic).where(Topic.merged_into_id == topic.id).values(merged_into_id=into.id))
    topic.state, topic.merged_into_id = TopicState.MERGED, into.id
    session.flush()
    session.expire_all()
    facts = {"merged_into_id": (None, into_id)}
    administration.record("topic_merged", about=("topic", topic_id), by=by, facts=facts)
    return into


def _hand_on(use: TopicUse, topic_id: int, into_id: int) -> None:
    """Where both are used, one row goes: nobody has a topic twice."""
    table, other = use.table, aliased(use.table)
    owner, same = getattr(table, use.owner), getattr(other, use.owner)
    both = select(same).where(other.topic_id == into_id)
    session.execute(delete(table).where(table.topic_id == topic_id, owner.in_(both.scalar_subquery())))
    session.execute(update(table).where(table.topic_id == topic_id).values(topic_id=into_id))
