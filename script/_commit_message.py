"""Checks the form of a commit message, as a commit-msg hook: `script/_commit_message.py FILE`.

What a machine can see of it: whether the subject really is imperative and the body really says why is for the review.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

LONGEST = 72  # characters of the subject
NOT_WRITTEN_BY_HAND = re.compile(r"(Merge |Revert \"|fixup! |squash! |amend! )")
SCISSORS = re.compile(r"^# -+ >8 -+$", re.MULTILINE)
TRAILER = re.compile(r"[A-Z][A-Za-z-]+: \S")
# "Added", "Adding" and "Adds" describe; "Add" asks. Verbs that merely end alike:
IMPERATIVE = {"bring", "embed", "exceed", "feed", "need", "ping", "proceed", "seed", "shed", "speed", "string", "focus"}


def problems(message: str) -> list[str]:
    """What is wrong with a message, as sentences; empty where nothing is. Comment lines are left out, as git does."""
    written = SCISSORS.split(message, maxsplit=1)[0]
    lines = [line.rstrip() for line in written.strip().splitlines() if not line.startswith("#")]
    subject, *rest = lines or [""]
    if NOT_WRITTEN_BY_HAND.match(subject):
        return []
    return [*_of_subject(subject), *_of_body(rest)]


def _of_subject(subject: str) -> list[str]:
    first = re.split(r"\W", subject.casefold(), maxsplit=1)[0]
    describes = re.search(r"(ed|ing|[^su]s)$", first) and first not in IMPERATIVE
    checks = {
        f"The subject has {len(subject)} characters; at most {LONGEST} are allowed.": len(subject) > LONGEST,
        "The subject starts with a capital letter.": not subject[:1].isupper(),
        "The subject does not end in a full stop.": subject.endswith("."),
        f'The subject is imperative ("Add", not "Added" or "Adds"): it starts with "{first}".': describes,
    }
    return [problem for problem, found in checks.items() if found]


def _of_body(rest: list[str]) -> list[str]:
    if rest and rest[0]:
        return ["The second line is blank."]
    if not any(line and not TRAILER.match(line) for line in rest):
        return ["A body after the blank line says why."]
    return []


def main() -> int:
    found = problems(Path(sys.argv[1]).read_text("utf-8"))
    if found:
        sys.stderr.write("\n".join(["The commit message is not as CONTRIBUTING.md asks:", *found, ""]))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
