"""Words of personal data: grounds, laws, kinds of consents, findings."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal.personal_data.models import ConsentAct, ConsentKind, Ground
from portal.personal_data.texts import Source

GROUNDS: dict[Ground, Any] = {
    Ground.CONSENT: _l("The person’s explicit consent"),
    Ground.AGREEMENT: _l("Agreement between the two bodies, with permission"),
    Ground.CONTRACT: _l("Standard contract"),
    Ground.PERMISSION: _l("Written undertaking, with permission"),
}
LAWS: dict[str, Any] = {
    "KVKK": _l("Türkiye’s Law 6698 (KVKK), as amended by Law 7499"),
    "AZ": _l("Azerbaijan’s Law 998-IIIQ"),
    "DEL": _l("Türkiye’s regulation on deletion (Official Gazette 30224)"),
    "ARC": _l("Rules of both countries on official records"),
}
CONSENTS: dict[ConsentKind, Any] = {
    ConsentKind.NOTICE: _l("Notice on personal data"),
    ConsentKind.CONSENT: _l("Consent to the transfer"),
}
ACTS: dict[ConsentAct, Any] = {ConsentAct.GIVEN: _l("Given"), ConsentAct.WITHDRAWN: _l("Withdrawn")}
CONTROLLER: dict[str, Any] = {
    "legal_name": _l("Full legal name"),
    "address": _l("Postal address"),
    "contact": _l("Contact for data protection"),
    "ground": _l("Ground of the transfer to the other country"),
    "basis": _l("Number and day of the agreement, contract or permission"),
    "lawyer": _l("Lawyer who confirmed the ground"),
    "confirmed_on": _l("Confirmed on"),
}
RULES: dict[str, Any] = {
    "withdrawn": _l("Withdrawn applications and consents"),
    "ended": _l("Exchanges that have ended: closed, rejected, cancelled"),
    "draft": _l("Drafts that were never handed in, after their deadline"),
    "account": _l("Accounts without an open exchange or task that nobody has used for half a year"),
    "log": _l("The log of clearings: what kind, which number, how many rows and files"),
}
FINDINGS: dict[str, Any] = {
    "basis": _l("Name the document on which the transfer rests."),
    "lawyer": _l("Enter who confirmed it."),
    "confirmed_on": _l("Enter the day on which it was confirmed."),
    "future": _l("This day is still to come."),
    "confirm_again": _l("The ground is another one now: enter who confirmed it and when, or leave both empty."),
}


def period(months: int) -> str:
    """How long something is kept."""
    if months == 0:
        return _("until the next clearing, six months at most")
    if months % 12 == 0:
        return ngettext(
            "%(num)s year, then until the next clearing",
            "%(num)s years, then until the next clearing",
            months // 12,
        )
    return ngettext(
        "%(num)s month, then until the next clearing", "%(num)s months, then until the next clearing", months
    )


def source_words(source: Source) -> str:
    """A source as it is cited: the law and its articles."""
    law = str(LAWS[source.law])
    return _("%(law)s, article %(articles)s", law=law, articles=source.articles) if source.articles else law
