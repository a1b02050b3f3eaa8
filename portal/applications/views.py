"""Placeholder: the stage is being built."""

from __future__ import annotations

from flask import Blueprint

from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.web.permit import permit

bp = Blueprint("applications", __name__)


@bp.get("/exchanges/<reference>/check")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def check(exchange: object) -> str:
    return "being built"


@bp.get("/exchanges/<reference>/withdraw")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def withdraw(exchange: object) -> str:
    return "being built"


@bp.get("/exchanges/<reference>/application")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def show(exchange: object) -> str:
    return "being built"


@bp.get("/exchanges/<reference>/documents")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def documents_tab(exchange: object) -> str:
    return "being built"


blueprints = (bp,)
