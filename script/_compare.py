"""Compares what users see before and after a refactoring: `_compare.py BEFORE AFTER`, two trees of the project; run by
script/compare. Each tree is walked in a process of its own, by this tree's _compare_walk.py."""

from __future__ import annotations

import argparse
import difflib
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

WALK = Path(__file__).with_name("_compare_walk.py")


def pages_of(out: Path) -> dict[str, str]:
    """Every page by its person and address, with its rule."""
    found: dict[str, str] = {}
    for index in sorted(out.glob("*.json")):
        found |= {f"{index.stem}/{name}": rule for name, rule in json.loads(index.read_text("utf-8")).items()}
    return found


def spaceless(page: str) -> str:
    """A page with each tag on a line of its own, so that blanks beside tags do not count."""
    return re.sub(r"\s*(<[^>]*>)\s*", r"\n\1\n", page).replace("\n\n", "\n")


def compare(before: Path, after: Path, spaces: bool = False) -> bool:
    """Prints what differs, the same difference once; answers whether anything does. `spaces`: blanks beside tags count,
    which can be seen between inline elements."""
    old, new = pages_of(before), pages_of(after)
    trees = ((before, old), (after, new))
    known, now = (
        {line.split(" ")[0] for line in (tree / "routes/routes").read_text("utf-8").splitlines()}
        for tree in (before, after)
    )
    added = now - known
    ignored = {name for name, rule in new.items() if name not in old and rule in added}
    where: dict[str, list[str]] = defaultdict(list)
    for name in [*old, *(name for name in new if name not in old and name not in ignored)]:
        one, two = ((tree / name).read_text("utf-8") if name in found else "" for tree, found in trees)
        if name == "routes/routes":
            two = "".join(line for line in two.splitlines(keepends=True) if line.split(" ")[0] not in added)
        if not spaces:
            one, two = spaceless(one), spaceless(two)
        if one != two:
            lines = list(difflib.unified_diff(one.splitlines(), two.splitlines(), lineterm="", n=2))[2:]
            where["\n".join(line for line in lines if not line.startswith("@@"))].append(name)
    for difference, names in where.items():
        more = f" and {len(names) - 1} more, such as {names[-1]}" if len(names) > 1 else ""
        sys.stdout.write(f"--- {names[0]}{more}\n{difference}\n\n")
    for whose, count in sorted(Counter(name.split("/")[0] for name in {*old, *new}).items()):
        sys.stdout.write(f"{count:6} pages  {whose}\n")
    sys.stdout.write(
        f"{len({*old, *new})} pages compared, {sum(map(len, where.values()))} differ in {len(where)} ways; "
        f"new addresses: {', '.join(sorted(added)) or 'none'} ({len(ignored)} pages of them left out)\n"
    )
    return bool(where)


def main() -> int:
    arguments = argparse.ArgumentParser(prog="script/compare REVISION")
    arguments.add_argument("before", type=Path)
    arguments.add_argument("after", type=Path)
    arguments.add_argument("--all", action="store_true", help="everybody, every page, every language; takes long")
    arguments.add_argument("--who", default="", help="only this address, or `visitor`")
    arguments.add_argument("--keep", type=Path, help="a new folder for the pages, normalised")
    arguments.add_argument("--spaces", action="store_true", help="blanks beside tags count too")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        running = []
        for out, tree in (("before", given.before), ("after", given.after)):
            (folder / out).mkdir(parents=True)
            command = [sys.executable, str(WALK), str(tree), str(folder / out), str(given.all), given.who]
            running.append(subprocess.Popen(command, cwd=tree, stdout=(folder / f"{out}.log").open("wb")))
        try:
            failed = any([process.wait() for process in running])
        finally:
            for process in running:
                process.kill()
        if failed:
            sys.stderr.write("".join((folder / f"{out}.log").read_text()[-2000:] for out in ("before", "after")))
            return 2
        return int(compare(folder / "before", folder / "after", given.spaces))


if __name__ == "__main__":
    sys.exit(main())
