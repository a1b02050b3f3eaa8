"""Where tables of a sealed report break: never with one row alone, always with their head, below their heading."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from portal.web.pdf import render
from tests.pdfs import pages_of

ROWS = 5


def broken(above: int) -> list[list[str]]:
    """The heading, head (`Number`) and rows on each page, where so many millimetres stand above a table."""
    rows = "".join(f"<tr><td>row{number}</td><td>said</td></tr>" for number in range(ROWS))
    table = f"<table><thead><tr><th>Number</th><th>Words</th></tr></thead><tbody>{rows}</tbody></table>"
    text = f"<p style='height: {above}mm'>above</p><h2>Heading</h2>{table}"
    made = render(f"<html lang='en'><head><title>Breaks</title></head><body>{text}</body></html>")
    return [re.findall(r"Heading|Number|row\d", page) for page in pages_of(made)]


@pytest.mark.parametrize(
    ("above", "pages"),
    [
        (150, ["Heading Number row0 row1 row2 row3 row4"]),
        (184, ["Heading Number row0 row1 row2", "Number row3 row4"]),  # four would fit, and leave the last one alone
        (203, ["Heading Number row0 row1", "Number row2 row3 row4"]),
        (211, ["", "Heading Number row0 row1 row2 row3 row4"]),  # one would fit, and stand alone
        (220, ["", "Heading Number row0 row1 row2 row3 row4"]),  # the heading alone would fit
    ],
)
def test_no_row_stands_alone_and_the_head_is_repeated(app: Flask, above: int, pages: list[str]) -> None:
    with app.test_request_context("/"):
        assert [" ".join(page) for page in broken(above)] == pages
