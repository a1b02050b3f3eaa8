"""People, their agencies, roles and sign-ins."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    event,
    func,
    select,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal.db import NEW_IDS, Alphabetical, Base, enum_type
from portal.names import fold, joined
from portal.policy import Actor, Grant, Role
from portal.reference_data import watched
from portal.topics.models import Topic


class Level(StrEnum):
    """The six levels of the Common European Framework of Reference for Languages (CEFR)."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"


class TokenKind(StrEnum):
    CONFIRM = "confirm"
    RESET = "reset"
    INVITE = "invite"


@watched
class Agency(Base):
    __tablename__ = "agency"

    code: Mapped[str] = mapped_column(String(12), unique=True)  # ASCII: KOSGEB, KOBIA
    short_name: Mapped[str] = mapped_column(String(24))  # as printed: KOSGEB, KOBİA
    name_own: Mapped[str]
    name_en: Mapped[str]
    country: Mapped[str] = mapped_column(String(2))
    city: Mapped[str] = mapped_column(String(60))
    zone: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    contact: Mapped[str] = mapped_column(default="")
    domains: Mapped[str] = mapped_column(default="")  # of its e-mail addresses, separated by spaces

    __table_args__ = (CheckConstraint("country in ('TR', 'AZ')", name="country"),)


class Person(Alphabetical, Base):
    """A person who can sign in. `email_key` is unique: addresses that differ only in letter case are one person."""

    __tablename__ = "person"

    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(String(120))
    found_by: Mapped[str] = mapped_column(String(400), default="")  # name and address, folded; see `_find_by`
    document_name: Mapped[str] = mapped_column(String(120), default="")
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"), index=True)
    post: Mapped[str] = mapped_column(default="")
    unit_name: Mapped[str] = mapped_column(default="")
    years: Mapped[int | None]
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(2), default="")  # empty: not chosen; mail is then in the agency's
    active: Mapped[bool] = mapped_column(default=True)
    invited_at: Mapped[datetime | None]  # by an administrator, the last time
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    agency: Mapped[Agency | None] = relationship()
    topics: Mapped[list[Topic]] = relationship(secondary="person_topic", order_by=Topic.id)
    grants: Mapped[list[RoleGrant]] = relationship(back_populates="person", cascade="all, delete-orphan")
    languages: Mapped[list[PersonLanguage]] = relationship(
        back_populates="person", cascade="all, delete-orphan", order_by="PersonLanguage.code"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012

    @validates("name")
    def _named(self, _column: str, name: str) -> str:
        return self.keyed(name)

    @hybrid_property
    def mail_language(self) -> str:
        """The language chosen, else the agency's, else English; usable in SQL expressions too."""
        return self.language or (self.agency.language if self.agency else "") or "en"

    @mail_language.inplace.expression
    @classmethod
    def _mail_language(cls) -> ColumnElement[str]:
        agency = select(Agency.language).where(Agency.id == cls.agency_id).scalar_subquery()
        return func.coalesce(func.nullif(cls.language, ""), agency, "en")


# whoever was invited and has not accepted yet can do nothing
CAN_SIGN_IN = and_(Person.active.is_(True), Person.confirmed_at.is_not(None))


class PersonLanguage(Base):
    __tablename__ = "person_language"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(3))  # ISO 639-1
    level: Mapped[Level] = mapped_column(enum_type(Level))

    person: Mapped[Person] = relationship(back_populates="languages")
    __table_args__ = (UniqueConstraint("person_id", "code"),)


class PersonTopic(Base):
    __tablename__ = "person_topic"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    topic_id: Mapped[int] = mapped_column(ForeignKey("topic.id"), index=True)

    __table_args__ = (UniqueConstraint("person_id", "topic_id"),)


class ProfileCv(Base):
    """The curriculum vitae that a person keeps with the profile, to be added to applications."""

    __tablename__ = "profile_cv"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    name: Mapped[str]
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(80))
    saved_at: Mapped[datetime]


class RoleGrant(Base):
    """One role of a person; `unit_id` names a host unit for coordinators (no foreign key: a later stage)."""

    __tablename__ = "role_grant"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int | None] = mapped_column(index=True)

    person: Mapped[Person] = relationship(back_populates="grants")
    __table_args__ = (
        UniqueConstraint("person_id", "role", "agency_id", "unit_id"),
        Index("ix_role_grant_agency_role", "agency_id", "role"),
    )


class SignIn(Base):
    """One signed-in browser. Only the hash of its secret is stored; deleting the row signs it out."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    browser: Mapped[str] = mapped_column(default="")

    person: Mapped[Person] = relationship()


class KnownBrowser(Base):
    """A browser in which a person has signed in; its cookie has the secret, of which only the hash is stored here.

    Wrong passwords typed elsewhere do not slow it down; deleting the row makes it a stranger again.
    """

    __tablename__ = "known_browser"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    seen_at: Mapped[datetime]


class SignInAttempt(Base):
    """Failed sign-ins by key (address or network), to slow an attacker down without locking a person out."""

    __tablename__ = "sign_in_attempt"

    key: Mapped[str] = mapped_column(String(80), index=True)
    at: Mapped[datetime]


class Token(Base):
    """A link sent by mail: confirm an address, reset a password, accept an invitation. Used once."""

    __tablename__ = "token"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[TokenKind] = mapped_column(enum_type(TokenKind))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    # for a confirmation, the password chosen with it, which must be entered again: else somebody could register another
    # person's address with a password of their own and wait for that person to follow the link
    password_hash: Mapped[str] = mapped_column(default="")
    name: Mapped[str | None] = mapped_column(String(120))  # chosen with it, which goes with that password


class AddressChange(Base):
    """A link mailed to an address that is to become a person's. Used once, by whoever reads the mail there."""

    __tablename__ = "address_change"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(String(254))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))  # who asked for it
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Absence(Base):
    """A manager is away from `first` to `last`, both included, days at the agency; meanwhile `deputy` decides, once
    they have agreed to. Which of these are in force on a day: `queries.acting`."""

    __tablename__ = "absence"

    manager_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    first: Mapped[date]
    last: Mapped[date]
    agreed_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]

    manager: Mapped[Person] = relationship(foreign_keys=[manager_id])
    deputy: Mapped[Person] = relationship(foreign_keys=[deputy_id])
    __table_args__ = (
        CheckConstraint("last >= first", name="order"),
        CheckConstraint("manager_id <> deputy_id", name="other_person"),
        NEW_IDS,
    )


@event.listens_for(Person, "before_insert")
@event.listens_for(Person, "before_update")
def _find_by(_mapper: Any, _connection: Any, person: Person) -> None:
    """Folds name and address for the search, because neither engine's upper or lower treats İ, ı and ə alike."""
    person.found_by = people_text(person.name, person.email)


def people_text(name: str, email: str) -> str:
    """What the list of people is searched in: O'Neil is found as o'neil and as oneil."""
    whole = joined(name)
    return fold(f"{name} {email} {whole}" if whole != name else f"{name} {email}")[:400]


def actor_of(person: Person, acting_for: frozenset[int] = frozenset()) -> Actor:
    """The person as an Actor of the policy; `acting_for` are the agencies in which a deputy acts for a manager."""
    grants = frozenset(Grant(g.role, g.agency_id, g.unit_id) for g in person.grants)
    return Actor(person.id, grants, acting_for, person.mail_language)
