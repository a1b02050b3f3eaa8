"""The notice and the consent for one exchange in words, and as a page shows them to everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask_babel import force_locale
from flask_babel import gettext as _

from portal.names import LANGUAGES
from portal.personal_data import texts
from portal.personal_data.models import Consent, ConsentKind
from portal.personal_data.queries import Controller
from portal.personal_data.texts import VERSION, VERSIONS, Said, Words
from portal.web.formats import country_name, long_day
from portal.web.language import spoken


def conditions(home: Controller) -> frozenset[str]:
    """Under which of its conditions the text applies to experts of this agency."""
    confirmed = "confirmed" if home.confirmed_on else "unconfirmed"
    return frozenset({home.agency.country, home.ground.value, confirmed})


def said(kind: ConsentKind, home: Controller, host: Controller, name: str = "", call: str = "") -> list[Said]:
    """The sentences in the language of the request; without `name` and `call` as they are shown to everybody."""
    unset = _("not entered yet")
    facts = {
        "name": name or _("name of the expert"),
        "call": call or _("title of the call"),
        "home": home.agency.short_name,
        "home_legal": home.legal_name,
        "home_address": home.address or unset,
        "home_contact": home.contact or unset,
        "host": host.agency.short_name,
        "host_legal": host.legal_name,
        "host_address": host.address or unset,
        "country": country_name(host.agency.country),
        "basis": home.basis or unset,
        "day": long_day(home.confirmed_on) if home.confirmed_on else "",
        "version": VERSION,
        "date": long_day(VERSIONS[VERSION]),
    }
    return texts.said(kind, spoken(), facts, conditions(home))


def words(kind: ConsentKind, between: tuple[Controller, Controller], name: str, call: Callable[[str], str]) -> Words:
    """The whole text for one expert; `call` gives the call's title in a language."""
    sentences = said(kind, *between, name=name, call=call(spoken()))
    return Words("\n".join(one.text for one in sentences), VERSION, spoken())


def kept(
    row: Consent | None, between: tuple[Controller, Controller], name: str, call: Callable[[str], str]
) -> Words | None:
    """What was ticked, where it says the same as the present text does in the language in which it was ticked."""
    if row is None or row.words is None or row.version != VERSION or row.language not in LANGUAGES:
        return None
    with force_locale(row.language):
        present = words(row.kind, between, name, call)
    return present if present.text == row.words.text else None


def shown(home: Controller, host: Controller) -> Mapping[ConsentKind, Sequence[Said]]:
    """Notice and consent as everybody may read them."""
    return {kind: said(kind, home, host) for kind in ConsentKind}
