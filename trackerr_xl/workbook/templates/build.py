"""A template built in passes: written, recalculated without a spreadsheet program, written with its values."""

import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import xlsxwriter

from trackerr_xl.errors import SetupError
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.file.addresses import address
from trackerr_xl.workbook.file.package import open_package
from trackerr_xl.workbook.recalculate import Recalculation, recalculate
from trackerr_xl.workbook.templates.active_fund import write_active_fund
from trackerr_xl.workbook.templates.bond_index_tracker import write_bond_index_tracker
from trackerr_xl.workbook.templates.bond_risk import write_bond_risk
from trackerr_xl.workbook.templates.equity_index_tracker import write_equity_index_tracker
from trackerr_xl.workbook.templates.page import Book, Scalar
from trackerr_xl.workbook.templates.performance import write_performance
from trackerr_xl.workbook.templates.style import Ink
from trackerr_xl.workbook.write_back import write_back

TEMPLATES: Final[Mapping[str, Callable[[Book], None]]] = {
    "active_fund.xlsx": write_active_fund,
    "bond_index_tracker.xlsx": write_bond_index_tracker,
    "bond_risk.xlsx": write_bond_risk,
    "equity_index_tracker.xlsx": write_equity_index_tracker,
    "performance.xlsx": write_performance,
}
"""File name to the function that writes every sheet."""

# A fixed date makes two builds the same bytes.
_CREATED: Final = datetime(2026, 1, 5)
# Excel recalculates on opening what an older calculation engine than its own has saved.
_EXCEL_365: Final = 191029


def built(write: Callable[[Book], None]) -> bytes:
    """The bytes of a template whose every formula shows its true value.

    Parameters
    ----------
    write : callable
        One of `TEMPLATES`.

    Raises
    ------
    SetupError
        If a formula cannot be calculated here.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        path.write_bytes(_written(write, {}, {}))
        known = recalculate(path)
        path.write_bytes(_written(write, _values(known), _spills(known)))
        # XlsxWriter cannot store an error value in a spilled cell: what is left is written as `recalc` writes it.
        return write_back(open_package(path), recalculate(path))


def _written(
    write: Callable[[Book], None],
    stored: Mapping[tuple[str, str], Scalar],
    spilled: Mapping[tuple[str, str], tuple[int, int]],
) -> bytes:
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as file:
        file.set_properties({"created": _CREATED, "author": "trackerr_xl"})
        file.set_size(28800, 16400)
        # Excel keeps the stored values on opening, so that a reader without the add-in sees them and not #NAME?.
        file.set_calc_mode("auto", _EXCEL_365)
        file.calc_on_load = False
        write(Book(file, Ink(file), stored, spilled))
    return made.getvalue()


def _values(known: Recalculation) -> dict[tuple[str, str], Scalar]:
    if known.not_evaluated:
        first = known.not_evaluated[0]
        raise SetupError(f"{first.address} was not calculated: {first.reason}", at=first.formula)
    return {
        (cell.sheet, address(cell.row, cell.column)): value
        for cell, value in known.values.items()
        if value is not None and not isinstance(value, CellError)
    }


def _spills(known: Recalculation) -> dict[tuple[str, str], tuple[int, int]]:
    return {
        (cell.sheet, address(cell.row, cell.column)): (
            area.bottom - area.top + 1,
            area.right - area.left + 1,
        )
        for cell, area in known.extents.items()
    }
