"""The reports that `--json` writes."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import trackerr_xl
from trackerr_xl.cli.outcome import Outcome
from trackerr_xl.errors import FileRefusedError
from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.check import Difference
from trackerr_xl.workbook.recalculate import NotEvaluated


def report(book: Path, outcome: Outcome, data: Mapping[str, object]) -> bytes:
    """A report as JSON in UTF-8: what was done to which workbook by which version, and the details."""
    head = {
        "trackerr_xl": trackerr_xl.__version__,
        "book": str(book),
        "outcome": outcome.name.lower().replace("_", " "),
        "exit_code": int(outcome),
    }
    return (json.dumps({**head, **data}, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def refuse_workbook_as_report(json_file: Path | None, *workbooks: Path | None) -> None:
    """Refuse a report that would take the place of a workbook.

    Raises
    ------
    FileRefusedError
        If it leads to the same file as one of them.
    """
    if json_file is not None and json_file.resolve() in [each.resolve() for each in workbooks if each]:
        raise FileRefusedError(
            "is the workbook, the report needs a file of its own", argument="--json", at=json_file.name
        )


def refuse_other_ending(book: Path, out: Path | None) -> None:
    """Refuse a workbook under the ending of another kind.

    Raises
    ------
    FileRefusedError
        If it does not end as the workbook it is made from.
    """
    if out is not None and out.suffix.lower() != book.suffix.lower():
        raise FileRefusedError(
            f"must end in {book.suffix}, as {book.name} does, or Excel will not open it",
            argument="--out",
            at=out.name,
        )


def value_as_data(value: Cell) -> object:
    """A cell's value; an error value becomes ``{"error": "#N/A"}``, so that no text can be taken for one."""
    return {"error": value.value} if isinstance(value, CellError) else value


def differences_as_data(differences: Sequence[Difference]) -> list[dict[str, object]]:
    """Differing cells as records."""
    return [
        {
            "cell": str(each.address),
            "formula": each.formula,
            "stored": value_as_data(each.stored),
            "now": value_as_data(each.now),
            "difference": each.difference,
        }
        for each in differences
    ]


def not_evaluated_as_data(cells: Sequence[NotEvaluated]) -> list[dict[str, object]]:
    """Cells not evaluated as records."""
    return [{"cell": str(each.address), "formula": each.formula, "reason": each.reason} for each in cells]
