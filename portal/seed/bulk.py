"""Many exchanges for measuring: those that the services made, copied row by row with other people and references.

Seats are numbered on beyond a unit's capacity: the copies fill the tables, they do not tell a believable story.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, func, insert, select, text, update

from portal.accounts.demo import ADDRESSES
from portal.db import Base, session
from portal.exchanges.models import Event, Exchange, ReferenceCounter
from portal.exchanges.service import chain
from portal.names import email_key, search_words, sort_key
from portal.reports.service import new_code
from portal.seed.people import EXPERTS

COPIED = (
    "person", "person_language", "role_grant", "exchange", "application", "application_language",
    "application_window", "wished_unit", "document", "section_comment", "decision", "event", "reason", "placement",
    "visit", "agenda_item", "milestone", "visit_day", "report", "objective", "recommendation", "sealed_pdf",
)  # fmt: skip
AT_ONCE = 25  # copies of the whole pattern in one round
Row = dict[str, Any]
# with the demonstration's own, so many that a name finds some hundreds among a hundred thousand, as it would
MORE_FIRST = """
    Ayşe Fatma Zeynep Elif Meryem Çiğdem Gülşen Şule İpek Ilgın Tuğçe Özge Nazlı Defne Ece Ahmet Mustafa Çağlar Oğuz
    Yiğit Barış Kerem İlker Şahin Umut Onur Selçuk Tolga Volkan Ayan Aysel Sevinc Könül Lalə Nərmin Gülnar Ülviyyə
    Xədicə Zəhra Çinarə Rəşad Vüsal Ceyhun Orxan Anar Ruslan Tural Fərid Samir Kamran İlqar Mübariz Qabil
"""
MORE_LAST = """
    Yılmaz Kaya Demir Çelik Şahin Yıldız Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç Kurt Özkan
    Şimşek Polat Korkmaz Çakır Erdoğan Acar Güler Işık Ünal Bulut Keskin Ateş Turan Güneş Bozkurt Uçar Avcı Taş Tekin
    Məmmədov Həsənov Hüseynov Quliyev İsmayılov İbrahimov Əhmədov Abbasov Rəhimov Kərimov Mustafayev Cəfərov Bağırov
    Nəbiyev Süleymanov Rüstəmov Vəliyev Ağayev Orucov Şirinov Qasımov Səfərov Musayev Zeynalov Babayev Hacıyev Nağıyev
"""
FIRST = [name.rpartition(" ")[0] for names in EXPERTS.values() for name in names] + MORE_FIRST.split()
LAST = [name.rpartition(" ")[2] for names in EXPERTS.values() for name in names] + MORE_LAST.split()


class Pattern:
    """The rows that the services made, by table, with what is needed to give every copy ids of its own."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {name: Base.metadata.tables[name] for name in COPIED}
        experts = set(session.scalars(select(Exchange.expert_id)))
        self.rows: dict[str, list[Row]] = {}
        for name, table in self.tables.items():
            rows = [dict(row._mapping) for row in session.execute(select(table).order_by(table.c.id))]
            key = {"person": "id", "person_language": "person_id", "role_grant": "person_id"}.get(name)
            self.rows[name] = [row for row in rows if key is None or row[key] in experts]
        self.ids = {name: {row["id"] for row in rows} for name, rows in self.rows.items()}
        self.stride = {name: session.scalar(select(func.max(t.c.id))) or 0 for name, t in self.tables.items()}
        self.links = {
            name: [(c.name, next(iter(c.foreign_keys)).column.table.name) for c in table.columns if c.foreign_keys]
            for name, table in self.tables.items()
        }

    @property
    def exchanges(self) -> int:
        return len(self.rows["exchange"])

    def copy(self, name: str, number: int) -> Iterator[Row]:
        """The rows of one table for copy `number` (from 1), with ids and links moved on."""
        for row in self.rows[name]:
            made = dict(row)
            made["id"] += number * self.stride[name]
            for column, target in self.links[name]:
                if target in self.ids and row[column] in self.ids[target]:
                    made[column] += number * self.stride[target]
            yield made


def multiply(wanted: int) -> int:
    """Copies exchanges until there are at least `wanted`; answers how many there are."""
    have = session.scalar(select(func.count(Exchange.id))) or 0
    pattern = Pattern()
    copies = range(1, -(-(wanted - have) // pattern.exchanges) + 1) if wanted > have else range(0)
    for first in range(copies.start, copies.stop, AT_ONCE):
        _write(pattern, range(first, min(first + AT_ONCE, copies.stop)))
        session.commit()
    _settle(pattern, len(copies))
    return have + len(copies) * pattern.exchanges


def _write(pattern: Pattern, numbers: range) -> None:
    names = {number: _names(pattern, number) for number in numbers}
    for name, table in pattern.tables.items():
        change = CHANGES.get(name)
        rows = []
        for number in numbers:
            before: dict[int, str] = {}
            for row in pattern.copy(name, number):
                if name == "event":
                    _rehash(row, before)
                elif change is not None:
                    change(row, number, names[number])
                rows.append(row)
        _put(table, rows)
    _words(pattern, numbers, names)


def _names(pattern: Pattern, number: int) -> Mapping[int, str]:
    """A name for each copied person, by the person's new id."""
    stride, names = pattern.stride["person"], {}
    for n, row in enumerate(pattern.rows["person"]):
        first, last = FIRST[(n * 7 + number * 31) % len(FIRST)], LAST[(n * 5 + number * 17) % len(LAST)]
        names[row["id"] + number * stride] = f"{first} {last}"
    return names


def _person(row: Row, number: int, names: Mapping[int, str]) -> None:
    row["email"] = f"copy{number}.{row['email'] if row['email'] not in ADDRESSES else 'of.' + row['email']}"
    row["email_key"] = email_key(row["email"])
    row["name"] = names[row["id"]]


def _exchange(row: Row, number: int, names: Mapping[int, str]) -> None:
    year, _dash, old = row["reference"][3:].partition("-")
    row["reference"] = f"KX-{year}-{number * 100 + int(old):06d}"
    row["person_name"] = names[row["expert_id"]]
    row["name_key"] = sort_key(row["person_name"])
    row["updated_at"] -= timedelta(minutes=number)
    row["created_at"] -= timedelta(minutes=number)


def _application(row: Row, number: int, names: Mapping[int, str]) -> None:
    row["saved_at"] -= timedelta(minutes=number)


def _document(row: Row, number: int, names: Mapping[int, str]) -> None:
    row["once"] = f"copy-{number}-{row['id']}"
    row["key"] = f"copy/{number}/{row['id']}"


def _sealed(row: Row, number: int, names: Mapping[int, str]) -> None:
    row["code"] = new_code()


def _day(row: Row, number: int, names: Mapping[int, str]) -> None:
    if row["seat"] is not None:
        row["seat"] += number * 50


CHANGES = {
    "person": _person,
    "exchange": _exchange,
    "application": _application,
    "document": _document,
    "sealed_pdf": _sealed,
    "visit_day": _day,
}


def _rehash(row: Row, before: dict[int, str]) -> None:
    """The copy's own chain of hashes."""
    row["hash"] = chain(before.get(row["exchange_id"], ""), Event(**row))
    before[row["exchange_id"]] = row["hash"]


def _words(pattern: Pattern, numbers: range, names: Mapping[int, Mapping[int, str]]) -> None:
    rows = []
    for number in numbers:
        for row in pattern.copy("exchange", number):
            _exchange(row, number, names[number])
            words = search_words(row["reference"], row["person_name"], row["unit_name"])
            rows += [{"exchange_id": row["id"], "word": word[:60]} for word in words]
    _put(Base.metadata.tables["exchange_word"], rows)


def _put(table: Table, rows: Sequence[Row]) -> None:
    """Many rows of one table; PostgreSQL takes them several times as fast by COPY."""
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        session.execute(insert(table), rows)
        return
    columns = [table.columns[name] for name in rows[0]]
    stored = [column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect) for column in columns]
    names = ", ".join(f'"{column.name}"' for column in columns)
    cursor: Any = connection.connection.cursor()
    with cursor, cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([put(value) if put else value for put, value in zip(stored, row.values(), strict=True)])


def _settle(pattern: Pattern, copies: int) -> None:
    """Counters and statistics go on behind the copies."""
    session.execute(update(ReferenceCounter).values(last=ReferenceCounter.last + (copies + 1) * 100))
    if session.get_bind().dialect.name == "postgresql":
        for name in pattern.tables:
            quoted = f'"{name}"'
            session.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{quoted}', 'id'), (SELECT max(id) FROM {quoted}))")
            )
    session.commit()
    session.execute(text("ANALYZE"))
    session.commit()
