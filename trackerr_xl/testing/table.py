"""What a failing test shows: a table of cells."""

from collections.abc import Callable, Sequence

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.check import Difference

SHOWN_ROWS = 20
"""Most cells of a table."""

_WIDEST = 40


def table_of(differences: Sequence[Difference], tolerance: float, before: str) -> str:
    """Cells that differ as a table; `before` is the heading of the value that was expected."""
    headings = ("Cell", "Formula", before, "Now", "Difference", "Tolerance")
    rows = [
        (
            str(each.address),
            each.formula,
            *_shown_pair(each.stored, each.now),
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
    line = "↵".join(text.splitlines())
    return line if len(line) <= _WIDEST else line[: _WIDEST - 1] + "…"


def _shown_pair(before: Cell, now: Cell) -> tuple[str, str]:
    """Two contents so that they look different: as many digits and the part of a long text that show it."""
    if isinstance(before, str) and isinstance(now, str):
        pairs = enumerate(zip(before, now, strict=False))
        same = next((number for number, (old, new) in pairs if old != new), min(len(before), len(now)))
        # From a little before the difference, where it lies beyond what is shown.
        start = 0 if same < _WIDEST - 5 else same - 5
        return "…" * bool(start) + before[start:], "…" * bool(start) + now[start:]
    short = _shown(before, "{:.10g}".format), _shown(now, "{:.10g}".format)
    return short if short[0] != short[1] else (_shown(before, repr), _shown(now, repr))


def _shown(value: Cell, number: Callable[[float], str]) -> str:
    if value is None:
        return "(empty)"
    if isinstance(value, bool):
        return str(value).upper()
    return number(value) if isinstance(value, float) else str(value)
