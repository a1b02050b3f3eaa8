"""The pages of applying: begin, task list, one page for each section, check answers, submit, withdraw."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import calendars
from portal.applications import document_views, queries, service
from portal.applications.evidence import ticked
from portal.applications.forms import FORMS, CheckForm, SectionForm, WithdrawForm
from portal.applications.labels import FINDINGS, SECTION, beside, concerned
from portal.applications.models import Application, SectionComment
from portal.applications.pages import group, section_url
from portal.applications.sections import PREPARE, Section, findings, progress
from portal.applications.service import WRITABLE, Answers, Incomplete
from portal.calls.models import Call
from portal.calls.views import call_or_404
from portal.documents.labels import DOCUMENT
from portal.documents.queries import of_subject as documents_of_subject
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404
from portal.exchanges.views import show as show_tab
from portal.names import travel_name
from portal.policy import Permission, allows, reads_reason
from portal.topics.service import chosen
from portal.units.queries import names_of
from portal.web import drafts
from portal.web.findings import flashed, in_words
from portal.web.language import spoken
from portal.web.permit import current_actor, permit
from portal.workflows.exchange import EXCHANGE
from portal.workflows.exchange_terms import Action, Status

SINCE_THE_VISIT = (Status.UNDER_WAY, Status.COMPLETED, Status.REPORTED)
bp = Blueprint("applications", __name__)
blueprints = (bp, document_views.bp)


@bp.post("/calls/<int:call_id>/apply")
@permit(Permission.APPLY, load=call_or_404)
def apply(call: Call) -> ResponseReturnValue:
    with flashed(FINDINGS):
        exchange = service.begin_application(call, by=current_actor())
        return redirect(url_for("applications.show", reference=exchange.reference))
    return redirect(url_for("calls.show", call_id=call.id))


def application_or_404(exchange: Exchange) -> Application:
    application = queries.of_exchange(exchange.id)
    if application is None:
        abort(404)
    return application


def writable(exchange: Exchange) -> bool:
    """Whether this reader may write the application now."""
    return exchange.status in WRITABLE and allows(Permission.WRITE_APPLICATION, current_actor(), exchange)


@bp.get("/exchanges/<reference>/application")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def show(exchange: Exchange) -> ResponseReturnValue:
    application = application_or_404(exchange)
    documents, comments = documents_of_subject(exchange.id), readable_comments(exchange)
    if not writable(exchange):
        parts = group(application, queries.wished(application.id), documents)
        return show_tab(
            "applications/read.html", exchange, "application", application=application, parts=parts, comments=comments
        )
    rows = progress(application, application.call, {document.kind for document in documents})
    return render_template(
        "applications/tasks.html",
        exchange=exchange,
        application=application,
        call=application.call,
        prepare=[row for row in rows if row.section in PREPARE],
        consent=rows[-1],
        ready=not findings(rows),
        titles=SECTION,
        address=section_url,
        comments=comments,
        at=calendars.now(),
        reason=queries.return_reason(exchange.id) if exchange.status is Status.RETURNED else None,
    )


def readable_comments(exchange: Exchange) -> dict[str, list[SectionComment]]:
    """The newest comments on the sections that the present actor may read: what the home agency asks of its own expert
    is not for the host side."""
    reader = current_actor()
    asked = {exchange.home_id: Action.HOME_RETURN, exchange.host_id: Action.HOST_RETURN}
    return {
        section: [one for one in comments if reads_reason(asked[one.agency_id], reader, exchange)]
        for section, comments in queries.comments(exchange.id).items()
    }


def _section(name: str) -> Section:
    if name not in {section.value for section in FORMS}:
        abort(404)
    return Section(name)


def _form(application: Application, section: Section, **given: Any) -> SectionForm:
    form = FORMS[section](**given)
    units = names_of(application.call.host_id, spoken()) if section is Section.WISHES else []
    if section is Section.WISHES:
        units += [unit for unit in queries.wished(application.id) if unit not in units]
    form.prepare(application, units)
    return form


def _stored(exchange: Exchange, section: Section) -> SectionForm:
    """The form with the stored answers."""
    application = application_or_404(exchange)
    form = _form(application, section, formdata=None, version=application.version)
    form.show(application)
    return form


def _page(
    form: SectionForm, exchange: Exchange, application: Application, section: Section, status: int = 200
) -> ResponseReturnValue:
    values = {
        "form": form,
        "exchange": exchange,
        "application": application,
        "call": application.call,
        "section": section,
        "title": SECTION[section],
        "travel_name": travel_name(application.name, exchange.home.country),
        "comments": queries.comments(exchange.id).get(section.value, []),
    }
    return render_template("applications/section.html", **values), status


@bp.get("/exchanges/<reference>/application/<name>")
@permit(Permission.WRITE_APPLICATION, load=exchange_or_404)
def section(exchange: Exchange, name: str) -> ResponseReturnValue:
    part, application = _section(name), application_or_404(exchange)
    if not writable(exchange):
        return redirect(url_for("applications.show", reference=exchange.reference))
    return _page(_stored(exchange, part), exchange, application, part)


@bp.post("/exchanges/<reference>/application/<name>")
@permit(Permission.WRITE_APPLICATION, load=exchange_or_404)
def section_post(exchange: Exchange, name: str) -> ResponseReturnValue:
    part, application = _section(name), application_or_404(exchange)
    form = _form(application, part)
    if form.validate():
        with form.refusals(FINDINGS), drafts.conflicts(form, lambda: _stored(exchange, part)):
            answers = Answers(**_proposing(part, form.answers()))
            kept = service.save(exchange, part, answers, version=form.read, by=current_actor())
            if drafts.automatic():
                return drafts.saved(kept.version, kept.saved_at, kept.call.home.zone)
            return _onward(exchange, part)
    if drafts.automatic():
        words = _("Not saved: this application was saved elsewhere meanwhile. Save the page to compare.")
        return drafts.not_saved(form, words)
    if form.differing == []:  # as after a draft was saved by itself a moment ago
        return _onward(exchange, part)
    return _page(form, exchange, application, part, form.status)


def _proposing(part: Section, answers: Mapping[str, Any]) -> Mapping[str, Any]:
    """With topics in the expert's own words proposed for the list: at a press, not while they are still being typed."""
    if part is not Section.PERSON or drafts.automatic():
        return answers
    said = answers["columns"]
    known = chosen(said["topics"] or (), said["other_topics"] or "", by=current_actor())
    return {"columns": said | {"topics": [topic.id for topic in known], "other_topics": ""}}


def _onward(exchange: Exchange, part: Section) -> ResponseReturnValue:
    """After saving: to the next section, or to the task list."""
    tasks, following = url_for("applications.show", reference=exchange.reference), drafts.after(list(Section), part)
    return drafts.onward(section_url(exchange, following) if following else tasks, tasks)


@bp.get("/exchanges/<reference>/check")
@permit(Action.EXPERT_SUBMIT, load=exchange_or_404)
def check(exchange: Exchange) -> ResponseReturnValue:
    if EXCHANGE.follow(exchange.state, Action.EXPERT_SUBMIT) is None:
        return redirect(url_for("desk.overview", reference=exchange.reference))
    return _check_page(CheckForm(version=exchange.version), exchange)


def _check_page(form: CheckForm, exchange: Exchange, status: int = 200) -> ResponseReturnValue:
    application, documents = application_or_404(exchange), documents_of_subject(exchange.id)
    rows = progress(application, application.call, {document.kind for document in documents})
    late = service.time_finding(application.call, exchange.status)
    page = render_template(
        "applications/check.html",
        form=form,
        exchange=exchange,
        application=application,
        call=application.call,
        conditions=ticked(application, documents, writing=True),
        parts=group(application, queries.wished(application.id), documents),
        problems=[
            (SECTION[row.section], concerned(found), beside(found), section_url(exchange, row.section, found.field))
            for row in rows
            for found in row.findings
        ],
        address=section_url,
        time=in_words(late, FINDINGS) if late else "",
    )
    return page, status


@bp.post("/exchanges/<reference>/check")
@permit(Action.EXPERT_SUBMIT, load=exchange_or_404)
def check_post(exchange: Exchange) -> ResponseReturnValue:
    form = CheckForm()
    if form.validate():
        with form.refusals(FINDINGS), suppress(Incomplete):  # the page itself lists what is missing
            service.submit(exchange, version=form.read, by=current_actor(), confirmed=form.confirmed)
            flash(_("Your application is handed in. %(agency)s decides next.", agency=exchange.home.short_name))
            return redirect(url_for("desk.overview", reference=exchange.reference))
    return _check_page(form, exchange, 422)


@bp.get("/exchanges/<reference>/withdraw")
@permit(Action.EXPERT_WITHDRAW, load=exchange_or_404)
def withdraw(exchange: Exchange) -> ResponseReturnValue:
    return _withdraw_page(exchange, WithdrawForm(version=exchange.version))


def _withdraw_page(exchange: Exchange, form: WithdrawForm, status: int = 200) -> ResponseReturnValue:
    values = {
        "ends": EXCHANGE.follow(exchange.state, Action.EXPERT_WITHDRAW) is not None,
        "begun": exchange.status in SINCE_THE_VISIT,
        "sealed": exchange.status is Status.CLOSED,
    }
    return render_template("applications/withdraw.html", form=form, exchange=exchange, **values), status


@bp.post("/exchanges/<reference>/withdraw")
@permit(Action.EXPERT_WITHDRAW, load=exchange_or_404)
def withdraw_post(exchange: Exchange) -> ResponseReturnValue:
    return _withdraw(exchange)


def _withdraw(exchange: Exchange) -> ResponseReturnValue:
    form = WithdrawForm()
    if form.validate():
        service.withdraw(exchange, version=form.read, reason=form.reason.data or "", by=current_actor())
        flash(_("You have withdrawn."))
        return redirect(url_for("desk.overview", reference=exchange.reference))
    return _withdraw_page(exchange, form, 422)


@bp.get("/exchanges/<reference>/withdraw-consent")
@permit(Permission.WITHDRAW_CONSENT, load=exchange_or_404)
def withdraw_consent(exchange: Exchange) -> ResponseReturnValue:
    """Of an exchange that has ended; of another one it leads to the step, and nowhere where all is withdrawn."""
    if EXCHANGE.follow(exchange.state, Action.EXPERT_WITHDRAW) is not None:
        return redirect(url_for("applications.withdraw", reference=exchange.reference))
    if not exchange.released:
        flash(_("There is nothing left to withdraw: the other agency sees nothing of this exchange."))
        return redirect(url_for("desk.overview", reference=exchange.reference))
    return _withdraw_page(exchange, WithdrawForm(version=exchange.version))


@bp.post("/exchanges/<reference>/withdraw-consent")
@permit(Permission.WITHDRAW_CONSENT, load=exchange_or_404)
def withdraw_consent_post(exchange: Exchange) -> ResponseReturnValue:
    return _withdraw(exchange)


@bp.get("/exchanges/<reference>/documents")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def documents_tab(exchange: Exchange) -> ResponseReturnValue:
    return show_tab(
        "applications/documents_tab.html",
        exchange,
        "documents",
        documents=documents_of_subject(exchange.id),
        kinds=DOCUMENT,
        writing=writable(exchange),
    )
