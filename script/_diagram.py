"""The status diagram and the table of who may, as Markdown: made from the tables that the portal runs on."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.policy import SIDES  # noqa: E402
from portal.workflow import State  # noqa: E402
from portal.workflows.exchange import EXCHANGE  # noqa: E402
from portal.workflows.exchange_terms import ENDED  # noqa: E402


def name(state: State) -> str:
    """A Mermaid id for a status and whose turn it is in it."""
    return state.status.value if state.status in ENDED else f"{state.status.value}_{state.turn.value}"


def label(state: State) -> str:
    return state.status.value if state.status in ENDED else f"{state.status.value} · {state.turn.value}"


def diagram() -> str:
    """All steps but withdrawing and cancelling: they lead from almost everywhere to the end and would hide the rest."""
    shown = [arrow for arrow in EXCHANGE.arrows() if not EXCHANGE.by_action[arrow[0]].ends_early]
    lines = ["stateDiagram-v2", f"    [*] --> {name(EXCHANGE.start)}"]
    reached = {EXCHANGE.start, *(target for _action, _source, target in shown)}
    lines += [f'    state "{label(state)}" as {name(state)}' for state in sorted(reached, key=name)]
    lines += [f"    {name(source)} --> {name(target)}: {action.value}" for action, source, target in shown]
    lines += [f"    {state} --> [*]" for state in ("closed", "rejected")]
    return "\n".join(["```mermaid", *lines, "```"])


def listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


def table() -> str:
    """Each step: who takes it, from which statuses, to which."""
    sources: dict[str, set[str]] = defaultdict(set)
    targets: dict[str, set[str]] = defaultdict(set)
    for action, source, target in EXCHANGE.arrows():
        sources[action].add(source.status.value)
        targets[action].add(target.status.value)
    rows = [
        f"| `{action.value}` | {side.value} | {listed(sources[action])} | {listed(targets[action])} |"
        for action, side in SIDES.items()
    ]
    return "\n".join(["| step | side | from | to |", "| --- | --- | --- | --- |", *rows])


def replaced(text: str, mark: str, part: str) -> str:
    """The text with the part between its two marks instead of what stood there."""
    pattern = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- /{mark} -->)", re.S)
    return pattern.sub(lambda match: f"{match[1]}{part}\n{match[2]}", text)


def written(text: str) -> str:
    """The page with both parts as the tables are now; each stands between two marks."""
    for mark, part in (("diagram", diagram()), ("steps", table())):
        text = replaced(text, mark, part)
    return text


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.write_text(written(page.read_text("utf-8")), "utf-8")
