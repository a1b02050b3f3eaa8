"""Every letter of both alphabets as the renderer draws it, one in a cell, and the pictures they should look like.

`python -m tests.glyph_images` draws the reference pictures anew: look at each before it is kept.
"""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter, ImageStat

from portal.names import ALPHABETS
from portal.web.pdf import render

UPPER = "ABCÇDEƏFGĞHXIİJKLMNOÖPQRSŞTUÜVWYZ"
LETTERS = ALPHABETS["az"] + UPPER
WEIGHTS = (400, 600, 700)
COLUMNS = 11
CELL = 60  # pixels
FOLDER = Path(__file__).parent / "pictures"
DPI = 96  # so that a pixel of the style is one of the picture
SAME = 0.02  # of a letter's ink: drawn by the same program
UNLIKE = 0.35  # of a letter's ink: drawn by another program, with other smoothing, it is still below this


def drawn(letters: str, weight: int) -> Image.Image:
    """The page with these letters, as a picture."""
    cells = "".join(
        f'<span style="left:{n % COLUMNS * CELL}px;top:{n // COLUMNS * CELL}px">{letter}</span>'
        for n, letter in enumerate(letters)
    )
    rows = -(-len(letters) // COLUMNS)
    style = (
        f"@page{{size:{COLUMNS * CELL}px {rows * CELL}px;margin:0;"
        "@bottom-left{content:none}@bottom-right{content:none}}"
        f"span{{position:absolute;width:{CELL}px;text-align:center;font:{weight} 36px/{CELL}px Inter;color:#000}}"
    )
    page = f'<html lang="az"><head><title>Letters</title><style>{style}</style></head><body>{cells}</body></html>'
    return picture(render(page))


def picture(pdf: bytes, page: int = 1, dpi: int = DPI) -> Image.Image:
    """One page of a PDF in grey."""
    command = ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-gray", "-"]
    made = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    return Image.open(io.BytesIO(made)).convert("L")


def reference(weight: int) -> Image.Image:
    return Image.open(FOLDER / f"letters-{weight}.png").convert("L")


def wrong(seen: Image.Image, wanted: Image.Image) -> list[str]:
    """The letters that do not look as they should: unlike their own picture, or more like that of another letter."""
    assert seen.size == wanted.size
    cells = [_cell(wanted, n) for n in range(len(LETTERS))]
    return [letter for n, letter in enumerate(LETTERS) if not _is(_cell(seen, n), n, cells)]


def _is(seen: Image.Image, n: int, cells: list[Image.Image]) -> bool:
    own = unlike(seen, cells[n])
    if own <= SAME:
        return True
    return own < UNLIKE and own <= min(unlike(seen, cell) for cell in cells)


def _cell(page: Image.Image, n: int) -> Image.Image:
    left, top = n % COLUMNS * CELL, n // COLUMNS * CELL
    cell = page.crop((left, top, left + CELL, top + CELL))
    return ImageChops.invert(cell).filter(ImageFilter.GaussianBlur(1))


def unlike(seen: Image.Image, wanted: Image.Image) -> float:
    """The difference of two inked cells as a share of the ink, where they lie on each other best."""
    ink = ImageStat.Stat(wanted).sum[0] or 1.0
    shifted = (ImageChops.offset(seen, x, y) for x in (-1, 0, 1) for y in (-1, 0, 1))
    return float(min(ImageStat.Stat(ImageChops.difference(s, wanted)).sum[0] for s in shifted) / ink)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for boldness in WEIGHTS:
        drawn(LETTERS, boldness).save(FOLDER / f"letters-{boldness}.png", optimize=True)
