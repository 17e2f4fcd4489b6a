"""What was recalculated, put back into the file it came from."""

from collections import defaultdict
from collections.abc import Mapping

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.check import agree
from trackerr_xl.workbook.file.package import Package
from trackerr_xl.workbook.file.patch import RowColumn, SheetEdits, patch_workbook
from trackerr_xl.workbook.recalculate import Recalculation


def write_back(package: Package, recalculation: Recalculation) -> bytes:
    """The bytes of a workbook file with its new inputs and results; cells not evaluated keep what they hold.

    Parameters
    ----------
    package : Package
        The workbook that was recalculated.
    recalculation : Recalculation
        Its new values.

    Raises
    ------
    FileRefusedError
        If a sheet to be changed is written in a way that cannot be patched.
    """
    values = _as_stored_where_equal(recalculation)
    spills: dict[str, dict[RowColumn, list[list[Cell]]]] = defaultdict(dict)
    for first, area in recalculation.extents.items():
        if recalculation.formulas[first].kind == "dynamic":
            # Taken out of the values: what is left are results of single cells and of fixed arrays.
            spills[first.sheet][first.place] = [
                [values.pop(Address(first.sheet, row, column)) for column in range(area.left, area.right + 1)]
                for row in range(area.top, area.bottom + 1)
            ]
    inputs = _by_sheet(recalculation.inputs)
    results = _by_sheet(values)
    edits = {
        title: SheetEdits(inputs.get(title, {}), results.get(title, {}), spills.get(title, {}))
        for title in inputs.keys() | results.keys() | spills.keys()
    }
    return patch_workbook(package, edits)


def _as_stored_where_equal(recalculation: Recalculation) -> dict[Address, Cell]:
    """The new values; where a check finds no difference the stored one, though it may be spelt in another type.

    Google Sheets, for one, stores error values as texts: such a cell does not change.
    """
    stored = recalculation.stored
    return {
        where: stored[where] if where in stored and agree(stored[where], value, 0.0) else value
        for where, value in recalculation.values.items()
    }


def _by_sheet(values: Mapping[Address, Cell]) -> dict[str, dict[RowColumn, Cell]]:
    sheets: dict[str, dict[RowColumn, Cell]] = defaultdict(dict)
    for where, value in values.items():
        sheets[where.sheet][where.place] = value
    return sheets
