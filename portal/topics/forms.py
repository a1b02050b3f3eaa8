"""Forms of the list of topics."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired

from portal.topics.labels import GROUP
from portal.topics.models import TopicGroup
from portal.web.forms import Form, VersionedForm, choices, one_line


def _name(label: Any) -> Any:
    return one_line(label, most=120, required=False)


class _Names(Form):
    name_tr = _name(_l("Name in Turkish"))
    name_az = _name(_l("Name in Azerbaijani"))
    name_en = _name(_l("Name in English"))
    group = SelectField(_l("Group"), choices=choices(GROUP.items()), coerce=TopicGroup, default=TopicGroup.OTHER)


class NewTopicForm(_Names):
    """A topic for the list."""


class TopicForm(_Names, VersionedForm):
    """A better name, another group, or that it is offered no more."""

    retired = BooleanField(_l("Retired: kept where it is used, and offered no more"))


class MergeForm(VersionedForm):
    into = SelectField(
        _l("Which topic stands for it from now on?"),
        coerce=int,
        validators=[InputRequired(_l("Choose another topic of the list."))],
    )
