"""The texts of messages, in the receiver's language: first the action, then the person, then the date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import force_locale, format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.messages.models import Message
from portal.workflow import Workflow
from portal.workflows import WORKFLOWS
from portal.workflows.exchange import EXCHANGE

OTHER: dict[str, Any] = {
    "note": _l("Read a new message about %(name)s"),
    "sealed": _l("Download the sealed report of %(name)s"),
    "reminder": _l("Reminder: %(task)s"),
    "overdue": _l("Overdue: %(task)s"),
    "escalated": _l("Decide on %(name)s: it is overdue"),
    "stay_ends": _l("The stay of %(name)s ends on %(end)s"),
    "plan_due": _l("Propose dates and a plan for %(name)s"),
    "progress_due": _l("Hand in your progress report"),
    "follow_up": _l("Say what became of the recommendations of %(name)s"),
    "evaluate": _l("Say how the exchange of %(name)s went"),
    "deputy_ended": _l("You no longer stand in for %(name)s"),
    "deputy": _l("Stand in for %(name)s from %(first)s to %(last)s"),
    "deputy_asked": _l("Say whether you stand in for %(name)s from %(first)s to %(last)s"),
    "deputy_agreed": _l("%(name)s agreed to stand in for you from %(first)s to %(last)s"),
    "deputy_declined": _l("Name another deputy: %(name)s cannot stand in from %(first)s to %(last)s"),
    "stand_in_ended": _l("Name another deputy: %(name)s no longer stands in for you"),
    "account.confirm": _l("Confirm your e-mail address"),
    "account.reset": _l("Choose a new password"),
    "account.invite": _l("Accept your invitation to Körpü"),
    "account.address": _l("Confirm your new e-mail address"),
    "account.address_asked": _l("Your e-mail address at Körpü is about to change"),
    "account.address_changed": _l("Your e-mail address at Körpü has changed"),
    "account.known": _l("You already have an account at Körpü"),
}
TO_DO = _l("Open the exchange to see what is asked and what comes next.")
TO_READ = _l("You need not do anything. Open the exchange to read more.")
LEAD: dict[str, Any] = {
    "deputy_ended": _l("The absence from %(first)s to %(last)s is ended: decisions are the manager’s again."),
    "deputy_asked": _l("You decide in this time only if you agree. Open the page to agree or to decline."),
    "deputy_agreed": _l("You need not do anything. From the first to the last day they decide and get the mails."),
    "deputy_declined": _l("As long as nobody has agreed, decisions wait for you."),
    "stand_in_ended": _l("Nobody decides for you from %(first)s to %(last)s until somebody else has agreed."),
    "deputy": _l("In this time you may decide for your agency. What waits stands on your desk."),
    "account.confirm": _l("Open this address to confirm that it is yours. It works for two days, once."),
    "account.reset": _l(
        "Open this address to choose a new password. It works for two hours, once. "
        "If you did not ask for it, do nothing."
    ),
    "account.invite": _l(
        "You have been invited to Körpü, the portal through which experts of KOSGEB and KOBİA visit each other. "
        "Open this address to choose a password. It works for seven days, once."
    ),
    "account.address": _l(
        "Open this address to confirm that it is yours: from then on you sign in with it. It works for two days, once."
    ),
    "account.address_asked": _l(
        "It becomes %(address)s once that is confirmed. If you did not ask for it, tell your administrator."
    ),
    "account.address_changed": _l(
        "You sign in and get mails with %(address)s now. If you did not ask for it, tell your administrator."
    ),
    "account.known": _l(
        "Somebody, probably you, tried to register with this address. "
        "You have an account already: sign in, or choose a new password."
    ),
}


# why a mail did not arrive, by the kind of error with which its problem begins
PROBLEMS: dict[str, Any] = {
    "SMTPRecipientsRefused": _l("The receiving server refused this address."),
    "SMTPSenderRefused": _l("The mail server refused the address from which the portal writes."),
    "SMTPDataError": _l("The receiving server refused the mail."),
    "SMTPAuthenticationError": _l("The mail server refused the portal’s user name or password."),
    "NotEncrypted": _l("The mail server offers no encryption, so nothing was sent."),
    "SSLCertVerificationError": _l("The mail server cannot prove who it is."),
    "KeyError": _l("The portal has no words for this mail."),
    "LookupError": _l("The portal has no words for this mail."),
    "ValueError": _l("The portal could not compose this mail."),
    "": _l("It was too old before it could be sent."),
}
UNREACHED = _l("The mail server could not be reached.")


def problem_words(problem: str) -> str:
    """Why a mail did not arrive; whatever is not known is trouble with the connection."""
    return str(PROBLEMS.get(problem.partition(":")[0], UNREACHED))


def words_or_kind(message: Message, language: str) -> str:
    """What a message says, for a list that shows it whatever it is: its kind where it cannot be worded."""
    try:
        return words(message, language).what
    except (LookupError, ValueError):
        return message.kind


DAYS = ("first", "last", "end")  # facts that are dates, stored in ISO format


@dataclass(frozen=True)
class Words:
    """The texts of one message; `about` is the subject's reference, `lead` the first sentence."""

    what: str
    about: str
    lead: str
    by_when: str

    @property
    def subject(self) -> str:
        return " – ".join(filter(None, [self.what, self.about]))


def words(message: Message, language: str | None = None) -> Words:
    """The texts of a message in `language`, by default its receiver's. Raises LookupError for an unknown kind."""
    with force_locale(language or message.language):
        facts = {"name": "", "home": "", "host": "", **message.facts}
        facts |= {name: _day(facts[name]) for name in DAYS if facts.get(name)}
        if message.kind in ("reminder", "overdue"):
            facts["task"] = _task(facts) % facts
        lead = LEAD.get(message.kind, TO_READ if message.kind.startswith("news.") else TO_DO)
        about = str(facts.get("reference", ""))
        return Words(str(_what(message.kind, facts)) % facts, about, str(lead) % facts, _by_when(message.kind, facts))


def _what(kind: str, facts: dict[str, Any]) -> Any:
    first, _dot, rest = kind.partition(".")
    if first == "news":
        step = _workflow(facts).by_action[rest]
        text = step.news if facts.get("yours", True) else step.news_to_others or step.news
        return _(text)
    return _task({"status": rest, **facts}) if first == "turn" else OTHER[kind]


def _workflow(facts: dict[str, Any]) -> Workflow:
    return WORKFLOWS[facts.get("workflow", EXCHANGE.name)]


def _task(facts: dict[str, Any]) -> str:
    """What is asked of the person whose turn it is, with a placeholder for the expert's name."""
    workflow, status = _workflow(facts), facts["status"]
    state = workflow.state(status, facts["turn"]) if "turn" in facts else workflow.of_status(status)
    return _(state.mail)


def _by_when(kind: str, facts: dict[str, Any]) -> str:
    due = facts.get("due")
    if due and kind in ("overdue", "escalated"):
        return _("was due %(day)s", day=_day(due))
    return _("by %(day)s", day=_day(due)) if due and (kind == "reminder" or kind.startswith("turn.")) else ""


def _day(iso: str) -> str:
    return format_date(date.fromisoformat(iso), "d MMMM y")
