"""Rules for staying in the other country, as findings. The portal gives no legal advice.

Source of the rules: the domain brief, "Two countries". They inform and warn: nothing is refused for them. Pure.
"""

from __future__ import annotations

from datetime import date, timedelta

from portal.findings import Finding, info, warning

VISA_FREE = 90  # days without a visa in either country; Türkiye counts them within any 180
WITHIN = timedelta(days=180)
COUNTS_EARLIER = frozenset({"TR"})
REGISTER_AFTER = 15  # days; Azerbaijan
APPLY_BEFORE = timedelta(days=30)  # temporary residence is applied for at least that long before the 90 days end


def counted_from(first: date, last: date) -> date:
    """The first of the 180 days that end with the stay, for what was stayed before."""
    return min(first, last - WITHIN + timedelta(days=1))


def findings(first: date, last: date, country: str, before: int) -> list[Finding]:
    """Of a stay from `first` to `last`, travel days included; `before`: days of other stays within 180 days.

    Warnings are what somebody must do.
    """
    days = (last - first).days + 1
    used = days + (before if country in COUNTS_EARLIER else 0)
    exceeded = used > VISA_FREE
    found = [_visa(used, country)]
    if exceeded:
        found.append(_permit(first, country))
    if country == "AZ":
        found.append(_registration(first, days))
    return [*found, warning("consulate") if exceeded else info("consulate")]


def _visa(used: int, country: str) -> Finding:
    if used > VISA_FREE:
        return warning("visa_exceeded", days=used, all=VISA_FREE, country=country)
    code = "visa_days_in_180" if country in COUNTS_EARLIER else "visa_days"
    return info(code, days=used, all=VISA_FREE, country=country)


def _permit(first: date, country: str) -> Finding:
    if country == "AZ":
        return warning("permit_by", day=first + timedelta(days=VISA_FREE - 1) - APPLY_BEFORE)
    return warning("permit")


def _registration(first: date, days: int) -> Finding:
    if days <= REGISTER_AFTER:
        return info("no_registration", days=REGISTER_AFTER)
    return warning("registration", day=first + timedelta(days=REGISTER_AFTER))
