"""Moves moments into office hours, so that the demonstration's people act while they are at work."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta


def within_office_hours(moments: dict[str, datetime], latest: datetime) -> dict[str, datetime]:
    """The steps' moments in the same order, each in office hours on a weekday and none after `latest`."""
    found: dict[str, datetime] = {}
    for step, moment in reversed(moments.items()):
        found[step] = to_office_hours(min(moment, latest))
        latest = found[step] - timedelta(minutes=20)
    return dict(reversed(found.items()))


def to_office_hours(moment: datetime) -> datetime:
    """The latest moment up to this one when both countries' offices are open: Monday to Friday, 6:00 to 13:30 UTC."""
    moment = moment.astimezone(UTC)
    day, time_of_day = moment.date(), moment.time()
    if time_of_day < time(6):
        day -= timedelta(days=1)
    back = max(0, day.weekday() - 4)
    if back or not time(6) <= time_of_day <= time(13, 30):
        return datetime.combine(day - timedelta(days=back), time(13, 30), UTC)
    return moment
