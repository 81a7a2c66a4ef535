"""Paper: an A4 document with the fonts of three scripts, written from either side."""

import datetime
import importlib.resources
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import TextDirection
from fpdf.fonts import FontFace

from maps.export.words import RIGHT_TO_LEFT

MARGIN_MM = 12.0
TEXT_PT, SMALL_PT, TITLE_PT = 9.0, 7.5, 15.0
LINE_MM = 4.2
BLACK, GREY, PALE = (0, 0, 0), (110, 110, 110), (190, 190, 190)
SCRIPTS = {"chinese": "NotoSansSC-Regular-GB2312.ttf", "arabic": "NotoSansArabic-Regular.ttf"}
"""Both have Latin letters, too; each stands in for the other."""
MISSING = "□"
"""In place of a character that no font has."""


class Sheet(FPDF):
    """A4 pages with a title and page numbers.

    Parameters
    ----------
    language : str
        Of the words; Uyghur is written from the right.
    title, note : str
        What stands at the head of the document's properties, and at the foot of every page.
    date : date
        Of the document, so that the same plan gives the same bytes.
    """

    def __init__(self, *, language: str, title: str, note: str, date: datetime.date) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.right_to_left = language in RIGHT_TO_LEFT
        self.note = known(note)
        first, second = ("arabic", "chinese") if self.right_to_left else ("chinese", "arabic")
        for script in (first, second):
            self.add_font(script, fname=str(_file(script)))
        self.set_fallback_fonts([second])
        self._main = first
        # Names of one script stand in sentences of another: each sentence keeps its own direction.
        direction = TextDirection.RTL if self.right_to_left else TextDirection.LTR
        self.set_text_shaping(use_shaping_engine=True, direction=direction)
        self.set_title(known(title))
        self.set_lang(language)
        self.set_creation_date(datetime.datetime.combine(date, datetime.time(), tzinfo=datetime.UTC))
        self.set_margin(MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=MARGIN_MM + 6)
        self.size()

    @property
    def _turned(self) -> int:
        """The step by which what is read from the near side is put down from the left."""
        return -1 if self.right_to_left else 1

    @property
    def near(self) -> str:
        """The side where a line begins."""
        return "R" if self.right_to_left else "L"

    def size(self, points: float = TEXT_PT, colour: tuple[int, int, int] = BLACK) -> None:
        """Write on in this size and colour."""
        self.set_font(self._main, size=points)
        self.set_text_color(*colour)

    def paragraph(self, text: str, *, points: float = TEXT_PT, grey: bool = False) -> None:
        """Write a paragraph."""
        self.size(points, GREY if grey else BLACK)
        height = LINE_MM * points / TEXT_PT
        self.multi_cell(0, height, known(text), align=self.near, new_x="LMARGIN", new_y="NEXT")
        self.size()

    def rows(self, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """Write a table; its head comes again on every page.

        Parameters
        ----------
        heads, rows
            From the side where reading begins.
        widths
            Of the columns, as parts of the whole.
        """
        self.size(SMALL_PT)
        self.set_draw_color(*PALE)
        self.set_line_width(0.2)
        with self.table(
            col_widths=tuple(widths[:: self._turned]),
            text_align=self.near,
            v_align="TOP",
            line_height=LINE_MM * 0.9,
            padding=(0.7, 1),
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="", color=(60, 60, 60), fill_color=(235, 235, 235)),
        ) as table:
            for cells in (heads, *rows):
                row = table.row()
                for cell in cells[:: self._turned]:
                    row.cell(known(cell))
        self.size()

    def footer(self) -> None:
        """Write whose roads these are, and which page it is."""
        self.set_y(-MARGIN_MM - 2)
        self.size(SMALL_PT, GREY)
        far = "L" if self.right_to_left else "R"
        cells = [(self.epw * 0.9, self.note, self.near), (self.epw * 0.1, str(self.page_no()), far)]
        for width, words, side in cells[:: self._turned]:
            self.cell(width, LINE_MM, words, align=side)


def known(text: str) -> str:
    """Return the text with a box in place of what no font has; only line feeds break it."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(
        "".join(letter if ord(letter) in _letters() else MISSING for letter in line) for line in lines
    )


@cache
def _letters() -> frozenset[int]:
    found: set[int] = set()
    for script in SCRIPTS:
        with TTFont(_file(script)) as font:
            found |= font.getBestCmap().keys()
    return frozenset(found)


def _file(script: str) -> Path:
    return Path(str(importlib.resources.files("maps.export") / "fonts" / SCRIPTS[script]))
