"""A sheet of numbers and plain formulas, calculated by two spreadsheet programs: no function of ours is on it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import libreoffice
import pytest
import xlsxwriter

from trackerr_xl.workbook.book import parse_location
from trackerr_xl.workbook.recalculate import recalculate

PROGRAMS = ["IronCalc", pytest.param("LibreOffice", marks=pytest.mark.libreoffice)]
"""For a fixture's `params`."""
EXACT = 1e-12
"""Relative difference that is allowed between a formula and a function."""


def calculated(
    program: str,
    folder: Path,
    inputs: Mapping[str, Sequence[Sequence[float | str]]],
    formulas: Mapping[str, str],
) -> dict[str, float]:
    """Every formula's number.

    Parameters
    ----------
    program : {"IronCalc", "LibreOffice"}
        Who calculates.
    folder : Path
        Where the workbook goes.
    inputs : mapping of str to sequence of rows
        Upper left cell to a block of numbers and words.
    formulas : mapping of str to str
        Cell to formula; it may calculate with whole ranges.
    """
    path = folder / "plain.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Plain")
        for corner, rows in inputs.items():
            place = parse_location(f"Plain!{corner}")
            for below, row in enumerate(rows):
                sheet.write_row(place.row - 1 + below, place.column - 1, row)
        for cell, formula in formulas.items():
            sheet.write_array_formula(f"{cell}:{cell}", formula)
    if program == "LibreOffice":
        values = libreoffice.recalculated_values(path)
        return {cell: float(values["Plain", cell]) for cell in formulas}  # type: ignore[arg-type]  # numbers
    done = recalculate(path)
    assert done.not_evaluated == ()
    return {cell: float(done.values[parse_location(f"Plain!{cell}")]) for cell in formulas}  # type: ignore[arg-type]


def down(numbers: Sequence[float]) -> list[list[float]]:
    """Numbers as a column of cells."""
    return [[number] for number in numbers]
