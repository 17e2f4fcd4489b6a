"""A template built in passes: written, recalculated without a spreadsheet program, written with its values.

Of each there are two: a plain workbook, and one with macros, which calculates where the add-in is not loaded and has
buttons.
"""

import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Final

import xlsxwriter

from trackerr_xl.errors import SetupError
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.macros.agreed import RIBBON, Button
from trackerr_xl.macros.modules import workbook_modules
from trackerr_xl.macros.project import vba_project
from trackerr_xl.sheet.cells import CellError
from trackerr_xl.workbook.file.addresses import address
from trackerr_xl.workbook.file.package import open_package
from trackerr_xl.workbook.recalculate import Recalculation, recalculate
from trackerr_xl.workbook.templates.active_fund import write_active_fund
from trackerr_xl.workbook.templates.bond_index_tracker import write_bond_index_tracker
from trackerr_xl.workbook.templates.bond_risk import write_bond_risk
from trackerr_xl.workbook.templates.bond_sampling import write_bond_sampling
from trackerr_xl.workbook.templates.direct_index import write_direct_index
from trackerr_xl.workbook.templates.equity_index_tracker import write_equity_index_tracker
from trackerr_xl.workbook.templates.page import Book, Scalar
from trackerr_xl.workbook.templates.performance import write_performance
from trackerr_xl.workbook.templates.style import Ink
from trackerr_xl.workbook.write_back import write_back

TEMPLATES: Final[Mapping[str, Callable[[Book], None]]] = {
    "active_fund.xlsx": write_active_fund,
    "bond_index_tracker.xlsx": write_bond_index_tracker,
    "bond_risk.xlsx": write_bond_risk,
    "bond_sampling.xlsx": write_bond_sampling,
    "direct_index.xlsx": write_direct_index,
    "equity_index_tracker.xlsx": write_equity_index_tracker,
    "performance.xlsx": write_performance,
}
"""File name to the function that writes every sheet."""

# A fixed date makes two builds the same bytes.
_CREATED: Final = datetime(2026, 1, 5)
# Excel recalculates on opening what an older calculation engine than its own has saved.
_EXCEL_365: Final = 191029

_OPTIMISES: Final = b"TE_OPTIMIZE("
_ANYWHERE: Final = {"explain", "freeze", "lock_as_test", "rerun_tests"}
_OF_WEIGHTS: Final = {"optimise", "write_audit_formulas"}


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
    return built_pair(write)[0]


def built_pair(write: Callable[[Book], None]) -> tuple[bytes, bytes]:
    """The same, and the same with macros and buttons.

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
        values, spills = _values(known), _spills(known)
        path.write_bytes(_written(write, values, spills))
        again = recalculate(path)
        # XlsxWriter cannot store an error value in a spilled cell: what is left is written as `recalc` writes it.
        plain = write_back(open_package(path), again)
        with_macros = path.with_suffix(".xlsm")
        with_macros.write_bytes(_written(write, values, spills, _buttons(plain)))
        return plain, write_back(open_package(with_macros), again)


def _written(
    write: Callable[[Book], None],
    stored: Mapping[tuple[str, str], Scalar],
    spilled: Mapping[tuple[str, str], tuple[int, int]],
    buttons: Sequence[Button] = (),
) -> bytes:
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as file:
        file.set_properties({"created": _CREATED, "author": "trackerr_xl"})
        file.set_size(28800, 16400)
        # Excel keeps the stored values on opening, so that a reader without the add-in sees them and not #NAME?.
        file.set_calc_mode("auto", _EXCEL_365)
        file.calc_on_load = False
        write(Book(file, Ink(file), stored, spilled, buttons))
        if buttons:
            _add_macros(file)
    return made.getvalue()


def _buttons(workbook: bytes) -> tuple[Button, ...]:
    """The buttons that do something in a workbook."""
    with zipfile.ZipFile(BytesIO(workbook)) as archive:
        optimises = any(_OPTIMISES in archive.read(part) for part in archive.namelist())
    wanted = _ANYWHERE | (_OF_WEIGHTS if optimises else set())
    return tuple(button for button in RIBBON if button.action in wanted)


def _add_macros(file: xlsxwriter.Workbook) -> None:
    sheets = file.worksheets()
    file.add_vba_project(BytesIO(vba_project(workbook_modules(CATALOGUE), len(sheets))), is_stream=True)
    file.set_vba_name("ThisWorkbook")
    for number, sheet in enumerate(sheets, start=1):
        sheet.set_vba_name(f"Sheet{number}")


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
