"""Forms of personal data."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import DateField, PasswordField, SelectField
from wtforms.validators import InputRequired, Length, Optional

from portal.accounts.passwords import MAX_LENGTH
from portal.personal_data.labels import CONTROLLER, GROUNDS
from portal.personal_data.models import Ground
from portal.web import days
from portal.web.forms import Form, choices, one_line


class ControllerForm(Form):
    """What an agency says of itself as the controller of personal data."""

    legal_name = one_line(CONTROLLER["legal_name"])
    address = one_line(CONTROLLER["address"])
    contact = one_line(CONTROLLER["contact"])
    ground = SelectField(CONTROLLER["ground"], choices=choices(GROUNDS.items()), coerce=Ground)
    basis = one_line(CONTROLLER["basis"], required=False)
    lawyer = one_line(CONTROLLER["lawyer"], required=False, most=120)
    confirmed_on = DateField(CONTROLLER["confirmed_on"], validators=[Optional(), days.OF_A_REPORT])


class OwnPasswordForm(Form):
    """The password once more, before what is stored of a person leaves the portal."""

    password = PasswordField(_l("Your password"), validators=[InputRequired(), Length(max=MAX_LENGTH)])
