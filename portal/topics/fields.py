"""The question for topics in any form: choices from the list, and a field for what is not in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField, TextAreaField

from portal.topics.labels import GROUP
from portal.topics.models import TopicState
from portal.topics.queries import TopicName, every, sorted_for
from portal.web.forms import choices, several_lines
from portal.web.language import spoken


@dataclass(frozen=True)
class Offered:
    """The topics of one group, each whether it is chosen; `open` where one of them is."""

    title: str
    topics: Sequence[tuple[TopicName, bool]]

    @property
    def open(self) -> bool:
        return any(chosen for _topic, chosen in self.topics)


def _known() -> list[Any]:
    """Every topic can be sent, also one that was retired or merged since the page was read."""
    language = spoken()
    return choices((one.id, one.in_language(language)[0]) for one in sorted_for(every(), language))


class TopicsField(SelectMultipleField):
    """Offers the list by groups, and whatever is chosen already."""

    def groups(self) -> Iterator[Offered]:
        chosen = set(self.data or ())
        shown = [one for one in every() if one.state is TopicState.LISTED or one.id in chosen]
        for group, title in GROUP.items():
            here = sorted_for((one for one in shown if one.group is group), spoken())
            if here:
                yield Offered(str(title), [(one, one.id in chosen) for one in here])


def topics(label: Any) -> TopicsField:
    return TopicsField(label, coerce=int, choices=_known)


def other_topics() -> TextAreaField:
    """What is not in the list, in one's own words: it is proposed for it, and counts at once."""
    return several_lines(_l("Not in the list? Propose it in your own words"), most=1_000, required=False)
