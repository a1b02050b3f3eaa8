"""Where each step is taken: the workflow's actions as addresses. Endpoints are names, nothing is imported upwards."""

from __future__ import annotations

from portal.workflow import Action

# action → endpoint of the page (GET) on which it is taken; all take `reference`
ENDPOINTS: dict[Action, str] = {
    Action.EXPERT_SUBMIT: "applications.check",
    Action.EXPERT_WITHDRAW: "applications.withdraw",
    Action.HOME_ENDORSE: "approvals.home_endorse",
    Action.HOME_RETURN: "approvals.home_return",
    Action.HOME_REJECT: "approvals.home_reject",
    Action.HOST_ACCEPT: "approvals.host_accept",
    Action.HOST_WAITLIST: "approvals.host_waitlist",
    Action.HOST_RETURN: "approvals.host_return",
    Action.HOST_REJECT: "approvals.host_reject",
    Action.HOST_PLACE: "placing.host_place",
    Action.UNIT_CONFIRM: "placing.unit_confirm",
    Action.UNIT_DECLINE: "placing.unit_decline",
    Action.HOST_SCHEDULE: "visits.host_schedule",
    Action.EXPERT_APPROVE_PLAN: "visits.expert_approve_plan",
    Action.HOME_APPROVE_PLAN: "visits.home_approve_plan",
    Action.EXPERT_REQUEST_CHANGES: "visits.expert_request_changes",
    Action.HOME_REQUEST_CHANGES: "visits.home_request_changes",
    Action.UNIT_RECORD_ARRIVAL: "attendance.unit_record_arrival",
    Action.UNIT_RECORD_DEPARTURE: "attendance.unit_record_departure",
    Action.EXPERT_SUBMIT_REPORT: "reports.check",
    Action.HOST_ACCEPT_REPORT: "reports.host_accept_report",
    Action.HOME_ACCEPT_REPORT: "reports.home_accept_report",
    Action.HOST_RETURN_REPORT: "reports.host_return_report",
    Action.HOME_RETURN_REPORT: "reports.home_return_report",
    Action.HOME_CANCEL: "approvals.home_cancel",
    Action.HOST_CANCEL: "approvals.host_cancel",
}

# the parts of one exchange's page, in their order: key → endpoint; each part is a stage's own view
TABS: dict[str, str] = {
    "overview": "desk.overview",
    "application": "applications.show",
    "documents": "applications.documents_tab",
    "decisions": "approvals.decisions",
    "host": "placing.host_tab",
    "visit": "visits.visit_tab",
    "report": "reports.report_tab",
    "messages": "exchanges.messages_tab",
    "history": "exchanges.history",
}
