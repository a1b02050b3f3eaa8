"""Makes one exchange by calling the services, step by step, each at its own moment."""

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
from portal.applications.consent import asked
from portal.applications.queries import locked as application_of
from portal.applications.sections import Section, Ticks
from portal.applications.service import Answers
from portal.approvals import service as approvals
from portal.calls.models import Call
from portal.db import session
from portal.documents.models import DocumentKind
from portal.documents.service import NewFile
from portal.exchanges.models import Exchange
from portal.exchanges.queries import locked
from portal.exchanges.service import write_note
from portal.hosting import service as hosting
from portal.policy import Actor, Role
from portal.reports import evaluations, follow_up, progress_reports
from portal.reports import queries as report_queries
from portal.reports import service as reports
from portal.reports.models import Met, Priority, Progress
from portal.seed.office_hours import to_office_hours
from portal.seed.people import StaffActors
from portal.seed.sample_documents import sample_pdf
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
    """Something that happens between the steps.

    `what` is "note", "progress", "evaluate_host", "evaluate_expert", "comment" or "follow_up"; `facts` are its answers.
    """

    at: datetime
    what: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Scenario:
    """How one exchange is made: `case` has its texts and dates in the form of the cases' files, `moments` has the
    steps to take, in order, with their times.

    `ending` is a last step other than those of STEPS, such as "home_return", with its reason.
    """

    case: Mapping[str, Any]
    call: Call
    expert: Person
    unit_id: int
    moments: Mapping[str, datetime]
    ending: tuple[str, str] | None = None
    coordinator: Actor | None = None
    extras: Sequence[Extra] = ()
    versions: Sequence[str] = ()  # languages of the sealed report; empty: all


class ExchangeBuilder:
    """Makes exchanges, acting as the staff of both agencies; `codes` are the agencies' codes by id."""

    def __init__(self, staff: StaffActors, storage: Storage, codes: Mapping[int, str]) -> None:
        self.staff, self.storage, self.codes = staff, storage, codes

    def build(self, scenario: Scenario) -> Exchange:
        """Takes the steps and the extras in order of time, then the ending; returns the exchange, locked."""
        exchange: Exchange | None = None
        entries: list[tuple[datetime, str | Extra]] = [
            (at, step) for step in STEPS if (at := scenario.moments.get(step))
        ]
        entries += [(extra.at, extra) for extra in scenario.extras]
        for moment, entry in sorted(entries, key=lambda entry: entry[0]):
            with calendars.at(moment):
                if isinstance(entry, Extra):
                    assert exchange is not None, "an exchange begins with an application"
                    self._take_extra(entry, scenario, locked(exchange.id))
                else:
                    exchange = self._step(entry, scenario, exchange)
        assert exchange is not None, "an exchange begins with an application"
        if scenario.ending:
            last = max(scenario.moments.values()) + timedelta(days=2)
            with calendars.at(to_office_hours(min(last, calendars.now() - timedelta(hours=1)))):
                self._end(*scenario.ending, scenario, exchange)
        return locked(exchange.id)

    def _take_extra(self, extra: Extra, scenario: Scenario, exchange: Exchange) -> None:
        """A message, a progress report, an evaluation, a comment or a follow-up."""
        facts, unit, expert = extra.facts, self._unit(scenario), actor_of(scenario.expert)
        home = self._staff(exchange.home_id, Role.MANAGER)
        idempotency_key = f"seed-{exchange.id}-{extra.at:%m%d%H%M}"
        match extra.what:
            case "note":
                host = self._staff(exchange.host_id, Role.MANAGER)
                by = {"expert": expert, "home": home, "host": host, "unit": unit}[facts["who"]]
                write_note(exchange, facts["text"], idempotency_key=idempotency_key, by=by)
            case "progress":
                hand_in_progress(exchange, facts, idempotency_key, by=expert)
            case "evaluate_host":
                evaluations.evaluate(exchange, True, _marks(exchange.id), facts["text"], by=expert)
            case "evaluate_expert":
                evaluations.evaluate(exchange, False, _marks(exchange.id + 1), facts["text"], by=unit)
            case "comment":
                report = report_queries.report_of(exchange.id)
                assert report is not None, "a report is commented on after it was handed in"
                reports.comment_as_host(exchange, facts["text"], report.version, by=unit)
            case "follow_up":
                answer = follow_up.Answer(Progress(facts["progress"]), facts["text"])
                follow_up.record(exchange, facts["number"], answer, idempotency_key, by=home)

    def _step(self, step: str, scenario: Scenario, exchange: Exchange | None) -> Exchange:
        if exchange is None:
            return self._apply(scenario)
        exchange = locked(exchange.id)
        getattr(self, f"_{step}")(scenario, exchange, exchange.version)
        return exchange

    def _staff(self, agency_id: int, role: Role) -> Actor:
        return self.staff.by_agency[self.codes[agency_id]][role]

    def _unit(self, scenario: Scenario) -> Actor:
        return scenario.coordinator or self._staff(scenario.call.host_id, Role.HOST)

    def _apply(self, scenario: Scenario) -> Exchange:
        content, by = scenario.case["application"], actor_of(scenario.expert)
        exchange = applications.begin_application(scenario.call, by)
        application = application_of(exchange.id)
        application.language = scenario.case["language"]
        session.flush()
        columns = {
            name: content[name] for name in ("situation", "aim", "benefit_home", "benefit_host", "days", "needs")
        }
        columns |= {name: "\n".join(content[name]) for name in ("results", "activities")}
        windows = [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in content["windows"]]
        wishes = Answers(columns=columns, windows=windows, wishes=content["wished_ids"])
        for section in (Section.PLAN, Section.BENEFIT):
            applications.save(exchange, section, Answers(columns=columns), version=application.version, by=by)
        applications.save(exchange, Section.WISHES, wishes, version=application.version, by=by)
        self._add_document(exchange, scenario, DocumentKind.CV, "CV")
        if exchange.id % 3 == 0:
            self._add_document(exchange, scenario, DocumentKind.SUPERVISOR, "Letter")
        return exchange

    def _add_document(self, exchange: Exchange, scenario: Scenario, kind: DocumentKind, title: str) -> None:
        person = scenario.expert
        data = sample_pdf(f"{title}: {person.document_name}", [f"{exchange.reference}", f"{person.years} years"])
        name = f"{title} {person.name}.pdf"
        file = NewFile(kind, name, "application/pdf", data, sha256(data).hexdigest())
        idempotency_key = f"seed-{kind.value}-{exchange.id:08d}"
        documents.add(exchange, file, idempotency_key=idempotency_key, by=actor_of(person), storage=self.storage)

    def _submit(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        by, application = actor_of(scenario.expert), application_of(exchange.id)
        consent = Answers(consent=Ticks(True, asked(application).kept))
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
        code = self.codes[exchange.host_id]
        receives = session.get_one(Person, self._staff(exchange.host_id, Role.HOST).id)
        terms = {
            "counterpart": receives.name,
            "counterpart_phone": receives.phone,
            "expected_results": "\n".join(scenario.case["application"]["results"]),
            "working_language": {"KOSGEB": "tr", "KOBIA": "az"}[code],
            "travel": "home",
            "lodging": "host",
            "insurance": "home",
        }
        by = self._staff(exchange.host_id, Role.MANAGER)
        hosting.place(exchange, scenario.unit_id, terms, version=version, by=by)

    def _confirm(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        hosting.confirm(exchange, version=version, by=self._unit(scenario))

    def _schedule(self, scenario: Scenario, exchange: Exchange, version: int) -> None:
        proposal, call = proposal_of(scenario.case), limits(scenario.call)
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
    """Writes the report of a case, section by section; `case` has the form of the cases' files."""
    content = case["report"]
    report = reports.begin(exchange, [], case["language"], by)
    objectives = [reports.ObjectiveAnswer(text, Met(met), note) for text, met, note in content["objectives"]]
    reports.save_objectives(exchange, report.version, objectives, by=by)
    agencies = {"KOSGEB": exchange.home_id, "KOBIA": exchange.host_id}
    if exchange.home.code == "KOBIA":
        agencies = {"KOBIA": exchange.home_id, "KOSGEB": exchange.host_id}
    recommendations = [
        reports.RecommendationAnswer(
            r["text"], agencies[r["owner"]], date.fromisoformat(r["horizon"]), Priority(r["priority"])
        )
        for r in content["recommendations"]
    ]
    reports.save_recommendations(exchange, report.version, recommendations, by=by)
    answers = {name: content[name] for name in ("findings", "lessons", "days_worked", "publish")}
    answers["people_met"] = "\n".join(content["people_met"])
    reports.save_text(exchange, report.version, answers, by=by)
    assert report_queries.report_of(exchange.id) is not None


def proposal_of(case: Mapping[str, Any]) -> visits.Proposal:
    """The visit of a case as a proposal; milestones are in the expert's words."""
    visit = case["visit"]
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
    start, end = date.fromisoformat(visit["start"]), date.fromisoformat(visit["end"])
    return visits.Proposal(start, end, out, back, "", agenda, milestones, case["language"] if milestones else "")


def hand_in_progress(exchange: Exchange, facts: Mapping[str, Any], idempotency_key: str, by: Actor) -> None:
    """Submits a progress report: milestones that were due are done, the next one is under way."""
    visit = report_queries.visit_with_plan(exchange.id)
    assert visit is not None, "a long stay has a plan"
    coming = [milestone.id for milestone in visit.milestones if milestone.due > facts["last"]]
    stood = dict.fromkeys(coming, Progress.NOT_STARTED) | dict.fromkeys(coming[:1], Progress.UNDER_WAY)
    answers = [progress_reports.MilestoneAnswer(m.id, stood.get(m.id, Progress.DONE), "") for m in visit.milestones]
    written = progress_reports.PeriodAnswer(facts["first"], facts["last"], facts["answers"], answers)
    progress_reports.hand_in(exchange, written, idempotency_key, by=by)


def _marks(number: int) -> list[int]:
    """The five marks of an evaluation, mostly good ones; `number` varies them."""
    return [(5, 4, 5, 3, 5, 4, 4)[(number + n) % 7] for n in range(5)]
