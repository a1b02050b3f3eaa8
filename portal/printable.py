"""Which characters a sealed PDF can show: those of the fonts that are printed with, listed by script/fonts.

A PDF that is kept for ever must not hold a character without a shape (PDF/A, 6.2.11.8), so what has none is refused
where it is written.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path

LIST = Path(__file__).with_name("printable.txt")  # ranges of code points, such as 0041-005A
MOST_SHOWN = 5
JOINING = ("Cf", "Cc", "Zs")  # they have no shape of their own: line ends, blanks, joiners


@cache
def ranges() -> tuple[list[int], list[int]]:
    """The first and the last code points of all ranges, in order."""
    lines = [line for line in LIST.read_text("ascii").split() if "-" in line]
    bounds = [tuple(int(bound, 16) for bound in line.split("-")) for line in lines]
    return [first for first, _last in bounds], [last for _first, last in bounds]


def is_printable(char: str) -> bool:
    """Whether a PDF shows this character, or need not show it."""
    firsts, lasts = ranges()
    at = bisect_right(firsts, ord(char)) - 1
    return (at >= 0 and ord(char) <= lasts[at]) or unicodedata.category(char) in JOINING


def unprintable(text: str) -> str:
    """The first characters of a text that no PDF can show, each once."""
    return "".join([char for char in dict.fromkeys(text) if not is_printable(char)][:MOST_SHOWN])
