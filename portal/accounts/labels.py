"""Accounts in words: roles, and why something is refused."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from portal.policy import Role
from portal.topics import labels as topics
from portal.web import uploads

ROLES: dict[Role, Any] = {
    Role.EXPERT: _l("Expert"),
    Role.MANAGER: _l("Manager"),
    Role.DEPUTY: _l("Deputy manager"),
    Role.HOST: _l("Host coordinator"),
    Role.ADMIN: _l("Administrator"),
}
FINDINGS: dict[str, Any] = (
    {
        "sign_in": _l("The e-mail address or the password is not right. Check both and try again."),
        "too_many": _l("Too many tries. Wait %(minutes)s minutes, then try again or choose a new password."),
        "not_agency": _l("Use your agency’s e-mail address. If you have none, ask your agency to invite you."),
        "theirs": _l("This address belongs to %(agency)s. Choose that agency, or another address."),
        "letters": _l("Write the address in plain letters, without ı, ş, ə and the like."),
        "known": _l("Somebody has this e-mail address already."),
        "link": _l("This link has been used or is too old. Ask for a new one."),
        "deputy": _l("Choose a manager or deputy of your agency."),
        "order": _l("The last day cannot be before the first."),
        "past": _l("These days are over. Enter days from today on."),
        "too_long": _l("An absence has at most %(days)s days. Name the stand-in again after that."),
        "answered": _l("This has been answered or ended already."),
        "overlap": _l("You have named a deputy for some of these days already."),
        "password": _l(
            "This is not the password that you chose when you registered. Try again, or register once more."
        ),
        "agency": _l("Choose the agency: only an administrator belongs to none."),
        "own_role": _l("Nobody changes their own roles. Ask another administrator."),
        "own_password": _l("This is not your password."),
        "same_address": _l("This is the address already."),
        "same_agency": _l("The person belongs to this agency already."),
        "accepted": _l("The invitation has been accepted or taken back already."),
        "host_unit": _l("Choose the host unit that this person coordinates."),
    }
    | uploads.FINDINGS
    | topics.FINDINGS
)
