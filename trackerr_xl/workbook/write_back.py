"""What was recalculated, put back into the file it came from."""

from collections import defaultdict
from collections.abc import Mapping

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.addresses import Area
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.package import Package
from trackerr_xl.workbook.patch import SheetEdits, patch_workbook
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
    spills = {
        first: _rows(recalculation.values, first.sheet, area)
        for first, area in recalculation.extents.items()
        if recalculation.formulas[first].kind == "dynamic"
    }
    spilled = {
        Address(first.sheet, first.row + i, first.column + j)
        for first, rows in spills.items()
        for i, row in enumerate(rows)
        for j in range(len(row))
    }
    inputs = _by_sheet(recalculation.inputs)
    results = _by_sheet(
        {where: value for where, value in recalculation.values.items() if where not in spilled}
    )
    firsts: dict[str, dict[tuple[int, int], list[list[Cell]]]] = defaultdict(dict)
    for first, rows in spills.items():
        firsts[first.sheet][first.place] = rows
    edits = {
        title: SheetEdits(inputs.get(title, {}), results.get(title, {}), firsts.get(title, {}))
        for title in package.sheets
        if title in inputs or title in results or title in firsts
    }
    return patch_workbook(package, edits)


def _rows(values: Mapping[Address, Cell], sheet: str, area: Area) -> list[list[Cell]]:
    return [
        [values.get(Address(sheet, row, column)) for column in range(area.left, area.right + 1)]
        for row in range(area.top, area.bottom + 1)
    ]


def _by_sheet(values: Mapping[Address, Cell]) -> dict[str, dict[tuple[int, int], Cell]]:
    sheets: dict[str, dict[tuple[int, int], Cell]] = defaultdict(dict)
    for where, value in values.items():
        sheets[where.sheet][where.place] = value
    return sheets
