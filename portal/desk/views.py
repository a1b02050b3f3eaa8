"""Placeholder: the stage is being built."""

from __future__ import annotations

from flask import Blueprint

from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.web.permit import permit

bp = Blueprint("desk", __name__)


@bp.get("/desk")
@permit(Permission.SIGNED_IN)
def index() -> str:
    return "being built"


@bp.get("/exchanges")
@permit(Permission.LIST_EXCHANGES)
def exchanges() -> str:
    return "being built"


blueprints = (bp,)
