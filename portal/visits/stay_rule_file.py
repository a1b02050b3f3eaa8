"""The rules for stays with which a new database begins."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from sqlalchemy import select

from portal.db import session
from portal.visits.models import StayRule
from portal.visits.stay_rules import StayCode

FILE = Path(__file__).with_name("stay_rules.csv")


def first_stay_rules() -> list[StayRule]:
    """The file's rules, not stored yet."""
    with FILE.open(encoding="utf-8") as file:
        return [
            StayRule(
                country=row["country"],
                code=StayCode(row["code"]),
                days=int(row["days"]) if row["days"] else None,
                valid_from=date.fromisoformat(row["valid_from"]),
                valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
                source=row["source"],
                source_tr=row["source_tr"],
                source_az=row["source_az"],
                address=row["address"],
                checked_on=date.fromisoformat(row["checked_on"]) if row["checked_on"] else None,
            )
            for row in csv.DictReader(file)
        ]


def load_stay_rules() -> None:
    """Stores the file's rules where there are none yet: a database that was migrated has them already."""
    if session.scalar(select(StayRule.id).limit(1)) is None:
        session.add_all(first_stay_rules())
        session.flush()
