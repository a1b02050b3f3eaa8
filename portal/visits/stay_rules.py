"""Facts on staying in the other country, with where each is from. The portal gives no legal advice.

Source of the rules: the domain brief, "Two countries". They are words, not checks: nothing is refused for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.web.formats import long_day

VISA_FREE = 90  # days without a visa in either country; Türkiye counts them within any 180
WITHIN = timedelta(days=180)
COUNTS_EARLIER = frozenset({"TR"})
REGISTER_AFTER = 15  # days; Azerbaijan
APPLY_BEFORE = timedelta(days=30)  # temporary residence is applied for at least that long before the 90 days end
COUNTRY: dict[str, Any] = {"AZ": _l("Azerbaijan"), "TR": _l("Türkiye")}
VISA_SOURCE: dict[str, Any] = {
    "AZ": _l("Agreement on travel with identity cards, in force since 1 April 2021"),
    "TR": _l(
        "Türkiye’s Law 6458 on Foreigners and International Protection; "
        "agreement on travel with identity cards, in force since 1 April 2021"
    ),
}


@dataclass(frozen=True)
class Fact:
    """One sentence and its source; `mind` marks what somebody must do."""

    words: str
    source: str
    mind: bool = False


def counted_from(first: date, last: date) -> date:
    """The first of the 180 days that end with the stay, for what was stayed before."""
    return min(first, last - WITHIN + timedelta(days=1))


def facts(first: date, last: date, country: str, before: int) -> list[Fact]:
    """Of a stay from `first` to `last`, travel days included; `before`: days of other stays within 180 days."""
    days = (last - first).days + 1
    used = days + (before if country in COUNTS_EARLIER else 0)
    found = [_visa(used, country)]
    if used > VISA_FREE:
        found.append(_permit(first, country))
    if country == "AZ":
        found.append(_registration(first, days))
    consulate = _(
        "Whether official exchanges fall under the visa-free rule: ask the host country’s consulate. "
        "This is no legal advice."
    )
    return [*found, Fact(consulate, "", mind=used > VISA_FREE)]


def _visa(used: int, country: str) -> Fact:
    names = {"days": used, "all": VISA_FREE, "country": COUNTRY[country]}
    if used > VISA_FREE:
        words = _("%(days)s days in %(country)s are more than the %(all)s that need no visa.", **names)
    elif country in COUNTS_EARLIER:
        words = _("%(days)s of the %(all)s days without a visa in any 180 in %(country)s are used at the end.", **names)
    else:
        words = _("%(days)s of the %(all)s days without a visa in %(country)s are used at the end.", **names)
    return Fact(words, str(VISA_SOURCE[country]), mind=used > VISA_FREE)


def _permit(first: date, country: str) -> Fact:
    by = first + timedelta(days=VISA_FREE - 1) - APPLY_BEFORE
    if country == "AZ":
        words = _("Longer needs a residence permit and a passport: apply by %(day)s.", day=long_day(by))
        return Fact(words, _("Migration Code of Azerbaijan; migration.gov.az"), mind=True)
    law = _("Türkiye’s Law 6458 on Foreigners and International Protection")
    return Fact(_("Longer needs a residence permit and a passport."), law, mind=True)


def _registration(first: date, days: int) -> Fact:
    source = _("Migration Code of Azerbaijan, article 21; migration.gov.az")
    if days <= REGISTER_AFTER:
        return Fact(_("No registration needed: %(days)s days or fewer.", days=REGISTER_AFTER), source)
    by = first + timedelta(days=REGISTER_AFTER)
    words = _(
        "A stay over 15 days must be registered within 15 days of arrival: by %(day)s; "
        "again within 5 working days of moving.",
        day=long_day(by),
    )
    return Fact(words, source, mind=True)
