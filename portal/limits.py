"""How much of everything a report may hold, so that the largest one is printed within ten seconds and 512 MB. Pure.

A printed line costs about a millisecond whatever stands in it: so lines are limited as well as characters.
`script/bench pdf` measures the largest report that these limits allow. What is stored from before a limit was lowered
stays, is read and is printed; only what is written anew must keep within.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """Of one answer: how many characters, and in how many lines as its writer ends them."""

    characters: int
    lines: int


TEXT = Limit(4_000, 60)  # findings, lessons and whatever else has a heading of its own
PEOPLE_MET = Limit(4_000, 100)  # one person a line
OBJECTIVE = Limit(500, 8)
OBJECTIVE_NOTE = Limit(1_000, 12)
RECOMMENDATION = Limit(600, 8)
RESULT = Limit(200, 3)  # what was different in one item of the agenda or one milestone
PERIOD = Limit(2_000, 40)  # what was done in the period of a progress report
PERIOD_MORE = Limit(1_000, 20)  # its difficulties, and the work of the next period
MILESTONE_NOTE = Limit(200, 3)  # where a milestone stood at the end of a period

MOST_OBJECTIVES = 20
MOST_RECOMMENDATIONS = 30
MOST_PROGRESS_REPORTS = 6  # of one stay; a year has four or five periods

# the plan of a visit, which the report prints as carried out; its words stand in one line each
MOST_AGENDA_ITEMS = 150  # of 30 days
AGENDA_TITLE = 150
AGENDA_PLACE = 80
AGENDA_WHO = 120
MOST_MILESTONES = 24  # two a month
MILESTONE_TITLE = 150
MILESTONE_OUTPUT = 200
MILESTONE_INDICATOR = 200
