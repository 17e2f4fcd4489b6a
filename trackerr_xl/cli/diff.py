"""`trackerr-xl diff`."""

import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.cli.report import refuse_workbook_as_report, report, value_as_data
from trackerr_xl.cli.screen import DIGITS, show_facts, show_table
from trackerr_xl.sheet.cells import Cell
from trackerr_xl.sheet.csv_text import shown
from trackerr_xl.workbook.diff import BookDifference, diff
from trackerr_xl.workbook.file.output import write_files


def run(first: Path, second: Path, tolerance: float, json: Path | None) -> Outcome:
    """Compare two workbooks as they are stored and show what tells them apart."""
    refuse_workbook_as_report(json, first, second)
    begun = time.perf_counter()
    result = diff(first, second, tolerance=tolerance)
    seconds = time.perf_counter() - begun
    outcome = Outcome.DIFFERENT if result.differences else Outcome.DONE
    if json is not None:
        data = {
            "other": str(second),
            "tolerance": tolerance,
            "same": result.same,
            "seconds": round(seconds, 3),
            "differences": [_as_data(each) for each in result.differences],
        }
        write_files({json: report(first, outcome, data)})
    if result.differences:
        _show(result.differences)
    show_facts(
        f"{first.name} and {second.name}",
        [
            ("Same cells", f"{result.same:,}"),
            ("Values", f"{result.count('value'):,}"),
            ("Formulas", f"{result.count('formula'):,}"),
            ("Names", f"{result.count('name'):,}"),
            ("Sheets", f"{result.count('sheet'):,}"),
            ("Tables", f"{result.count('table'):,}"),
            ("Settings", f"{result.count('setting'):,}"),
            ("Tolerance", f"{tolerance:g}"),
            ("Seconds", f"{seconds:.2f}"),
        ],
    )
    return outcome


def _show(differences: Sequence[BookDifference]) -> None:
    digits = DIGITS if Console().is_terminal else None

    def told(value: Cell) -> str:
        # A cell shows nothing for an empty text, and so would the table.
        return '""' if value == "" else shown(value, digits)

    rows = [
        (
            each.sheet,
            each.at,
            each.what,
            told(each.first),
            told(each.second),
            "" if each.difference is None else f"{each.difference:.3g}",
        )
        for each in differences
    ]
    show_table("What differs", ("Sheet", "Cell", "What", "In A", "In B", "Difference"), rows)


def _as_data(each: BookDifference) -> dict[str, object]:
    return {
        "sheet": each.sheet,
        "at": each.at,
        "what": each.what,
        "first": value_as_data(each.first),
        "second": value_as_data(each.second),
        "difference": each.difference,
    }
