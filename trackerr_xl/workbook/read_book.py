"""A workbook file read for calculation: constants, formulas with shared ones written out, names and tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.workbook.book import (
    Address,
    Book,
    DefinedName,
    FormulaCell,
    Kind,
    SheetData,
    Table,
    cells_of,
)
from trackerr_xl.workbook.file.addresses import parse_area
from trackerr_xl.workbook.file.package import Package, open_package, relations
from trackerr_xl.workbook.file.patch import shared_strings
from trackerr_xl.workbook.file.sheet_xml import SheetXml, opening_tag, scan_sheet
from trackerr_xl.workbook.file.stored import (
    MAX_ARRAY_CELLS,
    Formula,
    StoredCell,
    formula_cells,
    stored_values,
)
from trackerr_xl.workbook.file.xml_text import attributes_of
from trackerr_xl.workbook.formula.shift import shifted
from trackerr_xl.workbook.formula.tree import FormulaError

if TYPE_CHECKING:
    from trackerr_xl.sheet.cells import Cell


def read_book(source: str | Path | Package) -> Book:
    """Read a workbook file, or one that is open already; nothing in it is run.

    Raises
    ------
    FileRefusedError
        If it cannot be opened as a workbook.
    """
    package = source if isinstance(source, Package) else open_package(source)
    strings = shared_strings(package)
    sheets: dict[str, SheetData] = {}
    tables: list[Table] = []
    for name, part in package.sheets.items():
        try:
            sheets[name.lower()] = _sheet(name, scan_sheet(package.read(part)), strings)
            _refuse_arrays(sheets)
            tables.extend(_tables(package, name, part))
        except FileRefusedError as error:
            raise FileRefusedError(f"sheet {name} {error.message}", at=package.name) from None
    root = _root(package)
    properties = root.find("{*}workbookPr")
    from_1904 = properties is not None and properties.get("date1904") in ("1", "true")
    names = {(name.sheet.lower() if name.sheet else None, name.name.lower()): name for name in _names(root)}
    calculation = root.find("{*}calcPr")
    as_displayed = calculation is not None and calculation.get("fullPrecision") in ("0", "false")
    return Book(package.name, sheets, names, tuple(tables), from_1904, as_displayed)


def defined_names(package: Package) -> list[DefinedName]:
    """The names that a workbook defines, without reading its sheets.

    Raises
    ------
    FileRefusedError
        If the part that lists them is damaged.
    """
    return list(_names(_root(package)))


_MOST_LETTERS, _MOST_TIMES = 4_000_000, 20
"""Most letters of a sheet's formulas when shared ones are written out, or so many times the size of its part."""


def _refuse_arrays(sheets: Mapping[str, SheetData]) -> None:
    filled = sum(len(each.results) for each in sheets.values())
    if filled > MAX_ARRAY_CELLS:
        raise FileRefusedError(
            f"and those before it have array formulas over {filled:,} cells, at most {MAX_ARRAY_CELLS:,} are read"
        )


def _root(package: Package) -> ElementTree.Element:
    return _xml(package, package.workbook)


def _xml(package: Package, part: str) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(package.read(part))
    except ElementTree.ParseError:
        raise FileRefusedError(f"is damaged: {part} cannot be read", at=package.name) from None


def _names(root: ElementTree.Element) -> Iterator[DefinedName]:
    titles = [element.get("name", "") for element in root.iterfind("{*}sheets/{*}sheet")]
    for element in root.iterfind("{*}definedNames/{*}definedName"):
        owner = element.get("localSheetId", "")
        sheet = titles[int(owner)] if owner.isdecimal() and int(owner) < len(titles) else None
        yield DefinedName(element.get("name", ""), element.text or "", sheet)


def _tables(package: Package, sheet: str, part: str) -> Iterator[Table]:
    for kind, target in relations(package.archive, part).values():
        if kind == "table":
            try:
                yield _table(_xml(package, target), sheet)
            except ValueError as error:
                raise FileRefusedError(f"is damaged: its table {target} cannot be read, {error}") from None


def _table(root: ElementTree.Element, sheet: str) -> Table:
    return Table(
        name=root.get("displayName", root.get("name", "")),
        sheet=sheet,
        area=parse_area(root.get("ref", "")),
        columns=tuple(column.get("name", "") for column in root.iterfind("{*}tableColumns/{*}tableColumn")),
        header_rows=int(root.get("headerRowCount", "1")),
        total_rows=int(root.get("totalsRowCount", "0")),
    )


@dataclass(slots=True)
class _Found:
    """Formulas of a sheet while they are read."""

    formulas: dict[tuple[int, int], FormulaCell] = field(default_factory=dict)
    shared: dict[str, FormulaCell] = field(default_factory=dict)


def _sheet(name: str, xml: SheetXml, strings: Sequence[str]) -> SheetData:
    found = _Found()
    most = max(_MOST_LETTERS, _MOST_TIMES * len(xml.data))
    for cell in formula_cells(xml, strings):
        if cell.formula is None:
            continue
        formula = _formula(name, cell, cell.formula, found.shared)
        found.formulas[cell.row, cell.column] = formula
        most -= len(formula.text)
        if most < 0:
            raise FileRefusedError("shares formulas that are far longer written out than the whole sheet")
    values = stored_values(xml, strings)
    results: dict[tuple[int, int], Cell] = {}
    for formula in found.formulas.values():
        for _, row, column in cells_of(name, formula.area):
            value = values.pop((row, column), None)
            if (row, column) not in found.formulas:
                results[row, column] = value
    return SheetData(name, values, found.formulas, results, _hidden_rows(xml))


_KINDS: Mapping[str, Kind] = {"array": "array", "dataTable": "data table"}


def _formula(sheet: str, cell: StoredCell, stored: Formula, shared: dict[str, FormulaCell]) -> FormulaCell:
    at = Address(sheet, cell.row, cell.column)
    kind: Kind = "dynamic" if cell.dynamic else _KINDS.get(stored.kind, "normal")
    formula = FormulaCell(at, "=" + stored.text.removeprefix("="), kind, at.area, cell.value)
    if kind != "normal":
        return replace(formula, area=stored.area or at.area)
    key = stored.shared
    if key is None:
        return formula
    if stored.text:
        shared[key] = formula
        return formula
    if key not in shared:
        raise FileRefusedError(f"is damaged: {at} shares a formula that is not there")
    return replace(formula, text=_copied(shared[key], at))


def _copied(first: FormulaCell, to: Address) -> str:
    try:
        return shifted(first.text, to.row - first.address.row, to.column - first.address.column)
    except FormulaError:
        # It could not be read in its first cell either and is reported there and here in the same words.
        return first.text


def _hidden_rows(xml: SheetXml) -> frozenset[int]:
    if b"hidden=" not in xml.structure:
        return frozenset()
    tag = opening_tag(xml.prefix, b"row")
    return frozenset(
        number
        for number, span in xml.rows.items()
        if (found := tag.match(xml.structure, span.start, span.inside))
        and attributes_of(found[1]).get("hidden") in ("1", "true")
    )
