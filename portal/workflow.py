"""Workflows: states, and steps that lead from one to another, as one value for each kind of subject.

Pure: no database, no web. Policy, addresses, buttons, labels, desk, mail, history, the diagram in the docs and the
tests all read the same rows (`portal/workflows/`). Texts are English msgids, marked with `N_` and translated where they
are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple


def N_(text: str) -> str:  # gettext's usual name for "translate this later"
    """Marks a text for the catalogues without translating it."""
    return text


@dataclass(frozen=True)
class State:
    """A status and whose turn it is in it; the two change only together, in `subjects.service.advance()`.

    Two states are the same if these agree; the texts describe the state to its readers.
    """

    status: StrEnum
    turn: StrEnum
    label: str = field(default="", compare=False)  # in lists
    task: str = field(default="", compare=False)  # what is asked of the person whose turn it is, verb first
    mail: str = field(default="", compare=False)  # the same with the name, on desks and as the subject of a mail
    mail_to_owner: str = field(
        default="", compare=False
    )  # the same for the person whom it is about, if it is their turn
    # the subject of the mail when the state is reached, by the receiver's party, where it is none of the above
    reached: Mapping[str, str] = field(default_factory=dict, compare=False)
    to_owner: str = field(default="", compare=False)  # the state in a sentence for the person whom it is about
    to_others: str = field(default="", compare=False)  # the state in a sentence for everybody else
    writing: tuple[str, str] | None = field(default=None, compare=False)  # endpoint and button of what is being written
    phase: str = field(default="", compare=False)  # the step of the progress line that it belongs to
    eve: int = field(default=0, compare=False)  # working days before the subject's start from which the turn counts

    def asks(self, owner: bool) -> str:
        """The msgid of what is asked of whoever's turn it is, a whole sentence with a place for the name where it is
        not the `owner`, whom the subject is about; "" for nobody."""
        return self.mail_to_owner or self.mail if owner else self.mail or self.mail_to_owner


class Move(NamedTuple):
    """From any of `sources` to `target`. `waited_for` is False where the step is possible but not expected."""

    sources: tuple[State, ...]
    target: State
    waited_for: bool = True


@dataclass(frozen=True)
class Step:
    """One action: who takes it, where it leads, on which page, and its texts."""

    action: StrEnum
    by: StrEnum  # the party that may take it; policy.py decides who belongs to it
    moves: tuple[Move, ...]
    endpoint: str  # of the page (GET) on which it is taken; it takes the subject's `reference`
    button: str
    history: str  # the line in the history
    news: str = ""  # the mail to those who need not act; empty where everybody concerned has to act
    news_to_others: str = ""  # the same for people whom it is not about; empty where `news` fits both
    asks: str = ""  # the subject of the mail to those whose turn it becomes, where the state's own would not fit
    done: str = ""  # the receipt that whoever took the step gets as a mail
    needs_reason: bool = False
    reason_for: tuple[StrEnum, ...] = ()  # the only parties that may read the reason; empty: all who read the subject
    tells_all: bool = False  # everybody involved is told, not only whom it is about
    ends_early: bool = False  # shown after the main buttons, and not expected
    completes: tuple[str, ...] = ()  # the phases of the progress line that are passed with it
    undoes: StrEnum | None = None  # the step that it takes back, to the very state before it; for whoever took it
    within: timedelta = timedelta(0)  # for so long; not after somebody else has acted

    @property
    def reason_matters(self) -> bool:
        """Whether the given reason is shown in the header of the page."""
        return self.needs_reason or self.ends_early


@dataclass(frozen=True)
class Workflow:
    """The states and steps of one kind of subject, and the sentences of its history that are not steps."""

    name: str
    start: State
    steps: tuple[Step, ...]
    ended: frozenset[StrEnum]  # statuses in which it is nobody's turn any more
    ended_early: frozenset[StrEnum]  # those of them that were not the aim
    facts: Mapping[str, str] = field(
        default_factory=dict
    )  # events of `subjects` itself, with their labels in the history

    @cached_property
    def by_action(self) -> Mapping[str, Step]:
        return {step.action: step for step in self.steps}

    @cached_property
    def undone_by(self) -> Mapping[StrEnum, Step]:
        """The step that takes another one back, for the steps that can be."""
        return {step.undoes: step for step in self.steps if step.undoes is not None}

    @cached_property
    def transitions(self) -> Mapping[tuple[StrEnum, State], State]:
        """(action, source) → target, in the table's order."""
        return {(action, source): target for action, source, target in self.arrows()}

    @cached_property
    def states(self) -> frozenset[State]:
        return frozenset({self.start, *self.transitions.values()})

    @cached_property
    def _states(self) -> Mapping[tuple[str, str], State]:
        return {(state.status, state.turn): state for state in self.states}

    @cached_property
    def _possible(self) -> Mapping[State, tuple[StrEnum, ...]]:
        return {state: tuple(action for action, source in self.transitions if source == state) for state in self.states}

    @cached_property
    def _awaited(self) -> Mapping[State, frozenset[StrEnum]]:
        found: dict[State, set[StrEnum]] = {state: set() for state in self.states}
        for step in self.steps:
            for move in step.moves:
                if move.waited_for and not step.ends_early:
                    for source in move.sources:
                        found[source].add(step.action)
        return {state: frozenset(actions) for state, actions in found.items()}

    def arrows(self) -> Iterator[tuple[StrEnum, State, State]]:
        """Every (action, source, target) of the table, in its order."""
        for step in self.steps:
            for move in step.moves:
                for source in move.sources:
                    yield step.action, source, move.target

    def state(self, status: str, turn: str) -> State:
        """The workflow's state with its texts. Raises KeyError: it has no such state."""
        return self._states[status, turn]

    def of_status(self, status: str) -> State:
        """The first state of this status in the table's order, for texts that do not depend on the turn. Raises
        LookupError: it has no such status."""
        for state in (self.start, *self.transitions.values()):
            if state.status == status:
                return state
        raise LookupError(status)

    def follow(self, state: State, action: StrEnum) -> State | None:
        """Where `action` leads from `state`; None where the table has no such step."""
        return self.transitions.get((action, state))

    def possible(self, state: State) -> tuple[StrEnum, ...]:
        """The actions that the table allows from `state`, in the table's order, whoever asks."""
        return self._possible[state]

    def main_step(self, state: State, party: str) -> Step | None:
        """The step that is expected of a party in `state` before any other, in the table's order."""
        awaited = self.awaited(state)
        return next((step for step in self.steps if step.action in awaited and step.by == party), None)

    def awaited(self, state: State) -> frozenset[StrEnum]:
        """The actions that are expected of one of the parties in `state`."""
        return self._awaited[state]

    def history(self, what: str) -> str:
        """The label of an event in the history; empty where it is neither a step nor an event of `subjects` itself."""
        step = self.by_action.get(what)
        return step.history if step else self.facts.get(what, "")
