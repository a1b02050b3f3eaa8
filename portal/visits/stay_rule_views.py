"""The administrator's pages of the rules for stays."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, SelectField, ValidationError
from wtforms.validators import InputRequired, NumberRange, Optional

from portal import calendars
from portal.policy import Permission
from portal.visits import queries
from portal.visits import stay_rule_changes as service
from portal.visits.labels import FINDINGS, STAY_RULE
from portal.visits.models import StayRule
from portal.visits.stay_rules import StayCode
from portal.web.days import OF_A_VISIT
from portal.web.formats import COUNTRIES
from portal.web.forms import Form, choices, one_line
from portal.web.permit import current_actor, permit

MOST_IN_A_SOURCE = 300
ADDRESS = re.compile(r"https://[a-z0-9.-]+(/\S*)?")
bp = Blueprint("stay_rules", __name__, url_prefix="/admin/stay-rules")


class RuleForm(Form):
    country = SelectField(_l("Country"), choices=choices(COUNTRIES.items()), validators=[InputRequired()])
    code = SelectField(_l("What it says"), choices=choices(STAY_RULE.items()), validators=[InputRequired()])
    days = IntegerField(_l("Days"), validators=[Optional(), NumberRange(1, 999)])
    valid_from = DateField(_l("Holds from"), validators=[InputRequired(), OF_A_VISIT])
    source = one_line(_l("Source in English"), most=MOST_IN_A_SOURCE, printed=False)
    source_tr = one_line(_l("Source in Turkish"), most=MOST_IN_A_SOURCE, printed=False)
    source_az = one_line(_l("Source in Azerbaijani"), most=MOST_IN_A_SOURCE, printed=False)
    address = one_line(_l("Address of the source"), required=False, most=MOST_IN_A_SOURCE, printed=False)
    checked_on = DateField(_l("When somebody last read the source"), validators=[Optional(), OF_A_VISIT])

    def validate_address(self, field: Any) -> None:
        if field.data and not ADDRESS.fullmatch(field.data):
            raise ValidationError(_("Write an address that begins with https://."))

    def validate_checked_on(self, field: Any) -> None:
        if field.data and field.data > calendars.today():
            raise ValidationError(FINDINGS["future"])


class EndForm(Form):
    valid_until = DateField(_l("Last day on which it holds"), validators=[InputRequired(), OF_A_VISIT])


def _list(form: RuleForm, status: int = 200) -> ResponseReturnValue:
    rules = queries.all_stay_rules()
    return render_template("visits/stay_rules.html", form=form, rules=rules, words=STAY_RULE), status


@bp.get("")
@permit(Permission.ADMINISTER)
def index() -> ResponseReturnValue:
    return _list(RuleForm())


@bp.post("")
@permit(Permission.ADMINISTER)
def index_post() -> ResponseReturnValue:
    form = RuleForm()
    if form.validate():
        answers = form.values()
        code = StayCode(answers.pop("code"))
        with form.refusals(FINDINGS):
            service.add(service.RuleAnswers(code=code, **answers), by=current_actor())
            flash(_("The rule is added."))
            return redirect(url_for("stay_rules.index"))
    return _list(form, 422)


def _rule_or_404(rule_id: int) -> StayRule:
    rule = queries.stay_rule(rule_id)
    if rule is None:
        abort(404)
    return rule


def _page(rule: StayRule, form: EndForm, status: int = 200) -> ResponseReturnValue:
    told = queries.stays_told(rule)
    page = render_template("visits/stay_rule.html", rule=rule, form=form, words=STAY_RULE, told=told)
    return page, status


@bp.get("/<int:rule_id>")
@permit(Permission.ADMINISTER)
def rule(rule_id: int) -> ResponseReturnValue:
    found = _rule_or_404(rule_id)
    return _page(found, EndForm(formdata=None, obj=found))


@bp.post("/<int:rule_id>")
@permit(Permission.ADMINISTER)
def rule_post(rule_id: int) -> ResponseReturnValue:
    found, form = _rule_or_404(rule_id), EndForm()
    if form.validate():
        with form.refusals(FINDINGS):
            service.end(found, form.valid_until.data, by=current_actor())
            flash(_("Saved. The rule is told of visits that begin until then."))
            return redirect(url_for("stay_rules.index"))
    return _page(found, form, 422)


@bp.post("/<int:rule_id>/withdraw")
@permit(Permission.ADMINISTER)
def withdraw_post(rule_id: int) -> ResponseReturnValue:
    service.withdraw(_rule_or_404(rule_id), by=current_actor())
    flash(_("The rule is withdrawn. It is no longer told of any visit."))
    return redirect(url_for("stay_rules.index"))
