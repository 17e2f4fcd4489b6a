"""How the templates look: one palette and one set of cell styles for every sheet."""

from collections.abc import Mapping
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format

FONT: Final = "Calibri"
NAVY: Final = "#14213D"
TEAL: Final = "#0F7C82"
AMBER: Final = "#E08E1B"
SLATE: Final = "#5B6677"
LINE: Final = "#D5DBE3"
MIST: Final = "#F2F5F8"
INPUT_BLUE: Final = "#1A4FD0"
INPUT_FILL: Final = "#FFFBE8"
GOOD: Final = "#1B7F4B"
GOOD_FILL: Final = "#E3F4EA"
BAD: Final = "#B3261E"
BAD_FILL: Final = "#FCE8E6"

LOOKS: Final[Mapping[str, Mapping[str, Any]]] = {
    # What a cell is
    "title": {
        "font_size": 20,
        "bold": True,
        "font_color": "white",
        "bg_color": NAVY,
        "align": "left",
        "indent": 1,
    },
    "subtitle": {
        "font_size": 11,
        "font_color": "#C9D3E3",
        "bg_color": NAVY,
        "align": "left",
        "indent": 1,
        "valign": "top",
    },
    "headline": {"font_size": 12, "bold": True, "font_color": NAVY, "align": "left", "indent": 1},
    "hint": {"font_color": SLATE, "italic": True},
    "section": {"font_size": 12, "bold": True, "font_color": NAVY, "bottom": 2, "bottom_color": TEAL},
    # Words that begin with "=": the quote prefix keeps them words when a user edits the cell.
    "formula": {"font_name": "Consolas", "font_size": 9, "font_color": TEAL, "quote_prefix": True},
    "header": {
        "bold": True,
        "font_color": "white",
        "bg_color": TEAL,
        "align": "right",
        "text_wrap": True,
        "bottom": 1,
        "bottom_color": TEAL,
    },
    "body": {"bottom": 1, "bottom_color": LINE},
    "input": {
        "font_color": INPUT_BLUE,
        "bg_color": INPUT_FILL,
        "bottom": 1,
        "bottom_color": LINE,
        "locked": False,
    },
    "total": {"bold": True, "top": 1, "top_color": NAVY, "bg_color": MIST},
    "card label": {
        "font_size": 9,
        "font_color": SLATE,
        "bg_color": MIST,
        "top": 5,
        "top_color": TEAL,
        "align": "left",
        "indent": 1,
    },
    "card": {
        "font_size": 20,
        "bold": True,
        "font_color": NAVY,
        "bg_color": MIST,
        "align": "left",
        "indent": 1,
    },
    "card note": {
        "font_size": 9,
        "font_color": SLATE,
        "bg_color": MIST,
        "align": "left",
        "indent": 1,
        "valign": "top",
    },
    "status": {"align": "center", "bold": True, "bottom": 1, "bottom_color": LINE},
    "words": {"text_wrap": True, "bottom": 1, "bottom_color": LINE},
    # How a value is aligned
    "left": {"align": "left", "indent": 1},
    "centre": {"align": "center"},
    "right": {"align": "right"},
    "upright": {"rotation": 90, "valign": "bottom", "align": "center"},
    "strong": {"bold": True},
    # How a number is written
    "percent": {"num_format": "0.00%"},
    "signed percent": {"num_format": "+0.00%;-0.00%;0.00%"},
    # A sum that is zero but for rounding has a sign in other formats.
    "signed percent, near zero none": {"num_format": "[>=0.00005]+0.00%;[<=-0.00005]-0.00%;0.00%"},
    "bp": {"num_format": "0.00"},
    "signed bp": {"num_format": "+0.00;-0.00;0.00"},
    "whole percent": {"num_format": "0%"},
    "signed bp, one decimal": {"num_format": "+0.0;-0.0;0.0"},
    "month": {"num_format": "mmm yyyy", "align": "left", "indent": 1},
    "card bp": {"num_format": '0.0 "bp"'},
    "card percent": {"num_format": "0.0%"},
    "two decimals": {"num_format": "0.00"},
    "three decimals": {"num_format": "0.000"},
    "four decimals": {"num_format": "0.0000"},
    "fine percent": {"num_format": "0.0000%"},
    "signed two decimals": {"num_format": "+0.00;-0.00;0.00"},
    "thousands": {"num_format": "#,##0"},
    "money": {"num_format": "#,##0.00"},
    "signed three decimals": {"num_format": "[>=0.0005]+0.000;[<=-0.0005]-0.000;0.000"},
    "covariance": {"num_format": "0.0000000"},
    "card years": {"num_format": "+0.00;-0.00;0.00"},
    "whole": {"num_format": "0"},
    "fraction": {"num_format": "0.000000"},
    "fraction or count": {"num_format": "[>=5]0;[<0]-0.000000;0.000000"},
    "signed fraction": {"num_format": "+0.000000;-0.000000;0.000000"},
    "exact": {"num_format": "0.00E+00"},
    "variance": {"num_format": "0.000000"},
    "general": {"num_format": "General"},
}
"""Named properties of cells; a cell's style is a few of them laid over each other, the later ones on top."""


class Ink:
    """The cell styles of one workbook, made when first asked for.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        The workbook being written.
    """

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[tuple[str, ...], Format] = {}

    def __call__(self, *looks: str) -> Format:
        """Style of a cell: names in `LOOKS`, later ones on top."""
        if looks not in self._made:
            properties: dict[str, Any] = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
            for look in looks:
                properties |= LOOKS[look]
            self._made[looks] = self._book.add_format(properties)
        return self._made[looks]
