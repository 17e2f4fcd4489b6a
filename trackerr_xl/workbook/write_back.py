"""What was recalculated, put back into the file it came from."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.addresses import Area
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.cell_xml import same, storable
from trackerr_xl.workbook.check import Difference
from trackerr_xl.workbook.package import Package
from trackerr_xl.workbook.patch import SheetEdits, patch_workbook, shared_strings
from trackerr_xl.workbook.recalculate import Recalculation
from trackerr_xl.workbook.sheet_xml import scan_sheet
from trackerr_xl.workbook.stored import stored_values


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


def changed_cells(package: Package, recalculation: Recalculation) -> list[Difference]:
    """Cells that `write_back` changes, inputs left out, sheet by sheet and row by row."""
    strings = shared_strings(package)
    changes = []
    for title, part in package.sheets.items():
        stored = stored_values(scan_sheet(package.read(part)), strings)
        texts = _formula_by_place(recalculation, title, stored.keys())
        for place in sorted(texts):
            where = Address(title, *place)
            before, now = stored.get(place), storable(recalculation.values.get(where))
            if not same(before, now):
                changes.append(Difference(where, texts[place], before, now, _difference(before, now)))
    return changes


def _difference(before: Cell, now: Cell) -> float | None:
    if isinstance(before, float) and isinstance(now, float):
        return now - before
    return None


def _formula_by_place(
    recalculation: Recalculation, sheet: str, stored: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], str]:
    """Formula of every cell that has a new value or that a spill has just left."""
    texts: dict[tuple[int, int], str] = {}
    here = [(first, area) for first, area in recalculation.extents.items() if first.sheet == sheet]
    for first, _ in here:
        formula = recalculation.formulas[first]
        if formula.kind == "dynamic" and formula.area != first.area:
            texts |= {place: formula.text for place in stored if _covers(formula.area, place)}
    for first, area in here:
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                texts[row, column] = recalculation.formulas[first].text
    for where in recalculation.values:
        if where.sheet == sheet and where in recalculation.formulas:
            texts[where.place] = recalculation.formulas[where].text
    return texts


def _covers(area: Area, place: tuple[int, int]) -> bool:
    return area.top <= place[0] <= area.bottom and area.left <= place[1] <= area.right


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
