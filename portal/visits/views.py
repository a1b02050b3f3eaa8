"""Placeholder: the stage is being built."""

from __future__ import annotations

from flask import Blueprint

from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.web.permit import permit

bp = Blueprint("visits", __name__)


@bp.get("/exchanges/<reference>/schedule")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def schedule(exchange: object) -> str:
    return "being built"


@bp.get("/exchanges/<reference>/agree-expert")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def agree_expert(exchange: object) -> str:
    return "being built"


@bp.get("/exchanges/<reference>/agree-home")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def agree_home(exchange: object) -> str:
    return "being built"


@bp.get("/exchanges/<reference>/ask-change-expert")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def ask_change_expert(exchange: object) -> str:
    return "being built"


@bp.get("/exchanges/<reference>/ask-change-home")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def ask_change_home(exchange: object) -> str:
    return "being built"


@bp.get("/exchanges/<reference>/arrive")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def arrive(exchange: object) -> str:
    return "being built"


@bp.get("/exchanges/<reference>/depart")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def depart(exchange: object) -> str:
    return "being built"


@bp.get("/exchanges/<reference>/visit")
@permit(Permission.READ_EXCHANGE, load=exchange_or_404)
def visit_tab(exchange: object) -> str:
    return "being built"


blueprints = (bp,)
