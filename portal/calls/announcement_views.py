"""Announcements: the list, an announcement's page, and writing, changing and taking one back."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.calls import announcement_service, queries
from portal.calls.announcement_service import AnnouncementFacts
from portal.calls.forms import EditAnnouncementForm, NewAnnouncementForm, StepForm
from portal.calls.labels import FINDINGS
from portal.calls.models import Announcement, Standing
from portal.policy import Permission, allows
from portal.web import drafts
from portal.web.formats import long_day
from portal.web.pagination import page_of
from portal.web.permit import current_actor, permit

bp = Blueprint("announcements", __name__)
HIDDEN = (Standing.DRAFT, Standing.COMING)


def announcement_or_404(announcement_id: int) -> Announcement:
    """Loads the announcement of an address; 404 if unknown, or not yet published and the actor may not edit it."""
    found = queries.announcement(announcement_id)
    if found is None:
        abort(404)
    hidden = found.standing(calendars.now()) in HIDDEN
    if hidden and not allows(Permission.EDIT_ANNOUNCEMENT, current_actor(), found):
        abort(404)
    return found


@bp.get("/announcements")
@permit(Permission.PUBLIC)
def index() -> ResponseReturnValue:
    at = calendars.now()
    page = page_of(queries.announcements(at, current_actor()), entities=True)
    return render_template("calls/announcements.html", page=page, at=at)


@bp.get("/announcements/<int:announcement_id>")
@permit(Permission.PUBLIC, load=announcement_or_404)
def show(announcement: Announcement) -> ResponseReturnValue:
    return render_template("calls/announcement.html", announcement=announcement, at=calendars.now())


@bp.get("/announcements/new")
@permit(Permission.ANNOUNCE)
def new() -> ResponseReturnValue:
    form, agencies = NewAnnouncementForm(), queries.agencies_of(current_actor())
    form.offer(agencies)
    form.first.data = calendars.today(agencies[0].zone) if agencies else calendars.today()
    return render_template("calls/announcement_edit.html", form=form, announcement=None)


def _valid(form: NewAnnouncementForm | EditAnnouncementForm) -> bool:
    """Whether every answer is valid and none contradicts another; adds the findings to their fields."""
    form.offer(queries.agencies_of(current_actor()))
    if not form.validate():
        return False
    form.refuse(announcement_service.check(AnnouncementFacts(**form.values())), FINDINGS)
    return not form.errors


@bp.post("/announcements/new")
@permit(Permission.ANNOUNCE)
def new_post() -> ResponseReturnValue:
    form = NewAnnouncementForm()
    if _valid(form):
        facts = AnnouncementFacts(**form.values())
        return _saved(announcement_service.announce(facts, idempotency_key=form.key, by=current_actor()))
    return render_template("calls/announcement_edit.html", form=form, announcement=None), 422


def _saved(announcement: Announcement) -> ResponseReturnValue:
    """Redirects to its page, with a message of who can read it now."""
    standing, day = announcement.standing(calendars.now()), long_day(announcement.first)
    flash(
        {
            Standing.DRAFT: _("The announcement is saved as a draft. Only those who may edit it see it."),
            Standing.COMING: _("The announcement is saved. Everybody can read it from %(day)s on.", day=day),
            Standing.CURRENT: _("The announcement is saved. Everybody can read it now."),
            Standing.PAST: _("The announcement is saved. It stands among the earlier ones."),
        }[standing]
    )
    return redirect(url_for("announcements.show", announcement_id=announcement.id))


@bp.get("/announcements/<int:announcement_id>/edit")
@permit(Permission.EDIT_ANNOUNCEMENT, load=announcement_or_404)
def edit(announcement: Announcement) -> ResponseReturnValue:
    return _edit_page(_stored(announcement), announcement)


def _stored(announcement: Announcement) -> EditAnnouncementForm:
    """The form with what is stored now."""
    form = EditAnnouncementForm(formdata=None, version=announcement.version)
    form.offer(queries.agencies_of(current_actor()))
    form.show(announcement)
    return form


def _edit_page(form: EditAnnouncementForm, announcement: Announcement, status: int = 200) -> ResponseReturnValue:
    return render_template("calls/announcement_edit.html", form=form, announcement=announcement), status


@bp.post("/announcements/<int:announcement_id>/edit")
@permit(Permission.EDIT_ANNOUNCEMENT, load=announcement_or_404)
def edit_post(announcement: Announcement) -> ResponseReturnValue:
    form = EditAnnouncementForm()
    if _valid(form):
        facts = AnnouncementFacts(**form.values())
        with drafts.conflicts(form, lambda: _stored(announcement)):
            return _saved(announcement_service.change(announcement.id, facts, version=form.read, by=current_actor()))
    if form.differing == []:  # as after the same press
        return _saved(announcement)
    return _edit_page(form, announcement, form.status)


@bp.get("/announcements/<int:announcement_id>/take-back")
@permit(Permission.EDIT_ANNOUNCEMENT, load=announcement_or_404)
def take_back(announcement: Announcement) -> ResponseReturnValue:
    return _taking_back(announcement, _unchanged(announcement))


def _unchanged(announcement: Announcement) -> StepForm:
    return StepForm(formdata=None, version=announcement.version)


def _taking_back(announcement: Announcement, form: StepForm, status: int = 200) -> ResponseReturnValue:
    values = {"form": form, "at": calendars.now()}
    return render_template("calls/announcement_back.html", announcement=announcement, **values), status


@bp.post("/announcements/<int:announcement_id>/take-back")
@permit(Permission.EDIT_ANNOUNCEMENT, load=announcement_or_404)
def take_back_post(announcement: Announcement) -> ResponseReturnValue:
    form = StepForm()
    if form.validate():
        with drafts.conflicts(form, lambda: _unchanged(announcement)):
            announcement_service.take_back(announcement.id, version=form.read, by=current_actor())
            flash(_("The announcement is taken back. Only those who may edit it still see it."))
            return redirect(url_for("announcements.show", announcement_id=announcement.id))
    return _taking_back(announcement, form, form.status)
