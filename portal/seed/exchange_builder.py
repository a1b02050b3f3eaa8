"""One exchange told through the services, step by step, each at its own moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any

from portal import calendars
from portal.accounts.models import Person, actor_of
from portal.applications import documents
from portal.applications import service as applications
from portal.applications.labels import consent_text
from portal.applications.queries import locked as application_of
from portal.applications.sections import Section
from portal.applications.service import Answers
from portal.approvals import service as approvals
from portal.calls.models import Call, DocumentKind
from portal.db import session
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.exchanges.service import write_note
from portal.hosting import service as hosting
from portal.policy import Actor, Role
from portal.reports import outcome
from portal.reports import queries as report_queries
from portal.reports import service as reports
from portal.reports.models import Met, Priority, Progress
from portal.seed.office_hours import at_work
from portal.seed.people import Cast
from portal.seed.sample_documents import paper
from portal.seed.texts import COMMENTS
from portal.storage import Storage
from portal.visits import attendance
from portal.visits import queries as visit_queries
from portal.visits import service as visits
from portal.visits.plan_checks import span
from portal.visits.plan_forms import limits
from portal.workflows.exchange_terms import Action

STEPS = (
    "apply", "submit", "endorse", "accept", "place", "confirm", "schedule", "expert_approve_plan",
    "home_approve_plan", "arrive", "attend", "depart", "report", "accept_host", "accept_home",
)  # fmt: skip


@dataclass(frozen=True)
class Extra:
    """Something beside the steps: `what` is a message, progress report, evaluation, comment or follow-up."""

    at: datetime
    what: str
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
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
    extras: Sequence[Extra] = ()
    versions: Sequence[str] = ()  # of the sealed report; all of them where none is named


class ExchangeBuilder:
    """Tells stories with this cast and storage."""

    def __init__(self, cast: Cast, storage: Storage, codes: Mapping[int, str]) -> None:
        self.cast, self.storage, self.codes = cast, storage, codes

    def build(self, scenario: Scenario) -> Exchange:
        """Takes every step that has a moment and what happens beside them, in order of time, then the ending; answers
        the exchange as it then is."""
        exchange: Exchange | None = None
        told: list[tuple[datetime, str | Extra]] = [(at, step) for step in STEPS if (at := scenario.moments.get(step))]
        told += [(extra.at, extra) for extra in scenario.extras]
        for moment, happening in sorted(told, key=lambda entry: entry[0]):
            with calendars.at(moment):
                if isinstance(happening, Extra):
                    assert exchange is not None, "a story begins with an application"
                    self._beside(happening, scenario, locked(exchange.id))
                else:
                    exchange = self._step(happening, scenario, exchange)
        assert exchange is not None, "a story begins with an application"
        if scenario.ending:
            last = max(scenario.moments.values()) + timedelta(days=2)
            with calendars.at(at_work(min(last, calendars.now() - timedelta(hours=1)))):
                self._end(*scenario.ending, scenario, exchange)
        return locked(exchange.id)

    def _beside(self, extra: Extra, scenario: Scenario, exchange: Exchange) -> None:
        """A message, a progress report, an evaluation, a comment or a follow-up."""
        said, unit, expert = extra.said, self._unit(scenario), actor_of(scenario.expert)
        home = self._staff(exchange.home_id, Role.MANAGER)
        idempotency_key = f"seed-{exchange.id}-{extra.at:%m%d%H%M}"
        match extra.what:
            case "note":
                host = self._staff(exchange.host_id, Role.MANAGER)
                by = {"expert": expert, "home": home, "host": host, "unit": unit}[said["who"]]
                write_note(exchange, said["text"], idempotency_key=idempotency_key, by=by)
            case "progress":
                hand_in_progress(exchange, said, idempotency_key, by=expert)
            case "evaluate_host":
                outcome.evaluate(exchange, True, _marks(exchange.id), said["text"], by=expert)
            case "evaluate_expert":
                outcome.evaluate(exchange, False, _marks(exchange.id + 1), said["text"], by=unit)
            case "comment":
                report = report_queries.report_of(exchange.id)
                assert report is not None, "a report is commented on after it was handed in"
                reports.comment_as_host(exchange, said["text"], report.version, by=unit)
            case "follow_up":
                outcome.follow_up(exchange, said["number"], Progress(said["progress"]), said["text"], by=home)

    def _step(self, step: str, scenario: Scenario, exchange: Exchange | None) -> Exchange:
        if exchange is None:
            return self._apply(scenario)
        exchange = locked(exchange.id)
        getattr(self, f"_{step}")(scenario, exchange, exchange.version)
        return exchange

    def _staff(self, agency_id: int, role: Role) -> Actor:
        return self.cast.staff[self.codes[agency_id]][role]

    def _unit(self, scenario: Scenario) -> Actor:
        return scenario.coordinator or self._staff(scenario.call.host_id, Role.HOST)

    def _apply(self, scenario: Scenario) -> Exchange:
        said, by = scenario.case["application"], actor_of(scenario.expert)
        exchange = applications.begin_application(scenario.call, by)
        application = application_of(exchange.id)
        application.language = scenario.case["language"]
        session.flush()
        columns = {name: said[name] for name in ("situation", "aim", "benefit_home", "benefit_host", "days", "needs")}
        columns |= {name: "\n".join(said[name]) for name in ("results", "activities")}
        windows = [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in said["windows"]]
        wishes = Answers(columns=columns, windows=windows, wishes=said["wished_ids"])
        for section in (Section.PLAN, Section.BENEFIT):
            applications.save(exchange, section, Answers(columns=columns), version=application.version, by=by)
        applications.save(exchange, Section.WISHES, wishes, version=application.version, by=by)
        self._add_paper(exchange, scenario, DocumentKind.CV, "CV")
        if exchange.id % 3 == 0:
            self._add_paper(exchange, scenario, DocumentKind.SUPERVISOR, "Letter")
        return exchange

    def _add_paper(self, exchange: Exchange, scenario: Scenario, kind: DocumentKind, title: str) -> None:
        person = scenario.expert
        data = paper(f"{title}: {person.document_name}", [f"{exchange.reference}", f"{person.years} years"])
        name = f"{title} {person.name}.pdf"
        file = documents.NewFile(kind, name, "application/pdf", data, sha256(data).hexdigest())
        idempotency_key = f"seed-{kind.value}-{exchange.id:08d}"
        documents.add(exchange, file, idempotency_key=idempotency_key, by=actor_of(person), storage=self.storage)

    def _submit(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        by, application = actor_of(scenario.expert), application_of(exchange.id)
        consent = Answers(consent=(True, True, consent_text(application)))
        applications.save(exchange, Section.CONSENT, consent, version=application.version, by=by)
        applications.submit(exchange, version=version, by=by)

    def _decide(self, exchange: Exchange, action: Action, agency_id: int) -> None:
        verdict = approvals.Verdict(action, exchange.version)
        approvals.decide(exchange, verdict, by=self._staff(agency_id, Role.MANAGER))

    def _endorse(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        self._decide(exchange, Action.HOME_ENDORSE, exchange.home_id)

    def _accept(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        self._decide(exchange, Action.HOST_ACCEPT, exchange.host_id)

    def _place(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        terms = {
            "counterpart": {"KOSGEB": "Deniz Güneş", "KOBIA": "Ramil Əsgərov"}[self.codes[exchange.host_id]],
            "expected_results": "\n".join(scenario.case["application"]["results"]),
            "working_language": {"KOSGEB": "tr", "KOBIA": "az"}[self.codes[exchange.host_id]],
            "travel": "home",
            "lodging": "host",
            "insurance": "home",
        }
        by = self._staff(exchange.host_id, Role.MANAGER)
        hosting.place(exchange, scenario.unit_id, terms, version=version, by=by)

    def _confirm(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        hosting.confirm(exchange, version=version, by=self._unit(scenario))

    def _schedule(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        proposal, call = proposal_of(scenario.case["visit"]), limits(scenario.call)
        by = self._staff(exchange.host_id, Role.MANAGER)
        visits.schedule(exchange, proposal, call, version=version, by=by)

    def _expert_approve_plan(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        visits.agree(exchange, Action.EXPERT_APPROVE_PLAN, version=version, by=actor_of(scenario.expert))

    def _home_approve_plan(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        visits.agree(
            exchange, Action.HOME_APPROVE_PLAN, version=version, by=self._staff(exchange.home_id, Role.MANAGER)
        )

    def _arrive(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        assert exchange.start is not None
        attendance.arrive(exchange, exchange.start, version=version, by=self._unit(scenario))

    def _attend(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        visit = visit_queries.visit_of(exchange.id)
        assert visit is not None
        attendance.record_days(exchange, span(visit.start, visit.end), visit.version, by=self._unit(scenario))

    def _depart(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        assert exchange.end is not None
        attendance.depart(exchange, exchange.end, version=version, by=self._unit(scenario))

    def _report(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        by = actor_of(scenario.expert)
        write_report(exchange, scenario.case, by)
        reports.hand_in(exchange, version, by=by)

    def _accept_host(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        by = self._staff(exchange.host_id, Role.MANAGER)
        reports.accept(exchange, Action.HOST_ACCEPT_REPORT, version, scenario.versions, by=by)

    def _accept_home(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        by = self._staff(exchange.home_id, Role.MANAGER)
        reports.accept(exchange, Action.HOME_ACCEPT_REPORT, version, scenario.versions, by=by)

    def _end(self, ending: str, reason: str, scenario: Scenario, exchange: Exchange) -> None:
        exchange = locked(exchange.id)
        if ending == "expert_withdraw":
            applications.withdraw(exchange, version=exchange.version, reason=reason, by=actor_of(scenario.expert))
        elif ending == "unit_decline":
            hosting.decline(exchange, reason, version=exchange.version, by=self._unit(scenario))
        else:
            agency = exchange.home_id if ending.startswith("home_") else exchange.host_id
            comments = COMMENTS[scenario.case["language"]] if ending == "home_return" else None
            verdict = approvals.Verdict(Action(ending), exchange.version, reason, comments)
            approvals.decide(exchange, verdict, by=self._staff(agency, Role.MANAGER))


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


def hand_in_progress(exchange: Exchange, said: Mapping[str, Any], idempotency_key: str, by: Actor) -> None:
    """A period of a long stay: milestones that were due are done, the next one is under way."""
    visit = report_queries.visit_with_plan(exchange.id)
    assert visit is not None, "a long stay has a plan"
    coming = [milestone.id for milestone in visit.milestones if milestone.due > said["last"]]
    stood = dict.fromkeys(coming, Progress.NOT_STARTED) | dict.fromkeys(coming[:1], Progress.UNDER_WAY)
    answers = [outcome.MilestoneAnswer(m.id, stood.get(m.id, Progress.DONE), "") for m in visit.milestones]
    written = outcome.PeriodAnswer(said["first"], said["last"], said["answers"], answers)
    outcome.hand_in_progress(exchange, written, idempotency_key, by=by)


def _marks(number: int) -> list[int]:
    """Five marks, mostly good ones."""
    return [(5, 4, 5, 3, 5, 4, 4)[(number + n) % 7] for n in range(5)]
