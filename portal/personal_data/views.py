"""The page about personal data: who holds what, on what ground, for how long."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.labels import FINDINGS as ACCOUNT_FINDINGS
from portal.accounts.service import require_own_password
from portal.calendars import today
from portal.personal_data import admin_views, queries, wording
from portal.personal_data.download import stored_of
from portal.personal_data.forms import OwnPasswordForm
from portal.personal_data.labels import ACTS, CONSENTS, GROUNDS, RULES, period, source_words
from portal.personal_data.retention import PERIODS
from portal.personal_data.texts import VERSION, VERSIONS
from portal.policy import Permission
from portal.web.permit import current_actor, permit
from portal.web.requests import keep
from portal.web.uploads import attachment

bp = Blueprint("personal_data", __name__)
MOST = 40  # consents that the page lists
blueprints = (bp, admin_views.bp)


@bp.get("/personal-data")
@permit(Permission.PUBLIC)
def show() -> ResponseReturnValue:
    controllers = list(queries.controllers().values())
    texts = [(home, wording.shown(home, host)) for home in controllers for host in controllers if home is not host]
    return render_template(
        "personal_data/show.html",
        controllers=controllers,
        texts=texts,
        version=VERSION,
        since=VERSIONS[VERSION],
        grounds=GROUNDS,
        kept=[(RULES[key], period(months)) for key, months in PERIODS.items()],
        given=queries.of_person(current_actor().id, MOST) if current_actor().id else None,
        consents=CONSENTS,
        acts=ACTS,
        references=queries.references_of(current_actor().id) if current_actor().id else {},
        source_words=source_words,
    )


@bp.get("/personal-data/mine")
@permit(Permission.SIGNED_IN)
def mine() -> ResponseReturnValue:
    return render_template("personal_data/mine.html", form=OwnPasswordForm())


@bp.post("/personal-data/mine")
@permit(Permission.SIGNED_IN)
def mine_post() -> ResponseReturnValue:
    """What is stored of whoever asks, as a download; wrong passwords are counted, and so bounded, as elsewhere."""
    form = OwnPasswordForm()
    if form.validate():
        with form.refusals(ACCOUNT_FINDINGS):
            keep()  # a wrong password counts
            require_own_password(current_user.person, form.password.data)
            name = f"korpu-{today().isoformat()}.json"
            return attachment(stored_of(current_actor().id), name, "application/json")
    return render_template("personal_data/mine.html", form=form), 422
