"""What accounts hold of a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import String, cast, or_

from portal.accounts.models import (
    Absence,
    AddressChange,
    KnownBrowser,
    Person,
    PersonLanguage,
    PersonTopic,
    ProfileCv,
    RoleGrant,
    SignIn,
    Token,
)
from portal.registry import Stored


def _theirs(model: Any) -> Callable[[Any], Any]:
    """The rows of a table that belong to a person."""
    return lambda ids: model.person_id.in_(ids)


def _nowhere() -> Any:
    """An address that is nobody's and stays unique."""
    return "cleared-" + cast(Person.id, String)


PROFILE = ("document_name", "post", "unit_name", "phone", "language", "found_by", "password_hash")
STORED = (
    Stored(
        Person,
        _l("Profile"),
        lambda ids: Person.id.in_(ids),
        ("name", "email", "email_key", "name_key_tr", "name_key_az", "name_key_en", "years", *PROFILE),
        deletes=False,
        of_person=True,
        blank={"name": "—", "email": _nowhere, "email_key": _nowhere, "active": False},
    ),
    *(
        Stored(model, label, _theirs(model), columns, of_person=True, file=file)
        for model, label, columns, file in (
            (PersonLanguage, _l("Languages"), ("code", "level"), ""),
            (PersonTopic, _l("Topics"), ("topic_id",), ""),
            (ProfileCv, _l("Curriculum vitae"), ("name", "media_type", "sha256", "key"), "key"),
            (RoleGrant, _l("Roles"), ("role",), ""),
            (SignIn, _l("Sign-ins"), ("browser", "token_hash"), ""),
            (KnownBrowser, _l("Known browsers"), ("token_hash",), ""),
            (Token, _l("Mailed links"), ("token_hash", "password_hash", "name"), ""),
            (AddressChange, _l("E-mail address"), ("address", "token_hash"), ""),
        )
    ),
    Stored(
        Absence,
        _l("Absences"),
        lambda ids: or_(Absence.manager_id.in_(ids), Absence.deputy_id.in_(ids)),
        ("manager_id", "deputy_id"),
        of_person=True,
    ),
)
