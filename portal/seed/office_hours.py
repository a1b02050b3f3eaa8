"""People act at work: moments moved into office hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta


def in_hours(moments: dict[str, datetime], latest: datetime) -> dict[str, datetime]:
    """The same steps in the same order, none after `latest`, each in office hours on a weekday."""
    found: dict[str, datetime] = {}
    for step, moment in reversed(moments.items()):
        found[step] = at_work(min(moment, latest))
        latest = found[step] - timedelta(minutes=20)
    return dict(reversed(found.items()))


def at_work(moment: datetime) -> datetime:
    """The last moment up to this one between 6:00 and 13:30 UTC from Monday to Friday: both countries are at work."""
    moment = moment.astimezone(UTC)
    day, clock = moment.date(), moment.time()
    if clock < time(6):
        day -= timedelta(days=1)
    back = max(0, day.weekday() - 4)
    if back or not time(6) <= clock <= time(13, 30):
        return datetime.combine(day - timedelta(days=back), time(13, 30), UTC)
    return moment
