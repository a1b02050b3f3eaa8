"""The pages of the list of topics: searching it, better names, and merging two that say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.names import query_words
from portal.policy import Permission
from portal.registry import registry
from portal.topics import forms, queries, service
from portal.topics.labels import FINDINGS, GROUP, STATE
from portal.topics.models import Topic, TopicState
from portal.topics.queries import TopicName
from portal.topics.service import NAMES
from portal.web import drafts
from portal.web.forms import choices
from portal.web.language import spoken
from portal.web.permit import current_actor, permit

bp = Blueprint("topics", __name__, url_prefix="/topics")
blueprints = (bp,)


@bp.get("")
@permit(Permission.EDIT_TOPICS)
def index() -> ResponseReturnValue:
    text = request.args.get("q", "")[:100]
    found, uses = queries.matching(text, spoken()), queries.uses()
    proposed = [one for one in found if one.state is TopicState.PROPOSED]
    parts = [(_("Proposed, to be reviewed"), proposed)]
    for group, title in GROUP.items():
        parts.append((str(title), [one for one in found if one.group is group and one.state is TopicState.LISTED]))
    parts.append(
        (_("Not offered any more"), [one for one in found if one.state in (TopicState.RETIRED, TopicState.MERGED)])
    )
    used = {one.id: _used(one.id, uses) for one in found}
    shown = [(title, topics) for title, topics in parts if topics]
    return render_template(
        "topics/index.html", parts=shown, used=used, q=text if query_words(text) else "", states=STATE
    )


def _used(topic_id: int, uses: Mapping[str, Mapping[int, int]]) -> list[str]:
    """In words, by how many of each kind a topic is used."""
    return [use.count(number) for use in registry.topic_uses if (number := uses[use.name].get(topic_id, 0))]


def topic_or_404(topic_id: int) -> Topic:
    found = queries.topic(topic_id)
    if found is None:
        abort(404)
    return found


@bp.get("/new")
@permit(Permission.EDIT_TOPICS)
def new() -> ResponseReturnValue:
    return render_template("topics/edit.html", form=forms.NewTopicForm(), topic=None, used=[])


@bp.post("/new")
@permit(Permission.EDIT_TOPICS)
def new_post() -> ResponseReturnValue:
    form = forms.NewTopicForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.add(_names(form), form.group.data, by=current_actor())
            flash(_("The topic is in the list."))
            return redirect(url_for("topics.index"))
    return render_template("topics/edit.html", form=form, topic=None, used=[]), 422


def _names(form: Any) -> dict[str, str]:
    return {name: words or "" for name, words in form.values(*NAMES).items()}


def _stored(topic: Topic) -> forms.TopicForm:
    values = {name: getattr(topic, name) for name in (*NAMES, "group", "version")}
    return forms.TopicForm(formdata=None, retired=topic.state is TopicState.RETIRED, **values)


def _page(form: forms.TopicForm, topic: Topic, status: int = 200) -> ResponseReturnValue:
    used = _used(topic.id, queries.uses(topic.id))
    return render_template("topics/edit.html", form=form, topic=topic, used=used), status


@bp.get("/<int:topic_id>")
@permit(Permission.EDIT_TOPICS)
def edit(topic_id: int) -> ResponseReturnValue:
    topic = topic_or_404(topic_id)
    if topic.merged_into_id:
        return redirect(url_for("topics.edit", topic_id=topic.merged_into_id))
    return _page(_stored(topic), topic)


@bp.post("/<int:topic_id>")
@permit(Permission.EDIT_TOPICS)
def edit_post(topic_id: int) -> ResponseReturnValue:
    topic, form = topic_or_404(topic_id), forms.TopicForm()
    if form.validate():
        with form.refusals(FINDINGS), drafts.conflicts(form, lambda: _stored(topic)):
            said = {"retired": form.retired.data, "version": form.read, "by": current_actor()}
            service.change(topic.id, _names(form), form.group.data, **said)
            flash(_("The topic is saved."))
            return redirect(url_for("topics.index"))
    if form.differing == []:  # as after the same press
        return redirect(url_for("topics.index"))
    return _page(form, topic, form.status)


@bp.get("/<int:topic_id>/merge")
@permit(Permission.ADMINISTER)
def merge(topic_id: int) -> ResponseReturnValue:
    topic = topic_or_404(topic_id)
    if topic.merged_into_id:
        return redirect(url_for("topics.edit", topic_id=topic.merged_into_id))
    return _merge_page(_others(forms.MergeForm(version=topic.version), topic), topic)


def _others(form: forms.MergeForm, topic: Topic) -> forms.MergeForm:
    def label(one: TopicName) -> str:
        return one.in_language(spoken())[0]

    into = [one for one in queries.matching("", spoken()) if one.state is TopicState.LISTED and one.id != topic.id]
    form.into.choices = choices((one.id, label(one)) for one in into)
    return form


def _merge_page(form: forms.MergeForm, topic: Topic, status: int = 200) -> ResponseReturnValue:
    used = _used(topic.id, queries.uses(topic.id))
    return render_template("topics/merge.html", form=form, topic=topic, used=used), status


@bp.post("/<int:topic_id>/merge")
@permit(Permission.ADMINISTER)
def merge_post(topic_id: int) -> ResponseReturnValue:
    topic = topic_or_404(topic_id)
    form = _others(forms.MergeForm(), topic)
    if form.validate():
        with (
            form.refusals(FINDINGS),
            drafts.conflicts(form, lambda: forms.MergeForm(formdata=None, version=topic.version)),
        ):
            into = service.merge(topic.id, form.into.data, version=form.read, by=current_actor())
            flash(_("Merged. “%(name)s” stands for both.", name=into.named(spoken())))
            return redirect(url_for("topics.index"))
    return _merge_page(form, topic, form.status)
