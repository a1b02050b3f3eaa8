"""A cache in each process for data that is read often and changed rarely: agencies, headings, calls, units, holidays.

Triggers change one token in the database whenever a row of a `watched` table is inserted, changed or deleted, be it by
another process or a database client. A process reads the token once in each transaction and drops its cache when it
has changed. The token is random, so that a database restored from a backup has another one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, String, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, M, db, session, with_triggers, writing

P = ParamSpec("P")
T = TypeVar("T")
CHANGES = ("INSERT", "UPDATE", "DELETE")


class ReferenceToken(Base):
    """One row, written by triggers only."""

    __tablename__ = "reference_token"

    token: Mapped[str] = mapped_column(String(36))


TOKEN = select(ReferenceToken.__table__.c.token)
RENEW = (
    "INSERT INTO reference_token (id, token) VALUES (1, {random}) ON CONFLICT (id) DO UPDATE SET token = excluded.token"
)
RENEW_FUNCTION = (
    "CREATE OR REPLACE FUNCTION renew_reference_token() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN {RENEW.format(random='gen_random_uuid()')}; RETURN NULL; END $$"
)


def triggers(table: str) -> dict[str, list[str]]:
    """The statements, by engine, that create the triggers of a table."""
    name = f"{table}_reference"
    random = RENEW.format(random="hex(randomblob(16))")
    return {
        "sqlite": [
            f'CREATE TRIGGER {name}_{change.lower()} AFTER {change} ON "{table}" BEGIN {random}; END'
            for change in CHANGES
        ],
        "postgresql": [
            RENEW_FUNCTION,
            f'CREATE TRIGGER {name} AFTER {" OR ".join(CHANGES)} ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION renew_reference_token()",
        ],
    }


def watched(model: type[M]) -> type[M]:
    """Decorator of a model: changes of its table renew the token."""
    return with_triggers(model, triggers(model.__tablename__))


def kept(read: Callable[P, T]) -> Callable[P, T]:
    """Decorator of a query of `watched` tables that answers plain values, which nobody may change.

    A request that writes reads from the database every time: it decides on what is there, and sees what it changed.
    """
    known: WeakKeyDictionary[Engine, dict[Any, tuple[str, T]]] = WeakKeyDictionary()

    @wraps(read)
    def ask(*args: P.args, **kwargs: P.kwargs) -> T:
        token = None if writing.get() else _token()
        if token is None:
            return read(*args, **kwargs)
        answers = known.setdefault(db.engine, {})
        key = (args, *sorted(kwargs.items()))
        found = answers.get(key)
        if found is None or found[0] != token:
            found = answers[key] = (token, read(*args, **kwargs))
        return found[1]

    return ask


def _token() -> str | None:
    """The token in this transaction; None where no watched table has been written yet."""
    present = session()
    asked_in, token = present.info.get("reference_token", (None, None))
    if asked_in is None or asked_in is not present.get_transaction():
        token = present.scalar(TOKEN)
        present.info["reference_token"] = (present.get_transaction(), token)
    return str(token) if token else None
