"""Placeholder: the stage is being built."""

from __future__ import annotations

from flask import Blueprint

from portal.exchanges.views import exchange_or_404
from portal.policy import Permission
from portal.web.permit import permit

public = Blueprint("public", __name__)


@public.get("/")
@permit(Permission.PUBLIC)
def home() -> str:
    return "being built"


@public.get("/how-it-works")
@permit(Permission.PUBLIC)
def how() -> str:
    return "being built"


@public.get("/help")
@permit(Permission.PUBLIC)
def help_page() -> str:
    return "being built"


@public.get("/personal-data")
@permit(Permission.PUBLIC)
def privacy() -> str:
    return "being built"


@public.get("/accessibility")
@permit(Permission.PUBLIC)
def accessibility() -> str:
    return "being built"
bp = Blueprint("calls", __name__)


@bp.get("/calls")
@permit(Permission.PUBLIC)
def index() -> str:
    return "being built"


blueprints = (public, bp,)
