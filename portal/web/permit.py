"""Access, declared on every view: `@permit(permission)` or, for a record, `@permit(permission, load=…)`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from functools import wraps
from typing import Any

from flask import abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import policy
from portal.policy import NOBODY, Actor, Permission
from portal.web.drafts import automatic
from portal.web.errors import form_expired
from portal.web.language import spoken
from portal.web.typed import typed

View = Callable[..., ResponseReturnValue]


def current_actor() -> Actor:
    """The actor of the request, set by `accounts.sessions`, who writes in the language of the page, known only after
    that; NOBODY when not signed in."""
    actor: Actor = g.get("actor", NOBODY)
    if actor is not NOBODY and not actor.language:
        actor = g.actor = replace(actor, language=spoken())
    return actor


def permit(permission: StrEnum, load: Callable[..., Any] | None = None) -> Callable[[View], View]:
    """Declares the permission that a view needs.

    `load` gets the address's values that it names as parameters and returns the record, which becomes the view's first
    argument; it aborts with 404 for what does not exist. A person who may not read the record gets 404 too.
    """
    names = list(inspect.signature(load).parameters) if load else []

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**values: Any) -> ResponseReturnValue:
            actor = current_actor()
            if actor is NOBODY and permission is not Permission.PUBLIC:
                return to_sign_in()
            if load is None:
                _check(policy.allows(permission, actor), 403)
                return view(**values)
            record = load(**{name: values.pop(name) for name in names})
            if permission is not Permission.PUBLIC:
                _check_record(permission, actor, record)
            if request.method in ("GET", "HEAD") and not possible(permission, record):
                return _not_now(record)
            return view(record, **values)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return declare


def _check(granted: bool, status: int) -> None:
    if not granted:
        abort(status)


def _check_record(permission: StrEnum, actor: Actor, record: Any) -> None:
    if permission in policy.OF_EXCHANGE:
        _check(policy.allows(Permission.READ_EXCHANGE, actor, record), 404)
    _check(policy.allows(permission, actor, record), 403)


def _not_now(exchange: Any) -> ResponseReturnValue:
    """Redirects to the exchange from the page of a step that is not possible now (an old mail, another tab)."""
    flash(_("This step is not possible now. Here is how it stands."), "problem")
    return redirect(url_for("desk.overview", reference=exchange.reference))


def to_sign_in() -> ResponseReturnValue:
    """Redirects to the sign-in page and, after a GET, back; after a POST shows what was typed."""
    if request.method != "GET" and (typed() or automatic()):
        return form_expired()
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=back))


def possible(permission: StrEnum, record: Any) -> bool:
    """Whether the record's workflow allows this step in the present state; True for permissions that are no steps."""
    return permission not in policy.SIDES or record.workflow.follow(record.state, permission) is not None


def can(permission: StrEnum | str, record: Any = None) -> bool:
    """For templates: whether the policy grants it and, for a step, the workflow allows it now."""
    named = policy.NAMED[permission]
    return policy.allows(named, current_actor(), record) and possible(named, record)
