"""The administrator's pages of what was changed: the list, and one change in full."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.administration import queries
from portal.administration.labels import NOTHING, words
from portal.administration.models import AdministrationEvent
from portal.policy import Permission
from portal.registry import Fact, registry
from portal.web.pagination import page_of
from portal.web.permit import permit

bp = Blueprint("administration", __name__, url_prefix="/admin/changes")
blueprints = (bp,)
FEW = 3  # facts that the list shows of a change; its own page shows all
BRIEF = 60  # characters of a value in the list
Named = Mapping[str, Mapping[int, str]]  # kind → id → name


@dataclass(frozen=True)
class ChangedFact:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change in words; `url` leads to what was changed, empty where that is gone; `more` facts are left out."""

    id: int
    at: datetime
    who: str
    what: str
    kind: str
    name: str
    url: str
    facts: list[ChangedFact]
    more: int = 0


@bp.get("")
@permit(Permission.ADMINISTER)
def changes() -> ResponseReturnValue:
    kind, who = request.args.get("kind", ""), _number("who")
    kind = kind if kind in registry.administered else ""
    page = page_of(queries.changes(kind, _number("about") or 0 if kind else 0, who), entities=True)
    actors = sorted(_names("person", queries.actor_ids()).items(), key=lambda item: item[1])
    kinds = {name: each.label for name, each in registry.administered.items()}
    rows = list(_in_words(page.rows, FEW, BRIEF))
    return render_template(
        "administration/changes.html", page=page, rows=rows, kind=kind, kinds=kinds, who=who, actors=actors
    )


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@bp.get("/<int:event_id>")
@permit(Permission.ADMINISTER)
def change(event_id: int) -> ResponseReturnValue:
    found = queries.change(event_id)
    if found is None:
        abort(404)
    return render_template("administration/change.html", change=next(_in_words([found])))


def _in_words(events: Iterable[AdministrationEvent], few: int = 1_000, brief: int = 10_000) -> Iterator[Change]:
    """Each change in words: at most `few` facts of `brief` characters. Names are read in one statement a kind."""
    events = list(events)
    named = _all_names(events)
    for event in events:
        kind, facts = registry.administered.get(event.about_kind), _facts(event)
        shown = [_fact(kind.facts.get(key) if kind else None, key, values, named, brief) for key, values in facts]
        name = named.get(event.about_kind, {}).get(event.about_id, "")
        yield Change(
            id=event.id,
            at=event.at,
            who=named["person"].get(event.actor_id, NOTHING) if event.actor_id else _("The portal"),
            what=str(kind.whats.get(event.what, event.what)) if kind else event.what,
            kind=str(kind.label) if kind else event.about_kind,
            name=name,
            url=kind.address(event.about_id) if kind and name else "",
            facts=shown[:few],
            more=max(0, len(shown) - few),
        )


def _facts(event: AdministrationEvent) -> list[tuple[str, list[Any]]]:
    return [*event.facts.items(), *(event.words.facts if event.words else {}).items()]


def _all_names(events: Iterable[AdministrationEvent]) -> dict[str, Mapping[int, str]]:
    """The names of everything that these changes speak of."""
    wanted: dict[str, set[int]] = defaultdict(set, {"person": set()})
    for event in events:
        wanted[event.about_kind].add(event.about_id)
        wanted["person"] |= {event.actor_id} if event.actor_id else set()
        kind = registry.administered.get(event.about_kind)
        for key, values in event.facts.items() if kind else ():
            of = kind.facts[key].of if kind and key in kind.facts else ""
            wanted[of] |= {number for value in values for number in _ids(value)} if of else set()
    return {kind: _names(kind, ids) for kind, ids in wanted.items()}


def _names(kind: str, ids: Iterable[int]) -> Mapping[int, str]:
    known, wanted = registry.administered.get(kind), frozenset(ids)
    return known.names(wanted) if known and wanted else {}


def _ids(value: Any) -> list[int]:
    several = value if isinstance(value, list) else [value]
    return [number for number in several if isinstance(number, int)]


def _fact(fact: Fact | None, key: str, values: list[Any], named: Named, brief: int) -> ChangedFact:
    before, after = (_shown(fact, value, named) for value in values)
    label = str(fact.label) if fact else key
    return ChangedFact(label, _cut(before, brief), _cut(after, brief))


def _shown(fact: Fact | None, value: Any, named: Named) -> str:
    if fact is None or value is None:
        return words(value)
    if fact.of and not isinstance(value, str):  # a word is from before there were records of that kind
        names = named.get(fact.of, {})
        return ", ".join(names.get(number, f"#{number}") for number in _ids(value)) or NOTHING
    return fact.show(value)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
