"""The texts of messages that are no steps of a workflow, by kind: for the person whom it is about, and for others."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

OTHER: dict[str, Any] = {
    "note": _l("Read a new message about %(name)s"),
    "sight_ended": _l("An expert withdrew: you no longer see the exchange"),
    "consent_withdrawn": _l("%(name)s withdrew the consent to the transfer"),
    "sealed": _l("Download the sealed report of %(name)s"),
    "reminder": _l("Reminder: %(task)s"),
    "overdue": _l("Overdue: %(task)s"),
    "escalated": _l("Decide on %(name)s: it is overdue"),
    "eve": _l("The visit of %(name)s begins on %(first)s"),
    "stay_ends": _l("The stay of %(name)s ends on %(end)s"),
    "plan_due": _l("Propose dates and a plan for %(name)s"),
    "progress_due": _l("Hand in your progress report"),
    "follow_up": _l("Say what became of the recommendations of %(name)s"),
    "evaluate": _l("Say how the exchange of %(name)s went"),
    "call_cancelled": _l("The call of your application was cancelled"),
    "call_moved": _l("The deadline of your call has changed"),
    "call_changed": _l("Your call has changed"),
    "call_outside": _l("Your call has changed: your application lies outside it now"),
    "calls_outside": _l("Applications lie outside a call that was changed"),
    "no_manager": _l("Name a manager for %(name)s"),
    "handed_on": _l("Take over from %(name)s"),
    "deputy_ended": _l("You no longer stand in for %(name)s"),
    "deputy": _l("Stand in for %(name)s from %(first)s to %(last)s"),
    "deputy_asked": _l("Say whether you stand in for %(name)s from %(first)s to %(last)s"),
    "deputy_agreed": _l("%(name)s agreed to stand in for you from %(first)s to %(last)s"),
    "deputy_declined": _l("Name another deputy: %(name)s cannot stand in from %(first)s to %(last)s"),
    "stand_in_ended": _l("Name another deputy: %(name)s no longer stands in for you"),
    "handover": _l("Take over from %(name)s"),
    "account.confirm": _l("Confirm your e-mail address"),
    "account.reset": _l("Choose a new password"),
    "account.invite": _l("Accept your invitation to Körpü"),
    "account.address": _l("Confirm your new e-mail address"),
    "account.address_asked": _l("Your e-mail address at Körpü is about to change"),
    "account.address_changed": _l("Your e-mail address at Körpü has changed"),
    "account.known": _l("You already have an account at Körpü"),
}
# the same to the person whom it is about
TO_OWNER: dict[str, Any] = {
    "consent_withdrawn": _l("You withdrew your consent to the transfer"),
    "note": _l("Read a new message about your exchange"),
    "sealed": _l("Download your sealed report"),
    "escalated": _l("Decide: it is overdue"),
    "eve": _l("Your visit begins on %(first)s"),
    "stay_ends": _l("Your stay ends on %(end)s"),
    "plan_due": _l("Propose dates and a plan"),
    "follow_up": _l("Say what became of your recommendations"),
    "evaluate": _l("Say how your exchange went"),
}
TO_DO = _l("Open the exchange to see what is asked and what comes next.")
TO_READ = _l("You need not do anything. Open the exchange to read more.")
LEAD: dict[str, Any] = {
    "sight_ended": _l(
        "The expert no longer consents that %(host)s sees their data. Pages, documents and the name in your messages "
        "are gone. Please destroy what you have printed or downloaded; a sealed report stays. You need not answer."
    ),
    "consent_withdrawn": _l(
        "%(host)s sees nothing of this exchange any more and has been told, without a name. The data are destroyed in "
        "the next half-yearly clearing; a sealed report stays."
    ),
    "call_cancelled": _l(
        "A draft can no longer be handed in. An application that was returned to you can: "
        "change it and hand it in again."
    ),
    "call_moved": _l("Open your application to see until when it can be handed in."),
    "call_changed": _l(
        "What is different: %(parts)s. What you are still writing, or was returned to you, has to keep to the call "
        "as it is now; what is handed in stays as it is."
    ),
    "call_outside": _l(
        "What is different: %(parts)s. You need not do anything: your application is decided on all the same. "
        "If your plans differ now, write to your agency."
    ),
    "calls_outside": _l(
        "%(title)s. Handed-in applications that do not keep to the call any more: %(count)s. "
        "They can be decided on all the same; the page of the decision says what is no longer met."
    ),
    "no_manager": _l("No manager of %(name)s can sign in. Until there is one, its deputies decide."),
    "handed_on": _l("What waited for %(name)s waits for you now. It stands on your desk."),
    "note": _l("Everyone who works on this exchange can read it and answer there."),
    "sealed": _l("The report is sealed: the PDF cannot be changed any more and can be checked by anybody."),
    "stay_ends": _l("You need not do anything. Papers and the way home are worth a thought now."),
    "eve": _l("This is what you need to meet: who receives, telephones, address and what is planned first."),
    "deputy_ended": _l("The absence from %(first)s to %(last)s is ended: decisions are the manager’s again."),
    "deputy_asked": _l("You decide in this time only if you agree. Open the page to agree or to decline."),
    "deputy_agreed": _l("You need not do anything. From the first to the last day they decide and get the mails."),
    "deputy_declined": _l("As long as nobody has agreed, decisions wait for you."),
    "stand_in_ended": _l("Nobody decides for you from %(first)s to %(last)s until somebody else has agreed."),
    "deputy": _l("In this time you may decide for your agency. What waits stands on your desk."),
    "handover": _l("Roles, host units and whatever waited are yours now. Your desk shows what waits."),
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
# the parts of a call that messages name
PARTS: dict[str, Any] = {
    "opens": _l("when it opens"),
    "deadline": _l("the deadline"),
    "window": _l("the days between which visits lie"),
    "length": _l("how long a stay may be"),
    "documents": _l("the required documents"),
    "topics": _l("the topics"),
    "who": _l("who can apply"),
    "costs": _l("who bears which costs"),
}
KINDS: dict[str, Any] = {"short": _l("Short exchange"), "long": _l("Long exchange")}

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
