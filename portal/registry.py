"""What stages contribute to lower modules: kinds of subjects, tasks, tabs, hooks, reminders.

Each stage registers its own in one function, `register(registry)` in its `contributions.py`, which `app.py` calls;
nothing is added while modules are imported. Lower modules use the registry instead of importing higher ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal.findings import Finding
from portal.policy import Actor, Grant
from portal.workflow import Workflow

DEPENDENTS_SHOWN = 12  # of each kind


@dataclass(frozen=True)
class SubjectKind:
    """What `subjects` needs to know of one kind of subject besides its workflow. A subject is a row of the model."""

    workflow: Workflow
    lock: Callable[[int], Any]  # the subject as it is now, its row locked until the commit
    moved: Callable[[Any, StrEnum, datetime], None]  # stores what this kind keeps of a step, and the new due date
    facts: Callable[[Any], dict[str, Any]]  # the facts for every message about it
    path: Callable[[Any], str]  # the address of its page
    turn_path: Callable[[Any], str]  # the address that leads whoever opens it to what is theirs to do
    read: StrEnum  # the permission to read it, and with it its documents
    owner_id: Callable[[Any], int]  # the person whom it is about
    turn_receivers: Callable[[Any], Sequence[Any]]  # the people whose turn it is
    informed: Callable[[Any], Sequence[Any]]  # those who are notified without having to act
    involved: Callable[[Any], Sequence[Any]]  # everybody, for steps that concern all


@dataclass(frozen=True)
class Verified:
    """What the page that checks a document may say of it to anybody: the two agencies, and facts as (label, text)."""

    agencies: tuple[Any, Any] | None
    facts: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class DocumentType:
    """A document of a kind of subject that can be made, sealed and checked, in any language of the portal."""

    name: str
    load: Callable[[int], Any]  # the subject with what the functions below need
    html: Callable[[Any, str, Any], str]  # (subject, language, seal, or None for a draft): the page that becomes a PDF
    zone: Callable[[Any], str]  # whose day of sealing names the file
    verified: Callable[[Any], Verified]
    event: str  # of the history, for each version that is sealed
    all_sealed: Callable[[Any], None]  # called when every wanted version is sealed


@dataclass(frozen=True)
class Tab:
    """A part of a subject's page with an address of its own; `rank` orders the parts of all stages."""

    key: str
    endpoint: str
    label: Any
    rank: int


@dataclass(frozen=True)
class Task:
    """One thing that waits for a person, as the desk lists it: what to do, about whom, since when and until when.

    `endpoint` is the page on which it is done, `about` that of the subject; `call` is the call's title by language;
    `first` and `last` are the days of the visit or, while it is `wished`, those that the expert wishes for.
    """

    text: str  # a msgid, a whole sentence with a place for the %(name)s
    name: str
    endpoint: str
    about: str
    reference: str
    call: Mapping[str, str]
    kind: str
    home_id: int
    host_id: int
    place: str
    first: date | None
    last: date | None
    wished: bool
    since: datetime
    due_on: date | None
    zone: str  # whose midnight ends that day
    from_on: date | None = None  # from when it is somebody's turn, where that is still to come


def _none(_actor: Actor, _most: int) -> list[Task]:
    return []


@dataclass(frozen=True)
class TaskSource:
    """Finds one kind of task. `waiting` returns SELECTs of ids, each over one range of an index, that together find an
    actor's tasks; `overdue` those whose due date has passed on
    the present day of each agency; `first` the most urgent ones."""

    waiting: Callable[[Actor], Sequence[Any]]
    overdue: Callable[[Actor, tuple[tuple[int, date], ...]], Sequence[Any]]
    first: Callable[[Actor, int], list[Task]]
    later: Callable[[Actor, int], list[Task]] = _none  # those that will wait, the next first; they count nowhere


@dataclass(frozen=True)
class Fact:
    """What can change of something that is administered: its label, and how a stored value is shown. `of` names the
    kind of records whose ids the value holds, which are then shown by their names."""

    label: Any
    show: Callable[[Any], str] = str
    of: str = ""


@dataclass(frozen=True)
class Administered:
    """One kind of records in the history of administration: what can be done with them, and what of them changes."""

    name: str
    label: Any
    whats: Mapping[str, Any]
    facts: Mapping[str, Fact]
    names: Callable[[Collection[int]], Mapping[int, str]]  # the present names of those that are still there
    address: Callable[[int], str]  # the page on which one is administered


@dataclass(frozen=True)
class TopicUse:
    """What refers to topics: its table, with `topic_id` and the column that names the `owner`; `count` writes in words
    how many there are."""

    name: str
    table: Any
    owner: str
    count: Callable[[int], str]


@dataclass(frozen=True)
class Departure:
    """What changes when a person loses roles, or an account is closed or opened again. A closed account loses all."""

    person_id: int
    name: str
    lost: Sequence[Grant]
    closed: bool = False
    opened: bool = False


@dataclass(frozen=True)
class Dependent:
    """One thing that hangs on another: its name, how it stands, and its page; no address where the reader has none."""

    name: str
    stands: str = ""
    address: str = ""


@dataclass(frozen=True)
class Dependents:
    """Things of one kind that hang on something which may be changed, closed or removed, the most pressing `shown`.

    `rank` orders the kinds, the worst first; `label` says in words how many there are; `becomes`, what becomes of them.
    """

    rank: int
    label: str
    becomes: str
    count: int
    shown: Sequence[Dependent]

    @property
    def more(self) -> int:
        return self.count - len(self.shown)


@dataclass(frozen=True)
class Stored:
    """What one table holds of a person: its rows of these exchanges (or `of_person`: of these people), the columns with
    their data, and what clearing does: it deletes the rows, or blanks the columns where others refer to the row.

    `blank` are values other than "" (or none at all) that are put there; `file` is the column with the storage's key.
    """

    model: Any
    label: Any
    belongs: Callable[[Any], Any]  # ids → the condition for the rows
    columns: Sequence[str]
    deletes: bool = True
    of_person: bool = False
    blank: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    told: bool = True  # stands in what a person downloads of themselves; not where it is of others too


@dataclass
class Registry:
    """Created and filled by each `create_app`."""

    kinds: dict[str, SubjectKind] = field(default_factory=dict)
    documents: dict[str, DocumentType] = field(default_factory=dict)
    tasks: list[TaskSource] = field(default_factory=list)
    tabs: dict[str, list[Tab]] = field(default_factory=lambda: defaultdict(list))
    when_ended_early: dict[str, list[Callable[[Any], None]]] = field(default_factory=lambda: defaultdict(list))
    # facts for messages about subjects of a kind, by their ids, from stages above the kind's own
    message_facts: dict[str, list[Callable[[Sequence[Any]], Mapping[int, Mapping[str, Any]]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    when_taken: dict[str, list[Callable[[Any], None]]] = field(default_factory=lambda: defaultdict(list))  # by action
    when_left: list[Callable[[Departure, Actor], None]] = field(default_factory=list)  # after roles were taken
    before_left: list[Callable[[Departure], Sequence[Finding]]] = field(default_factory=list)  # what to mind before it
    reminders: list[Callable[[Any], None]] = field(default_factory=list)
    # what a mail of a kind says besides, as (label, text), read when it is sent: (subject's id, receiver's id)
    mail_details: dict[str, Callable[[int, int], Sequence[tuple[str, str]]]] = field(default_factory=dict)
    # what stands on a person's desk beside the tasks, from stages below it
    meetings: list[Callable[[Actor], Sequence[Any]]] = field(default_factory=list)
    event_labels: dict[str, Any] = field(default_factory=dict)  # labels of events that are no steps
    administered: dict[str, Administered] = field(default_factory=dict)
    topic_uses: list[TopicUse] = field(default_factory=list)
    # what hangs on a "person", their "roles", a "unit", "call" or "agency", by its id, as this reader may see it
    dependents: dict[str, list[Callable[[int, Actor], Sequence[Dependents]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    stored: list[Stored] = field(default_factory=list)  # what there is of a person, for the download and the clearing
    # the exchanges of a call whose application does not keep to its limits: (call's id, limits)
    outside_call: list[Callable[[int, Any], Sequence[Any]]] = field(default_factory=list)

    def clear(self) -> None:
        lists = (
            self.tasks,
            self.reminders,
            self.when_left,
            self.before_left,
            self.meetings,
            self.outside_call,
            self.topic_uses,
            self.stored,
        )
        words = (self.event_labels, self.administered, self.message_facts, self.mail_details, self.dependents)
        for part in (self.kinds, self.documents, self.tabs, self.when_ended_early, self.when_taken, *words, *lists):
            part.clear()

    def add_kind(self, kind: SubjectKind) -> None:
        self.kinds[kind.workflow.name] = kind

    def add_document(self, document: DocumentType) -> None:
        self.documents[document.name] = document

    def add_tabs(self, kind: str, *tabs: Tab) -> None:
        self.tabs[kind] = sorted([*self.tabs[kind], *tabs], key=lambda tab: tab.rank)

    def add_administered(self, *kinds: Administered) -> None:
        self.administered.update({kind.name: kind for kind in kinds})

    def hanging_on(self, kind: str, number: int, reader: Actor) -> list[Dependents]:
        """What hangs on one thing, the worst first; kinds of which there is none are left out."""
        found = [part for finds in self.dependents[kind] for part in finds(number, reader) if part.count]
        return sorted(found, key=lambda part: part.rank)

    def add_event_labels(self, labels: Mapping[str, Any]) -> None:
        """Adds labels of events. Raises ValueError: another stage has a label for one of them."""
        if known := set(labels) & set(self.event_labels):
            raise ValueError(f"already registered: {', '.join(sorted(known))}")
        self.event_labels.update(labels)


registry = Registry()
