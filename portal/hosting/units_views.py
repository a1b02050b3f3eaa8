"""The pages of host units: the list, each unit, and editing it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.accounts.queries import agencies
from portal.bookings.queries import booked as seats_booked
from portal.findings import error
from portal.hosting import forms, service
from portal.hosting.labels import FINDINGS
from portal.hosting.service import FIELDS
from portal.policy import Permission, allows
from portal.topics.service import chosen
from portal.units import queries
from portal.units.models import HostUnit
from portal.web import drafts
from portal.web.formats import LANGUAGES, day_range
from portal.web.forms import choices
from portal.web.language import spoken
from portal.web.pagination import page_of
from portal.web.permit import current_actor, permit

bp = Blueprint("hosting", __name__, url_prefix="/units")


def unit_or_404(unit_id: int) -> HostUnit:
    unit = queries.unit(unit_id)
    if unit is None:
        abort(404)
    return unit


@bp.get("")
@permit(Permission.SIGNED_IN)
def units() -> ResponseReturnValue:
    both = agencies()
    wanted = next((agency for agency in both if agency.code == request.args.get("agency")), None)
    language = request.args.get("language", "")
    statement = queries.units(spoken(), wanted.id if wanted else None, language if language in LANGUAGES else "")
    page = page_of(statement, entities=True)
    return render_template(
        "hosting/units.html", page=page, agencies=both, wanted=wanted, working=language, known_languages=LANGUAGES
    )


@bp.get("/<int:unit_id>")
@permit(Permission.SIGNED_IN)
def unit(unit_id: int) -> ResponseReturnValue:
    found = unit_or_404(unit_id)
    first = calendars.today(found.agency.zone)
    booked = seats_booked([found.id], first, first + timedelta(days=180)).get(found.id, {})
    people = queries.coordinators(found.id)
    return render_template("hosting/unit.html", unit=found, people=people, booked=booked)


def _stored(unit: HostUnit, reason: str | None = None) -> forms.UnitForm:
    """The form with the stored values and an empty row for one more period; no reason is stored."""
    rows = [{"first": p.first, "last": p.last, "why": p.why} for p in unit.blocked]
    values = {name: getattr(unit, name) for name in FIELDS} | {"languages": unit.languages.split(), "blocked": rows}
    values["topics"] = [topic.id for topic in unit.topics]
    values[f"name_{unit.agency.language}"] = ""  # is asked for as its own name
    form = forms.UnitForm(formdata=None, version=unit.version, reason=reason, **values)
    _add_period(form)
    return form


def _add_period(form: forms.UnitForm) -> bool:
    """An empty row for one more period; False where there are as many as there may be."""
    room: bool = len(form.blocked) < form.blocked.max_entries
    if room:
        form.blocked.append_entry()
    return room


def _edit_page(form: forms.UnitForm, unit: HostUnit, status: int = 200) -> ResponseReturnValue:
    return render_template("hosting/edit.html", form=form, unit=unit), status


@bp.get("/<int:unit_id>/edit")
@permit(Permission.EDIT_UNIT, load=unit_or_404)
def edit(unit: HostUnit) -> ResponseReturnValue:
    return _edit_page(_stored(unit), unit)


@bp.post("/<int:unit_id>/edit")
@permit(Permission.EDIT_UNIT, load=unit_or_404)
def edit_post(unit: HostUnit) -> ResponseReturnValue:
    form = forms.UnitForm()
    if request.form.get("more"):
        if not _add_period(form):
            form.refuse([error("most_rows", most=form.blocked.max_entries)], FINDINGS)
        return _edit_page(form, unit)
    if form.validate():
        with form.refusals(FINDINGS), drafts.conflicts(form, lambda: _stored(unit, form.reason.data)):
            given = {"reason": form.reason.data or "", "confirmed": form.confirmed}
            moved = service.save_unit(
                unit, form.read, _answers(form, unit), _blocked(form), by=current_actor(), **given
            )
            flash(_("Saved. Everybody whose visit is moved was told.") if moved else _("Saved."))
            return redirect(url_for("hosting.unit", unit_id=unit.id))
    if form.differing == []:  # as after the same press
        return redirect(url_for("hosting.unit", unit_id=unit.id))
    if form.warned.data and not form.reason.data:
        form.reason.data = _why(form, unit)
    return _edit_page(form, unit, form.status)


def _why(form: forms.UnitForm, unit: HostUnit) -> str:
    """A reason to begin with, for those whose visits are moved."""
    if not form.active.data:
        return _("The unit takes no experts any more.")
    known = {(period.first, period.last) for period in unit.blocked}
    new = [period for period in _blocked(form) if period[:2] not in known]
    periods = [f"{day_range(first, last)}{f' ({why})' if why else ''}" for first, last, why in new]
    return _("The unit takes nobody on these days: %(days)s", days="; ".join(periods))


def _answers(form: forms.UnitForm, unit: HostUnit) -> dict[str, Any]:
    asked = [name for name in FIELDS if name != f"name_{unit.agency.language}"]
    values = {name: "" if value is None else value for name, value in form.values(*asked).items()}
    topics = chosen(form.topics.data or (), form.other_topics.data or "", by=current_actor())
    return values | {"languages": " ".join(form.languages.data), "topics": topics}


def _blocked(form: forms.UnitForm) -> list[Any]:
    return [(row["first"], row["last"], row["why"] or "") for row in form.blocked.data if row["first"]]


@bp.get("/new")
@permit(Permission.CREATE_CALL)
def new() -> ResponseReturnValue:
    return render_template("hosting/new.html", form=_own_agencies(forms.NewUnitForm()))


@bp.post("/new")
@permit(Permission.CREATE_CALL)
def new_post() -> ResponseReturnValue:
    form = _own_agencies(forms.NewUnitForm())
    if form.validate():
        unit = service.new_unit(form.agency.data, form.name.data, form.city.data, by=current_actor())
        return redirect(url_for("hosting.edit", unit_id=unit.id))
    return render_template("hosting/new.html", form=form), 422


def _own_agencies(form: forms.NewUnitForm) -> forms.NewUnitForm:
    actor = current_actor()
    every = allows(Permission.ADMINISTER, actor)
    form.agency.choices = choices((a.id, a.short_name) for a in agencies() if every or a.id in actor.decides_for)
    return form
