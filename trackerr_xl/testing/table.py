"""What a failing test shows: a table of cells."""

from collections.abc import Sequence

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.check import Difference

SHOWN_ROWS = 40
"""Most cells of a table."""

_WIDEST = 60


def table_of(differences: Sequence[Difference], tolerance: float, before: str) -> str:
    """Cells that differ as a table; `before` is the heading of the value that was expected."""
    headings = ("Cell", "Formula", before, "Now", "Difference", "Tolerance")
    rows = [
        (
            str(each.address),
            each.formula,
            _shown(each.stored),
            _shown(each.now),
            "" if each.difference is None else f"{each.difference:.3g}",
            f"{tolerance:g}",
        )
        for each in differences[:SHOWN_ROWS]
    ]
    lines = _aligned([headings, *rows])
    if len(differences) > SHOWN_ROWS:
        lines.append(f"… and {len(differences) - SHOWN_ROWS:,} more")
    return "\n".join(lines)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    cut = [[_cut(text) for text in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cut, strict=True)]
    return [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in cut
    ]


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"


def _shown(value: Cell) -> str:
    if value is None:
        return "(empty)"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return repr(value)
    return str(value)
