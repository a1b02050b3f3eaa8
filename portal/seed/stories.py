"""One exchange told through the services, step by step, each at its own moment."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

import pikepdf

from portal import calendars
from portal.accounts.models import Person, actor_of
from portal.applications import documents
from portal.applications import service as applications
from portal.applications.queries import locked as application_of
from portal.applications.sections import Section
from portal.applications.service import Answers
from portal.applications.words import consent_text
from portal.approvals import service as approvals
from portal.calls.models import Call, DocumentKind
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.hosting import service as hosting
from portal.policy import Actor, Role
from portal.reports import queries as report_queries
from portal.reports import service as reports
from portal.reports.models import Met, Priority
from portal.seed.people import Cast
from portal.storage import Storage
from portal.visits import carrying
from portal.visits import queries as visit_queries
from portal.visits import service as visits
from portal.visits.checks import span
from portal.visits.plan import limits
from portal.workflow import Action

STEPS = (
    "apply", "submit", "endorse", "accept", "place", "confirm", "schedule", "agree_expert", "agree_home", "arrive",
    "attend", "depart", "report", "accept_host", "accept_home",
)  # fmt: skip


@dataclass(frozen=True)
class Story:
    """Content in the form of the cases; `moments` by step, in order; the story ends after the last one that is there.

    `ending` replaces the next step: return_home, reject_home, waitlist, return_host, reject_host, withdraw or
    cancel_host.
    """

    case: Mapping[str, Any]
    call: Call
    expert: Person
    unit_id: int
    moments: Mapping[str, datetime]
    ending: tuple[str, str] | None = None
    coordinator: Actor | None = None
    seal_languages: Sequence[str] = field(default=("en",))


class Teller:
    """Tells stories with this cast and storage."""

    def __init__(self, cast: Cast, storage: Storage, codes: Mapping[int, str], cv: bytes) -> None:
        self.cast, self.storage, self.codes, self.cv = cast, storage, codes, cv

    def tell(self, story: Story) -> Exchange:
        """Takes every step that has a moment, then the ending; answers the exchange as it then is."""
        exchange: Exchange | None = None
        for step in STEPS:
            moment = story.moments.get(step)
            if moment is None:
                break
            with calendars.at(moment):
                exchange = self._step(step, story, exchange)
        assert exchange is not None, "a story begins with an application"
        if story.ending:
            with calendars.at(max(story.moments.values()) + timedelta(days=2)):
                self._end(*story.ending, story, exchange)
        return locked(exchange.id)

    def _step(self, step: str, story: Story, exchange: Exchange | None) -> Exchange:
        if exchange is None:
            return self._apply(story)
        exchange = locked(exchange.id)
        getattr(self, f"_{step}")(story, exchange, exchange.version)
        return exchange

    def _staff(self, agency_id: int, role: Role) -> Actor:
        return self.cast.staff[self.codes[agency_id]][role]

    def _unit(self, story: Story) -> Actor:
        return story.coordinator or self._staff(story.call.host_id, Role.HOST)

    def _apply(self, story: Story) -> Exchange:
        said, by = story.case["application"], actor_of(story.expert)
        exchange = applications.begin_application(story.call, by)
        application = application_of(exchange.id)
        application.language = story.case["language"]
        session.flush()
        columns = {name: said[name] for name in ("situation", "aim", "benefit_home", "benefit_host", "days", "needs")}
        columns |= {name: "\n".join(said[name]) for name in ("results", "activities")}
        windows = [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in said["windows"]]
        wishes = Answers(columns=columns, windows=windows, wishes=said["wished_ids"])
        for section in (Section.PLAN, Section.BENEFIT):
            applications.save(exchange, section, Answers(columns=columns), version=application.version, by=by)
        applications.save(exchange, Section.WISHES, wishes, version=application.version, by=by)
        name = f"CV {story.expert.name}.pdf"
        file = documents.NewFile(DocumentKind.CV, name, "application/pdf", self.cv, sha256(self.cv).hexdigest())
        documents.add(exchange, file, once=f"seed-cv-{exchange.id:08d}", by=by, storage=self.storage)
        return exchange

    def _submit(self, story: Story, exchange: Exchange, version: int) -> None:
        by, application = actor_of(story.expert), application_of(exchange.id)
        consent = Answers(consent=(True, True, consent_text(application)))
        applications.save(exchange, Section.CONSENT, consent, version=application.version, by=by)
        applications.submit(exchange, version=version, by=by)

    def _decide(self, exchange: Exchange, action: Action, agency_id: int, reason: str = "") -> None:
        verdict = approvals.Verdict(action, exchange.version, reason)
        approvals.decide(exchange, verdict, by=self._staff(agency_id, Role.MANAGER))

    def _endorse(self, story: Story, exchange: Exchange, version: int) -> None:
        self._decide(exchange, Action.ENDORSE, exchange.home_id)

    def _accept(self, story: Story, exchange: Exchange, version: int) -> None:
        self._decide(exchange, Action.ACCEPT, exchange.host_id)

    def _place(self, story: Story, exchange: Exchange, version: int) -> None:
        terms = {
            "counterpart": {"KOSGEB": "Deniz Güneş", "KOBIA": "Ramil Əsgərov"}[self.codes[exchange.host_id]],
            "expected_results": "\n".join(story.case["application"]["results"]),
            "working_language": {"KOSGEB": "tr", "KOBIA": "az"}[self.codes[exchange.host_id]],
            "travel": "home",
            "lodging": "host",
            "insurance": "home",
        }
        by = self._staff(exchange.host_id, Role.MANAGER)
        hosting.place(exchange, story.unit_id, terms, version=version, by=by)

    def _confirm(self, story: Story, exchange: Exchange, version: int) -> None:
        hosting.confirm(exchange, version=version, by=self._unit(story))

    def _schedule(self, story: Story, exchange: Exchange, version: int) -> None:
        proposal, call = proposal_of(story.case["visit"]), limits(story.call)
        by = self._staff(exchange.host_id, Role.MANAGER)
        visits.schedule(exchange, proposal, call, version=version, by=by)

    def _agree_expert(self, story: Story, exchange: Exchange, version: int) -> None:
        visits.agree(exchange, Action.AGREE_EXPERT, version=version, by=actor_of(story.expert))

    def _agree_home(self, story: Story, exchange: Exchange, version: int) -> None:
        visits.agree(exchange, Action.AGREE_HOME, version=version, by=self._staff(exchange.home_id, Role.MANAGER))

    def _arrive(self, story: Story, exchange: Exchange, version: int) -> None:
        assert exchange.start is not None
        carrying.arrive(exchange, exchange.start, version=version, by=self._unit(story))

    def _attend(self, story: Story, exchange: Exchange, version: int) -> None:
        visit = visit_queries.visit_of(exchange.id)
        assert visit is not None
        carrying.record_days(exchange, span(visit.start, visit.end), visit.version, by=self._unit(story))

    def _depart(self, story: Story, exchange: Exchange, version: int) -> None:
        assert exchange.end is not None
        carrying.depart(exchange, exchange.end, version=version, by=self._unit(story))

    def _report(self, story: Story, exchange: Exchange, version: int) -> None:
        by = actor_of(story.expert)
        write_report(exchange, story.case, by)
        reports.hand_in(exchange, version, by=by)

    def _accept_host(self, story: Story, exchange: Exchange, version: int) -> None:
        by = self._staff(exchange.host_id, Role.MANAGER)
        reports.accept(exchange, Action.ACCEPT_REPORT_HOST, version, story.seal_languages, by=by)

    def _accept_home(self, story: Story, exchange: Exchange, version: int) -> None:
        by = self._staff(exchange.home_id, Role.MANAGER)
        reports.accept(exchange, Action.ACCEPT_REPORT_HOME, version, story.seal_languages, by=by)

    def _end(self, ending: str, reason: str, story: Story, exchange: Exchange) -> None:
        exchange = locked(exchange.id)
        if ending == "withdraw":
            applications.withdraw(exchange, version=exchange.version, reason=reason, by=actor_of(story.expert))
        elif ending == "decline":
            hosting.decline(exchange, reason, version=exchange.version, by=self._unit(story))
        else:
            agency = exchange.home_id if ending.endswith("_home") else exchange.host_id
            self._decide(exchange, Action(ending), agency, reason)


def write_report(exchange: Exchange, case: Mapping[str, Any], by: Actor) -> None:
    """The report of a case, section by section."""
    said = case["report"]
    report = reports.begin(exchange, [], case["language"], by)
    objectives = [reports.ObjectiveAnswer(text, Met(met), note) for text, met, note in said["objectives"]]
    reports.save_objectives(exchange, report.version, objectives, by=by)
    agencies = {"KOSGEB": exchange.home_id, "KOBIA": exchange.host_id}
    if exchange.home.code == "KOBIA":
        agencies = {"KOBIA": exchange.home_id, "KOSGEB": exchange.host_id}
    recommendations = [
        reports.RecommendationAnswer(
            r["text"], agencies[r["owner"]], date.fromisoformat(r["horizon"]), Priority(r["priority"])
        )
        for r in said["recommendations"]
    ]
    reports.save_recommendations(exchange, report.version, recommendations, by=by)
    answers = {name: said[name] for name in ("findings", "lessons", "days_worked", "publish")}
    answers["people_met"] = "\n".join(said["people_met"])
    reports.save_text(exchange, report.version, answers, by=by)
    assert report_queries.report_of(exchange.id) is not None


def proposal_of(visit: Mapping[str, Any]) -> visits.Proposal:
    """A case's visit as a proposal."""
    agenda = [
        visits.AgendaAnswer(
            date.fromisoformat(a["day"]), time.fromisoformat(a["from"]), time.fromisoformat(a["to"]),
            a["title"], a["place"], a.get("who", ""),
        )
        for a in visit.get("agenda", ())
    ]  # fmt: skip
    milestones = [
        visits.MilestoneAnswer(date.fromisoformat(m["due"]), m["title"], m["output"], m["indicator"])
        for m in visit.get("milestones", ())
    ]
    out, back = (date.fromisoformat(day) for day in visit["travel"])
    return visits.Proposal(
        date.fromisoformat(visit["start"]), date.fromisoformat(visit["end"]), out, back, "", agenda, milestones
    )


def blank_pdf() -> bytes:
    """A one-page PDF, standing for a CV."""
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=(595, 842))
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True)
        return out.getvalue()
