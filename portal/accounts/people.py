"""Profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm.attributes import flag_modified

from portal.accounts import identity, queries
from portal.accounts.models import Level, Person, PersonLanguage, ProfileCv, people_text
from portal.calendars import now
from portal.db import advisory_lock, session
from portal.findings import Conflict
from portal.policy import Actor
from portal.storage import Storage, delete_after_commit, new_key, put_with_commit


def save_profile(person_id: int, version: int, answers: dict[str, Any], languages: dict[str, Level]) -> Person:
    """Saves the person's own data, which new applications copy. Raises Conflict: saved elsewhere since `version`."""
    person = queries.person_with_profile(person_id)
    known = {language.code: language.level for language in person.languages}
    if known == languages and all(getattr(person, name) == value for name, value in answers.items()):
        return person  # the same press once more
    if person.version != version:
        raise Conflict
    if answers.get("topics", person.topics) != person.topics:
        flag_modified(person, "post")  # links carry no version of their own
    for name, value in answers.items():
        if name != "name":
            setattr(person, name, value)
    identity.rename(person, answers.get("name", person.name), by=Actor(person_id))
    set_languages(person, languages)
    session.flush()
    return person


@dataclass(frozen=True)
class NewCv:
    """A curriculum vitae that has passed `check_upload`; `sha256` in hex."""

    name: str
    media_type: str
    data: bytes
    sha256: str


def keep_cv(person_id: int, file: NewCv, storage: Storage) -> ProfileCv:
    """Stores a curriculum vitae in place of the one before, whose bytes are deleted after the commit."""
    advisory_lock(f"cv:{person_id}")
    row = queries.cv_of(person_id) or ProfileCv(person_id=person_id)
    if row.key:
        delete_after_commit(storage, row.key)
    row.name, row.media_type, row.size, row.sha256 = file.name, file.media_type, len(file.data), file.sha256
    row.key, row.saved_at = new_key("profiles"), now()
    session.add(row)
    session.flush()
    put_with_commit(storage, row.key, file.data)
    return row


def set_languages(person: Person, languages: dict[str, Level]) -> None:
    """Sets the person's languages, by code; removes all others."""
    known = {language.code: language for language in person.languages}
    for code in known.keys() - languages.keys():
        person.languages.remove(known[code])
    for code, level in languages.items():
        if code in known:
            known[code].level = level
        else:
            person.languages.append(PersonLanguage(code=code, level=level))


def find_people_anew() -> int:
    """Renews what the list of people is searched in, after a version that finds them otherwise; answers how many."""
    rows = session.execute(select(Person.id, Person.name, Person.email)).all()
    renew = update(Person).where(Person.id == bindparam("of")).values(found_by=bindparam("text"))
    if rows:
        session.connection().execute(renew, [{"of": row.id, "text": people_text(row.name, row.email)} for row in rows])
    return len(rows)
