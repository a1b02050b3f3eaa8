"""The page about personal data: who holds what, on what ground, for how long."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.personal_data import admin_views, queries, wording
from portal.personal_data.labels import GROUNDS, source_words
from portal.personal_data.texts import VERSION, VERSIONS
from portal.policy import Permission
from portal.web.permit import permit

bp = Blueprint("personal_data", __name__)
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
        source_words=source_words,
    )
