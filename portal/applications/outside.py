"""Applications that were handed in and do not keep to a call's limits, since these were changed afterwards."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, selectinload

from portal.applications.models import Application
from portal.applications.requirements import Met, speaks, years
from portal.applications.sections import wishes_findings
from portal.calls.effects import Limits
from portal.db import session
from portal.documents.models import Document, DocumentKind
from portal.exchanges.call_changes import HANDED_IN
from portal.exchanges.models import Exchange


def outside_call(call_id: int, limits: Limits) -> list[Exchange]:
    """The exchanges of a call without agreed dates whose application does not keep to these limits."""
    under = (Exchange.call_id == call_id, Exchange.status.in_(HANDED_IN))
    statement = select(Application).join(Application.exchange).where(*under).order_by(Exchange.id)
    loaded = (
        contains_eager(Application.exchange),
        selectinload(Application.windows),
        selectinload(Application.languages),
    )
    held: dict[int, set[DocumentKind]] = defaultdict(set)
    kinds = select(Document.subject_id, Document.kind).join(Exchange, Exchange.id == Document.subject_id)
    for subject_id, kind in session.execute(kinds.where(*under)):
        held[subject_id].add(kind)
    applications = session.scalars(statement.options(*loaded))
    return [one.exchange for one in applications if not _keeps(one, held[one.exchange_id], limits)]


def _keeps(application: Application, held: set[DocumentKind], limits: Limits) -> bool:
    windows = [(window.first, window.last) for window in application.windows]
    host = application.exchange.host
    conditions = [years(application.years, limits.years)]
    conditions += [speaks(application, host.language, limits.level)] if limits.level else []
    return (
        held.issuperset(limits.documents)
        and not wishes_findings(application.days, windows, limits)
        and Met.NOT_MET not in conditions
    )
