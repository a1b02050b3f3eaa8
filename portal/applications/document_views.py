"""Adding, removing and downloading the files of an application."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.applications import documents, queries
from portal.applications.forms import UploadForm
from portal.applications.labels import FINDINGS, SECTION
from portal.applications.models import Application
from portal.applications.sections import Section
from portal.applications.service import WRITABLE
from portal.documents.files import chosen_file, document_of, document_or_404, hand_out, storage
from portal.documents.labels import DOCUMENT
from portal.documents.models import DocumentKind
from portal.documents.queries import of_subject, was_removed
from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.web.findings import flashed
from portal.web.forms import IdempotentForm
from portal.web.language import asked_for
from portal.web.permit import current_actor, permit

bp = Blueprint("documents", __name__, url_prefix="/exchanges/<reference>")


@bp.get("/application/documents")
@permit(Permission.WRITE_APPLICATION, load=exchange_or_404)
def edit(exchange: Exchange) -> ResponseReturnValue:
    if exchange.status not in WRITABLE:
        return redirect(url_for("applications.show", reference=exchange.reference))
    return _page(UploadForm(), exchange)


def _page(form: UploadForm, exchange: Exchange, status: int = 200) -> ResponseReturnValue:
    application = _application(exchange)
    held = of_subject(exchange.id)
    page = render_template(
        "applications/documents.html",
        form=form,
        exchange=exchange,
        application=application,
        call=application.call,
        title=SECTION[Section.DOCUMENTS],
        documents=held,
        kinds=DOCUMENT,
        missing=[kind for kind in application.call.documents if kind not in {document.kind for document in held}],
        earlier=queries.known_cv(exchange.expert_id),
        comments=queries.comments(exchange.id).get(Section.DOCUMENTS.value, []),
    )
    return page, status


def _application(exchange: Exchange) -> Application:
    application = queries.of_exchange(exchange.id)
    if application is None:
        abort(404)
    return application


@bp.post("/application/documents")
@permit(Permission.WRITE_APPLICATION, load=exchange_or_404)
def add(exchange: Exchange) -> ResponseReturnValue:
    """“Add” and “Continue” both take a chosen file; without one, “Continue” only goes on."""
    form = UploadForm()
    here, onward = url_for("documents.edit", reference=exchange.reference), bool(request.form.get("onward"))
    following = url_for("applications.section", reference=exchange.reference, name=Section.CONSENT.value)
    if onward and not form.file.data and asked_for() is None:
        return redirect(following)
    if form.validate():
        with form.refusals(FINDINGS):
            file = chosen_file(form.file.data, DocumentKind(form.kind.data))
            documents.add(exchange, file, idempotency_key=form.key, by=current_actor(), storage=storage())
            flash(_("“%(name)s” is added.", name=file.name))
            return redirect(following if onward else here)
    if asked_for() is not None and form.file.data:
        form.file.errors = [FINDINGS["choose_again"]]
    return _page(form, exchange, 422)


@bp.post("/application/documents/reuse")
@permit(Permission.WRITE_APPLICATION, load=exchange_or_404)
def reuse(exchange: Exchange) -> ResponseReturnValue:
    form = IdempotentForm()
    if not form.validate():
        return _page(UploadForm(), exchange, 422)
    with flashed(FINDINGS):
        document = documents.reuse_cv(exchange, idempotency_key=form.key, by=current_actor(), storage=storage())
        flash(_("“%(name)s” is added.", name=document.name))
    return redirect(url_for("documents.edit", reference=exchange.reference))


@bp.get("/documents/<int:document_id>")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def download(exchange: Exchange, document_id: int) -> ResponseReturnValue:
    return hand_out(exchange, document_id)


@bp.post("/documents/<int:document_id>/remove")
@permit(Permission.WRITE_APPLICATION, load=exchange_or_404)
def remove(exchange: Exchange, document_id: int) -> ResponseReturnValue:
    document = document_of(exchange, document_id)
    if document is None and was_removed(exchange.id, document_id):
        flash(str(FINDINGS["removed_before"]), "info")
        return redirect(url_for("documents.edit", reference=exchange.reference))
    document = document_or_404(exchange, document_id)
    name = document.name
    with flashed(FINDINGS):
        documents.remove(exchange, document, by=current_actor(), storage=storage())
        flash(_("“%(name)s” is removed.", name=name))
        return redirect(url_for("documents.edit", reference=exchange.reference))
    return redirect(url_for("applications.show", reference=exchange.reference))
