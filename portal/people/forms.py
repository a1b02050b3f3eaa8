"""Forms of the administrator's people."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, SelectMultipleField

from portal.accounts.forms import address
from portal.accounts.labels import ROLES
from portal.web.forms import ConfirmingForm, Form, VersionedForm, choices, one_line


class InviteForm(Form):
    name = one_line(_l("First and last name"), most=120)
    email = address()
    agency = SelectField(_l("Agency"))
    roles = SelectMultipleField(_l("Roles"), choices=choices((r.value, label) for r, label in ROLES.items()))
    units = SelectMultipleField(_l("Host units (for coordinators)"), coerce=int)


class IdentityForm(Form):
    name = one_line(_l("First and last name"), most=120)
    email = address()


class AgencyForm(VersionedForm):
    agency = SelectField(_l("Agency"))


class RolesForm(ConfirmingForm):
    roles = SelectMultipleField(_l("Roles"), choices=choices((r.value, label) for r, label in ROLES.items()))
    units = SelectMultipleField(_l("Host units (for coordinators)"), coerce=int)
    active = BooleanField(_l("May sign in"))
