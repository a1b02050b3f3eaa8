"""Follow-up of a closed report's recommendations."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.exchanges.models import Exchange
from portal.exchanges.views import exchange_or_404
from portal.policy import Permission, allows
from portal.reports import follow_up, forms, queries
from portal.reports.labels import FINDINGS
from portal.reports.models import Progress, Report
from portal.reports.pages import form_page, to_report
from portal.web.permit import current_actor, permit
from portal.workflows.exchange_terms import Status

bp = Blueprint("follow_up", __name__, url_prefix="/exchanges/<reference>/report")


def shown(exchange: Exchange, report: Report | None) -> dict[str, Any]:
    """What the report's part of the page says of follow-up; `own_agency_id` is the agency for which this reader
    answers, if any."""
    actor = current_actor()
    answers_for = follow_up.acting_for(exchange, actor)[1] if allows(Permission.FOLLOW_UP, actor, exchange) else None
    return {
        "stands": dict(forms.PROGRESS),
        "follow_up": forms.FollowUpForm(formdata=None),
        "answers": queries.follow_up(report.id) if report and exchange.status is Status.CLOSED else {},
        "own_agency_id": answers_for,
    }


@bp.post("/follow-up/<int:number>")
@permit(Permission.FOLLOW_UP, load=exchange_or_404)
def record(exchange: Exchange, number: int) -> ResponseReturnValue:
    form = forms.FollowUpForm()
    if form.validate():
        answer = follow_up.Answer(Progress(form.progress.data), form.evidence.data or "")
        with form.refusals(FINDINGS):
            follow_up.record(exchange, number, answer, form.key, by=current_actor())
            return to_report(exchange, _("Recorded."))
    return form_page(exchange, form, _("Recommendation %(number)s", number=number), 422)
