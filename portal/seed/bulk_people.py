"""The experts of the copied exchanges: copies of the demonstration's experts under other names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Agency, Person
from portal.db import Base, name_keys, session
from portal.names import download_name, email_key
from portal.seed.copies import highest_id
from portal.seed.people import EXPERTS, document_name

PEOPLE = ("person", "person_language", "role_grant")
CREATED_EARLIER = timedelta(weeks=330)  # so that an expert exists before the first copied exchange


class ExpertCopies:
    """Copies experts on demand and remembers the newest copy of each."""

    def __init__(self, experts: Sequence[int]) -> None:
        tables = {name: Base.metadata.tables[name] for name in PEOPLE}
        self.index = {name: {c.name: n for n, c in enumerate(t.columns)} for name, t in tables.items()}
        self.next_id = {name: count(highest_id(table) + 1) for name, table in tables.items()}
        self.rows: dict[int, list[tuple[str, list[Any]]]] = {expert: [] for expert in experts}
        for name, table in tables.items():
            owner = table.c.id if name == "person" else table.c.person_id
            for row in session.execute(select(table).where(owner.in_(experts)).order_by(table.c.id)):
                self.rows[row.id if name == "person" else row.person_id].append((name, list(row)))
        codes = select(Person.id, Agency.code).join(Agency, Agency.id == Person.agency_id)
        self.code = dict(session.execute(codes.where(Person.id.in_(experts))).all())
        self.newest: dict[int, tuple[int, int, str]] = {}

    def person(self, expert: int, number: int, rows: dict[str, list[list[Any]]]) -> tuple[int, str]:
        """The `number`th copy of an expert as (id, name); adds its rows to `rows`, by table, when it is new."""
        known = self.newest.get(expert)
        if known is None or known[0] != number:
            known = self.newest[expert] = (number, *self._make(expert, rows))
        return known[1:]

    def _make(self, expert: int, rows: dict[str, list[list[Any]]]) -> tuple[int, str]:
        person = next(self.next_id["person"])
        name = name_of(self.code[expert], person)
        for table, original in self.rows[expert]:
            index, row = self.index[table], original.copy()
            if table == "person":
                row[index["id"]] = person
                row[index["name"]], row[index["document_name"]] = name, document_name(name)
                for column, key in name_keys(name).items():
                    row[index[column]] = key
                row[index["email"]] = (
                    f"{download_name(name).casefold()}.{person}@{self.code[expert].casefold()}.example"
                )
                row[index["email_key"]] = email_key(row[index["email"]])
                row[index["created_at"]] -= CREATED_EARLIER
            else:
                row[index["id"]], row[index["person_id"]] = next(self.next_id[table]), person
            rows[table].append(row)
        return person, name


def name_of(code: str, number: int) -> str:
    """A first name with another expert's surname of the same agency; Azerbaijani surnames must agree in gender."""
    names = EXPERTS[code]
    first, _space, own = names[number % len(names)].rpartition(" ")
    fitting = [name.rpartition(" ")[2] for name in names if is_female(name) == is_female(own)] if code == "KOBIA" else [
        name.rpartition(" ")[2] for name in names
    ]  # fmt: skip
    return f"{first} {fitting[number // len(names) % len(fitting)]}"


def is_female(surname: str) -> bool:
    return surname.endswith("a")
