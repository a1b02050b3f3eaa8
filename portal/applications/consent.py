"""The notice and the consent of one application, as they are asked and as they were ticked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.applications.models import Application
from portal.personal_data import queries, wording
from portal.personal_data.models import ConsentKind
from portal.personal_data.texts import Said, Words
from portal.web.language import spoken


@dataclass(frozen=True)
class Asked:
    """What the page shows, and what a tick would store: the words that were ticked before, where they say the same in
    another language."""

    shown: Mapping[ConsentKind, Sequence[Said]]
    kept: Mapping[ConsentKind, Words]


def asked(application: Application) -> Asked:
    """Notice and consent for this application, in the language of the request."""
    call, known = application.call, queries.newest(application.exchange_id)
    controllers = queries.controllers()
    between, name = (controllers[call.home_id], controllers[call.host_id]), application.name
    kept = {
        kind: wording.kept(known.get(kind), between, name, call.title) or wording.words(kind, between, name, call.title)
        for kind in ConsentKind
    }
    shown = {kind: wording.said(kind, *between, name=name, call=call.title(spoken())) for kind in ConsentKind}
    return Asked(shown, kept)
