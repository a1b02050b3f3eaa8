"""Where each step is taken: the workflow's actions as addresses. Endpoints are names, nothing is imported upwards."""

from __future__ import annotations

from portal.workflow import Action

# action → endpoint of the page (GET) on which it is taken; all take `reference`
ENDPOINTS: dict[Action, str] = {
    Action.SUBMIT: "applications.check",
    Action.WITHDRAW: "applications.withdraw",
    Action.ENDORSE: "approvals.endorse",
    Action.RETURN_HOME: "approvals.return_home",
    Action.REJECT_HOME: "approvals.reject_home",
    Action.ACCEPT: "approvals.accept",
    Action.WAITLIST: "approvals.waitlist",
    Action.RETURN_HOST: "approvals.return_host",
    Action.REJECT_HOST: "approvals.reject_host",
    Action.PLACE: "placing.place",
    Action.CONFIRM: "placing.confirm",
    Action.DECLINE: "placing.decline",
    Action.SCHEDULE: "visits.schedule",
    Action.AGREE_EXPERT: "visits.agree_expert",
    Action.AGREE_HOME: "visits.agree_home",
    Action.ASK_CHANGE_EXPERT: "visits.ask_change_expert",
    Action.ASK_CHANGE_HOME: "visits.ask_change_home",
    Action.ARRIVE: "carrying.arrive",
    Action.DEPART: "carrying.depart",
    Action.REPORT: "reports.check",
    Action.ACCEPT_REPORT_HOST: "reports.accept_host",
    Action.ACCEPT_REPORT_HOME: "reports.accept_home",
    Action.SEND_BACK_HOST: "reports.send_back_host",
    Action.SEND_BACK_HOME: "reports.send_back_home",
    Action.CANCEL_HOME: "approvals.cancel_home",
    Action.CANCEL_HOST: "approvals.cancel_host",
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
