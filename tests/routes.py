"""Every address of the portal with the permission that it needs, typed by hand from what each page shows or changes.

tests/test_routes.py compares it with the routes and walks them by it, so that neither a forgotten nor a wrong
declaration at a view goes unnoticed. `P` is for reading and general permissions, `A` for the steps of an exchange.
"""

from __future__ import annotations

from portal.policy import Permission as P
from portal.workflows.exchange_terms import Action as A

PUBLIC = (  # pages for visitors; signing in and registering; links from mails, which carry a secret of their own
    "GET /", "GET /accessibility", "GET /help", "GET /how-it-works", "GET /personal-data", "POST /language",
    "GET /healthz", "GET /readyz", "GET /metrics",
    "GET /announcements", "GET /announcements/<int:announcement_id>", "GET /calls", "GET /calls/<int:call_id>",
    "GET /verify", "POST /verify", "GET /verify/<code>", "GET /verify/file", "POST /verify/file",
    "GET /sign-in", "POST /sign-in", "GET /register", "POST /register",
    "GET /forgot-password", "POST /forgot-password",
    "GET /confirm/<token>", "POST /confirm/<token>", "GET /invitation/<token>", "POST /invitation/<token>",
    "GET /new-password/<token>", "POST /new-password/<token>",
)  # fmt: skip
OWN = (  # pages of the signed-in person
    "POST /sign-out", "GET /desk", "GET /inbox", "POST /inbox/<int:message_id>/read", "POST /inbox/read",
    "GET /profile", "POST /profile", "GET /profile/cv", "GET /units", "GET /units/<int:unit_id>",
)  # fmt: skip
ADMINISTRATION = (
    "GET /admin/agencies", "GET /admin/agencies/<code>", "POST /admin/agencies/<code>",
    "GET /admin/clocks", "POST /admin/clocks",
    "GET /admin/days", "POST /admin/days", "POST /admin/days/<int:day_id>/remove",
    "GET /admin/headings", "GET /admin/headings/<int:number>", "POST /admin/headings/<int:number>",
    "GET /admin/history",
    "GET /admin/people", "GET /admin/people/<int:person_id>", "POST /admin/people/<int:person_id>",
    "GET /admin/people/invite", "POST /admin/people/invite",
)  # fmt: skip
GENERAL: dict[str, P | A] = {
    "GET /desk/absences": P.NAME_DEPUTY,
    "POST /desk/absences": P.NAME_DEPUTY,
    "POST /desk/absences/<int:absence_id>/end": P.NAME_DEPUTY,
    "GET /exchanges": P.LIST_EXCHANGES,
    "POST /calls/<int:call_id>/apply": P.APPLY,
    "GET /calls/new": P.CREATE_CALL,
    "POST /calls/new": P.CREATE_CALL,
    "GET /calls/<int:call_id>/edit": P.EDIT_CALL,
    "POST /calls/<int:call_id>/edit": P.EDIT_CALL,
    "GET /calls/<int:call_id>/clocks": P.EDIT_CALL,
    "POST /calls/<int:call_id>/clocks": P.EDIT_CALL,
    "GET /calls/<int:call_id>/publish": P.EDIT_CALL,
    "POST /calls/<int:call_id>/publish": P.EDIT_CALL,
    "GET /calls/<int:call_id>/cancel": P.EDIT_CALL,
    "POST /calls/<int:call_id>/cancel": P.EDIT_CALL,
    "GET /announcements/new": P.ANNOUNCE,
    "POST /announcements/new": P.ANNOUNCE,
    "GET /announcements/<int:announcement_id>/edit": P.EDIT_ANNOUNCEMENT,
    "POST /announcements/<int:announcement_id>/edit": P.EDIT_ANNOUNCEMENT,
    "GET /announcements/<int:announcement_id>/take-back": P.EDIT_ANNOUNCEMENT,
    "POST /announcements/<int:announcement_id>/take-back": P.EDIT_ANNOUNCEMENT,
    "GET /units/new": P.CREATE_CALL,  # whoever may open calls may add the units that they lead to
    "POST /units/new": P.CREATE_CALL,
    "GET /units/<int:unit_id>/edit": P.EDIT_UNIT,
    "POST /units/<int:unit_id>/edit": P.EDIT_UNIT,
}
# Pages of one exchange, by what follows /exchanges/<reference>
OF_EXCHANGE: dict[str, P | A] = {
    "GET ": P.READ_EXCHANGE,
    "GET /application": P.READ_EXCHANGE,
    "GET /documents": P.READ_EXCHANGE,
    "GET /documents/<int:document_id>": P.READ_EXCHANGE,
    "GET /decisions": P.READ_DECISIONS,
    "GET /host": P.READ_EXCHANGE,
    "GET /visit": P.READ_EXCHANGE,
    "GET /visit.ics": P.READ_EXCHANGE,
    "GET /report": P.READ_EXCHANGE,
    "GET /report/pdf": P.READ_EXCHANGE,
    "GET /history": P.READ_EXCHANGE,
    "GET /messages": P.READ_EXCHANGE,
    "POST /messages": P.WRITE_MESSAGE,
    "GET /application/<name>": P.WRITE_APPLICATION,
    "POST /application/<name>": P.WRITE_APPLICATION,
    "GET /application/documents": P.WRITE_APPLICATION,
    "POST /application/documents": P.WRITE_APPLICATION,
    "POST /application/documents/reuse": P.WRITE_APPLICATION,
    "POST /documents/<int:document_id>/remove": P.WRITE_APPLICATION,
    "GET /wording": P.WRITE_AGENDA,
    "POST /wording": P.WRITE_AGENDA,
    "GET /attendance": P.RECORD_DAYS,
    "POST /attendance": P.RECORD_DAYS,
    "POST /report/begin": P.WRITE_REPORT,
    "GET /report/write/<key>": P.WRITE_REPORT,
    "POST /report/write/<key>": P.WRITE_REPORT,
    "GET /report/check": P.WRITE_REPORT,
    "GET /report/progress": P.WRITE_REPORT,
    "POST /report/progress": P.WRITE_REPORT,
    "POST /report/comment": P.COMMENT_REPORT,
    "GET /report/evaluate-host": P.EVALUATE_HOST,
    "POST /report/evaluate-host": P.EVALUATE_HOST,
    "GET /report/evaluate-expert": P.EVALUATE_EXPERT,
    "POST /report/evaluate-expert": P.EVALUATE_EXPERT,
    "POST /report/follow-up/<int:number>": P.FOLLOW_UP,
    "GET /check": A.EXPERT_SUBMIT,
    "POST /check": A.EXPERT_SUBMIT,
    "GET /withdraw": A.EXPERT_WITHDRAW,
    "POST /withdraw": A.EXPERT_WITHDRAW,
    "GET /endorse": A.HOME_ENDORSE,
    "POST /endorse": A.HOME_ENDORSE,
    "GET /return-home": A.HOME_RETURN,
    "POST /return-home": A.HOME_RETURN,
    "GET /reject-home": A.HOME_REJECT,
    "POST /reject-home": A.HOME_REJECT,
    "GET /accept": A.HOST_ACCEPT,
    "POST /accept": A.HOST_ACCEPT,
    "GET /waitlist": A.HOST_WAITLIST,
    "POST /waitlist": A.HOST_WAITLIST,
    "GET /return-host": A.HOST_RETURN,
    "POST /return-host": A.HOST_RETURN,
    "GET /reject-host": A.HOST_REJECT,
    "POST /reject-host": A.HOST_REJECT,
    "GET /place": A.HOST_PLACE,
    "POST /place": A.HOST_PLACE,
    "GET /confirm": A.UNIT_CONFIRM,
    "POST /confirm": A.UNIT_CONFIRM,
    "GET /decline": A.UNIT_DECLINE,
    "POST /decline": A.UNIT_DECLINE,
    "GET /schedule": A.HOST_SCHEDULE,
    "POST /schedule": A.HOST_SCHEDULE,
    "GET /agree-expert": A.EXPERT_APPROVE_PLAN,
    "POST /agree-expert": A.EXPERT_APPROVE_PLAN,
    "GET /agree-home": A.HOME_APPROVE_PLAN,
    "POST /agree-home": A.HOME_APPROVE_PLAN,
    "GET /ask-change-expert": A.EXPERT_REQUEST_CHANGES,
    "POST /ask-change-expert": A.EXPERT_REQUEST_CHANGES,
    "GET /ask-change-home": A.HOME_REQUEST_CHANGES,
    "POST /ask-change-home": A.HOME_REQUEST_CHANGES,
    "GET /arrive": A.UNIT_RECORD_ARRIVAL,
    "POST /arrive": A.UNIT_RECORD_ARRIVAL,
    "GET /depart": A.UNIT_RECORD_DEPARTURE,
    "POST /depart": A.UNIT_RECORD_DEPARTURE,
    "POST /report/check": A.EXPERT_SUBMIT_REPORT,
    "GET /report/accept-host": A.HOST_ACCEPT_REPORT,
    "POST /report/accept-host": A.HOST_ACCEPT_REPORT,
    "GET /report/accept-home": A.HOME_ACCEPT_REPORT,
    "POST /report/accept-home": A.HOME_ACCEPT_REPORT,
    "GET /report/send-back-host": A.HOST_RETURN_REPORT,
    "POST /report/send-back-host": A.HOST_RETURN_REPORT,
    "GET /report/send-back-home": A.HOME_RETURN_REPORT,
    "POST /report/send-back-home": A.HOME_RETURN_REPORT,
    "GET /cancel-home": A.HOME_CANCEL,
    "POST /cancel-home": A.HOME_CANCEL,
    "GET /cancel-host": A.HOST_CANCEL,
    "POST /cancel-host": A.HOST_CANCEL,
}


def under_exchange(line: str) -> str:
    method, rest = line.split(" ", 1)
    return f"{method} /exchanges/<reference>{rest}"


ROUTES: dict[str, P | A] = {
    **dict.fromkeys(PUBLIC, P.PUBLIC),
    **dict.fromkeys(OWN, P.SIGNED_IN),
    **dict.fromkeys(ADMINISTRATION, P.ADMINISTER),
    **GENERAL,
    **{under_exchange(line): permission for line, permission in OF_EXCHANGE.items()},
}
