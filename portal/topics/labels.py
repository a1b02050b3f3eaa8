"""Labels of topics: their groups and states, and the texts of findings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.topics.models import TopicGroup, TopicState

GROUP = {
    TopicGroup.POLICY: _l("Policy and analysis"),
    TopicGroup.SERVICES: _l("Services for enterprises"),
    TopicGroup.SKILLS: _l("Skills and entrepreneurship"),
    TopicGroup.FINANCE: _l("Finance"),
    TopicGroup.MARKETS: _l("Markets and trade"),
    TopicGroup.DIGITAL: _l("Technology and innovation"),
    TopicGroup.OTHER: _l("Other topics"),
}
STATE = {
    TopicState.LISTED: _l("in the list"),
    TopicState.PROPOSED: _l("proposed"),
    TopicState.RETIRED: _l("retired"),
    TopicState.MERGED: _l("merged"),
}
FINDINGS = {
    "too_many_topics": _l("Choose %(most)s topics at most."),
    "no_name": _l("Give the topic a name in at least one language."),
    "known_topic": _l("“%(name)s” is in the list already. Merge the two instead."),
    "merged": _l("This topic was merged into another one meanwhile."),
    "into": _l("Choose another topic of the list."),
}
