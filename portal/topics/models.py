"""The one list of topics that calls, experts, applications and host units share, in three languages."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base, enum_type
from portal.names import in_language
from portal.reference_data import watched


class TopicGroup(StrEnum):
    """Under what a topic stands where one chooses."""

    POLICY = "policy"
    SERVICES = "services"
    SKILLS = "skills"
    FINANCE = "finance"
    MARKETS = "markets"
    DIGITAL = "digital"
    OTHER = "other"


class TopicState(StrEnum):
    """`proposed`: in somebody's words, until it is reviewed. `retired` and `merged` ones are not offered any more."""

    LISTED = "listed"
    PROPOSED = "proposed"
    RETIRED = "retired"
    MERGED = "merged"


@watched
class Topic(Base):
    """Whoever uses a topic refers to it, so that a better name is seen everywhere. A merged one stays, empty, so that
    what referred to it before is read as the one that it went into."""

    __tablename__ = "topic"

    name_en: Mapped[str] = mapped_column(String(120), default="")
    name_tr: Mapped[str] = mapped_column(String(120), default="")
    name_az: Mapped[str] = mapped_column(String(120), default="")
    group: Mapped[TopicGroup] = mapped_column(enum_type(TopicGroup), default=TopicGroup.OTHER)
    state: Mapped[TopicState] = mapped_column(enum_type(TopicState), default=TopicState.LISTED)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("topic.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012
    __table_args__ = (
        CheckConstraint("name_en <> '' or name_tr <> '' or name_az <> ''", name="named"),
        CheckConstraint("merged_into_id is null or merged_into_id <> id", name="merged_into_another"),
    )

    @property
    def names(self) -> dict[str, str]:
        """By language, empty where it has none."""
        return {"en": self.name_en, "tr": self.name_tr, "az": self.name_az}

    def in_language(self, language: str) -> tuple[str, str]:
        """The (name, its language) for a reader."""
        return in_language(self.names, language)

    def named(self, language: str) -> str:
        return self.in_language(language)[0]
