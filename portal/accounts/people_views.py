"""The pages of one's own profile, and the administrator's pages of people."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.accounts import people, queries, registration
from portal.accounts.forms import InviteForm, ProfileForm, RolesForm, languages_of
from portal.accounts.labels import FINDINGS, ROLES
from portal.accounts.models import Person
from portal.db import session
from portal.policy import Permission, Role
from portal.storage import Missing
from portal.web.forms import choices
from portal.web.language import spoken
from portal.web.pagination import page_of
from portal.web.permit import current_actor, permit
from portal.web.uploads import MOST, attachment, check_upload

bp = Blueprint("profile", __name__)
PROFILE = ("name", "document_name", "post", "unit_name", "years", "phone", "topics")


@bp.get("/profile")
@permit(Permission.SIGNED_IN)
def profile() -> ResponseReturnValue:
    person = queries.person_with_profile(current_actor().id)
    languages = [{"code": x.code, "level": x.level.value} for x in person.languages]
    values = {name: getattr(person, name) for name in ("version", *PROFILE)}
    return _profile_page(ProfileForm(**values, languages=languages))


def _profile_page(form: ProfileForm, status: int = 200) -> ResponseReturnValue:
    return render_template("accounts/profile.html", form=form, cv=queries.cv_of(current_actor().id)), status


@bp.post("/profile")
@permit(Permission.SIGNED_IN)
def profile_post() -> ResponseReturnValue:
    form = ProfileForm()
    if form.validate():
        with form.refusals(FINDINGS):
            cv, rows = _chosen_cv(form), languages_of(form.languages.data)
            people.save_profile(current_actor().id, form.read, form.values(*PROFILE), rows)
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


@bp.get("/admin/people")
@permit(Permission.ADMINISTER)
def index() -> ResponseReturnValue:
    text, role = request.args.get("q", "")[:100], request.args.get("role", "")
    page = page_of(people.people(spoken(), text, role if role in set(Role) else ""), entities=True)
    return render_template("accounts/people.html", page=page, text=text, role=role, roles=ROLES)


@bp.get("/admin/people/invite")
@permit(Permission.ADMINISTER)
def invite() -> ResponseReturnValue:
    return render_template("accounts/invite.html", form=_choices(InviteForm()))


@bp.post("/admin/people/invite")
@permit(Permission.ADMINISTER)
def invite_post() -> ResponseReturnValue:
    form = _choices(InviteForm())
    if form.validate():
        agency = next((a for a in queries.agencies() if a.code == form.agency.data), None)
        roles = [Role(value) for value in form.roles.data]
        with form.refusals(FINDINGS):
            registration.invite(
                form.email.data, form.name.data, agency, roles, unit_ids=form.units.data, by=current_actor()
            )
            flash(_("The invitation is on its way."))
            return redirect(url_for("profile.index"))
    return render_template("accounts/invite.html", form=form), 422


def _choices(form: InviteForm) -> InviteForm:
    form.agency.choices = choices([("", _("No agency")), *((a.code, a.short_name) for a in queries.agencies())])
    form.units.choices = choices(queries.unit_choices(spoken()))
    return form


def _person_or_404(person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        abort(404)
    return queries.person_with_profile(person_id)


@bp.get("/admin/people/<int:person_id>")
@permit(Permission.ADMINISTER)
def person(person_id: int) -> ResponseReturnValue:
    found = _person_or_404(person_id)
    form = RolesForm(
        version=found.version,
        roles=sorted({g.role.value for g in found.grants}),
        active=found.active,
        units=[g.unit_id for g in found.grants if g.unit_id],
    )
    form.units.choices = choices(queries.unit_choices(spoken(), found.agency_id))
    return render_template("accounts/person.html", form=form, person=found)


@bp.post("/admin/people/<int:person_id>")
@permit(Permission.ADMINISTER)
def person_post(person_id: int) -> ResponseReturnValue:
    found = _person_or_404(person_id)
    form = RolesForm()
    form.units.choices = choices(queries.unit_choices(spoken(), found.agency_id))
    if form.validate():
        roles = [Role(value) for value in form.roles.data]
        with form.refusals(FINDINGS):
            people.change_roles(
                found.id, form.version.data, roles, form.units.data, form.active.data, by=current_actor()
            )
            flash(_("Saved. %(name)s signs in anew.", name=found.name))
            return redirect(url_for("profile.index"))
    return render_template("accounts/person.html", form=form, person=found), 422
