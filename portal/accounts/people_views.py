"""The pages of one's own profile."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from portal.accounts import people, queries, service
from portal.accounts.forms import ProfileForm, languages_of
from portal.accounts.labels import FINDINGS
from portal.db import unlocked
from portal.names import travel_name
from portal.policy import Permission
from portal.storage import Missing
from portal.topics import service as topics
from portal.web.permit import current_actor, permit
from portal.web.uploads import MOST, attachment, check_upload

bp = Blueprint("profile", __name__)
PROFILE = ("name", "document_name", "post", "unit_name", "years", "phone")


@bp.get("/profile")
@permit(Permission.SIGNED_IN)
def profile() -> ResponseReturnValue:
    person = queries.person_with_profile(current_actor().id)
    languages = [{"code": x.code, "level": x.level.value} for x in person.languages]
    values: dict[str, Any] = {name: getattr(person, name) for name in ("version", *PROFILE)}
    values["topics"] = [topic.id for topic in person.topics]
    return _profile_page(ProfileForm(**values, languages=languages))


def _profile_page(form: ProfileForm, status: int = 200) -> ResponseReturnValue:
    person, cv = current_user.person, queries.cv_of(current_actor().id)
    travel = travel_name(person.name, person.agency.country) if person.agency else ""
    page = render_template("accounts/profile.html", form=form, cv=cv, address=person.email, travel_name=travel)
    return page, status


@bp.post("/profile")
@permit(Permission.SIGNED_IN)
def profile_post() -> ResponseReturnValue:
    form = ProfileForm()
    if form.validate():
        with form.refusals(FINDINGS):
            cv, rows = _chosen_cv(form), languages_of(form.languages.data)
            known = topics.chosen(form.topics.data, form.other_topics.data, by=current_actor())
            people.save_profile(current_actor().id, form.read, form.values(*PROFILE) | {"topics": known}, rows)
            if cv is not None:
                people.keep_cv(current_actor().id, cv, current_app.extensions["storage"])
            flash(_("Your profile is saved. New applications begin with it."))
            return redirect(url_for("profile.profile"))
    return _profile_page(form, 422)


def _chosen_cv(form: ProfileForm) -> people.NewCv | None:
    """The chosen file after its check, None where none was chosen. Raises RuleViolation with a code of `uploads`."""
    chosen = form.cv.data
    if not chosen:
        return None
    with unlocked():
        checked = check_upload(chosen.stream.read(MOST + 1), chosen.filename or "", "cv")
    return people.NewCv(checked.name, checked.media_type, checked.data, checked.sha256)


@bp.get("/profile/cv")
@permit(Permission.SIGNED_IN)
def cv() -> ResponseReturnValue:
    kept = queries.cv_of(current_actor().id)
    if kept is None:
        abort(404)
    try:
        data = current_app.extensions["storage"].get(kept.key)
    except Missing:
        abort(410)
    return attachment(data, kept.name, kept.media_type)


@bp.post("/profile/browsers/forget")
@permit(Permission.SIGNED_IN)
def forget_browsers() -> ResponseReturnValue:
    service.forget_browsers(current_actor().id, but=current_user.token)
    flash(_("Every other browser is signed out, and none is known to your account any more."))
    return redirect(url_for("profile.profile"))
