"""What is stored of a person, as one file: every row that the stages' tables hold of them or of their exchanges."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from portal.administration.service import plain
from portal.calendars import now
from portal.db import session
from portal.exchanges.models import Exchange
from portal.registry import registry

MOST = 2_000  # rows of one table
SECRETS = frozenset({"password_hash", "token_hash", "key", "sha256", "found_by"})  # say nothing to the person


def stored_of(person_id: int) -> bytes:
    """JSON with a part for each table, by its name: its label, and its rows, at most MOST of each.

    Left out is what is somebody else's too: messages to others, and reasons, which the history shows to whom
    they are for.
    """
    own = list(session.scalars(select(Exchange.id).where(Exchange.expert_id == person_id)))
    parts: dict[str, dict[str, Any]] = {}
    for stored in (one for one in registry.stored if one.told):
        table = stored.model.__table__
        rows = select(table).where(stored.belongs([person_id] if stored.of_person else own)).limit(MOST)
        wanted = [
            name for name in map(str, table.columns.keys()) if name not in SECRETS and not name.startswith("name_key_")
        ]
        part = parts.setdefault(table.name, {"label": str(stored.label), "rows": []})
        part["rows"] += [{name: row[name] for name in wanted} for row in session.execute(rows).mappings()]
    told = {"made_at": now().isoformat(), "person": person_id, "stored": parts}
    return json.dumps(told, ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: Any) -> Any:
    """Days, moments and choices as text."""
    made = plain(value)
    return made if made is not value else str(value)
