"""Thaw: the formulas of a frozen workbook brought back, and what its stamp says of it until then."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from trackerr_xl.errors import InputError
from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.actions.changes import Changes, Plan
from trackerr_xl.workbook.actions.desk import changed
from trackerr_xl.workbook.actions.fingerprint import changed_cells, fingerprint
from trackerr_xl.workbook.actions.stamp import Line, Stamp, read_stamp, thawed_sheet, utc, versions_now
from trackerr_xl.workbook.book import Address, Book, SheetData
from trackerr_xl.workbook.file.cell_xml import Content, NewFormula
from trackerr_xl.workbook.file.package import Package, read_package
from trackerr_xl.workbook.file.xml_text import attributes_of
from trackerr_xl.workbook.read_book import read_book


@dataclass(frozen=True, slots=True)
class StampReport:
    """What a stamp says of its workbook.

    Parameters
    ----------
    stamp : Stamp
        The stamp.
    broken : tuple of str
        Sentences about inputs and values that are not those frozen; none where the stamp holds.
    versions : tuple of str
        Sentences about versions that differ from those installed.
    """

    stamp: Stamp
    broken: tuple[str, ...]
    versions: tuple[str, ...]


def verify_stamp(book: Book) -> StampReport | None:
    """Compare a frozen workbook with its stamp; None where nothing is frozen.

    Raises
    ------
    InputError
        If the stamp was changed by hand.
    """
    stamp = read_stamp(book)
    if stamp is None:
        return None
    broken = [words for line in stamp.lines if (words := _broken(book, line))]
    now = versions_now()
    versions = tuple(
        f"Frozen with {name} {then}; {now[name]} is installed here."
        for name, then in stamp.versions.items()
        if name in now and now[name] != then
    )
    return StampReport(stamp, tuple(broken), versions)


def thaw(package: Package, book: Book, now: datetime) -> Plan:
    """Plan to bring the formulas back.

    Raises
    ------
    InputError
        If nothing is frozen, or the stamp was changed by hand.
    """
    report = verify_stamp(book)
    if report is None:
        raise InputError("is not frozen: there is nothing to thaw", argument="workbook", at=package.name)
    cells, plain = _formulas(package, book, report.stamp)
    count = len([line for line in report.stamp.lines if line.formula])
    words = [f"{count:,} {'formula is' if count == 1 else 'formulas are'} back.", *report.broken]
    if plain:
        words.append(
            "The program that saved this workbook dropped Excel's mark of spills: the formulas that spilled are fixed arrays now."
        )
    return Plan(Changes(cells, (thawed_sheet(utc(now)),), spill_mark=True), tuple(words))


def thawed(package: Package) -> Package:
    """A frozen workbook with its formulas back, in memory, the frozen values as their results; itself if not frozen."""
    book = read_book(package)
    stamp = read_stamp(book)
    if stamp is None:
        return package
    cells, _ = _formulas(package, book, stamp)
    return read_package(changed(package, Changes(cells, spill_mark=True)), package.name)


_DYNAMIC = "XLDAPR"


def _formulas(package: Package, book: Book, stamp: Stamp) -> tuple[Mapping[Address, Content], bool]:
    """The formulas as contents of cells, and whether spills had to become fixed arrays."""
    cells: dict[Address, Content] = {}
    mark = _spill_mark(package)
    lines = [line for line in stamp.lines if line.formula]
    for line in lines:
        sheet = book.sheet(line.at.sheet)
        if sheet is None:
            raise InputError(
                f"was on the sheet {line.at.sheet}, which is gone", argument="stamp", at=str(line.at)
            )
        area = None if line.kind == "normal" else line.area
        cells[Address(sheet.name, *line.at.place)] = NewFormula(
            line.formula,
            _shown(sheet, line),
            area,
            mark if line.kind == "dynamic" else None,
        )
    return cells, mark is None and any(line.kind == "dynamic" for line in lines)


def _shown(sheet: SheetData, line: Line) -> Cell:
    value = sheet.stored(*line.at.place)
    # A formula without any value would be calculated, and a thawed workbook shows what it showed.
    return "" if value is None else value


def _broken(book: Book, line: Line) -> str:
    sheet = book.sheet(line.at.sheet)
    if sheet is None:
        return f"The sheet {line.at.sheet} is gone."
    now = fingerprint(sheet, line.area)
    if now.whole == line.print.whole:
        return ""
    where = changed_cells(line.print, now, line.area, sheet.name)
    if line.role == "Input":
        return f"Inputs changed since: {where}."
    return f"Frozen values changed since: {where}."


def _spill_mark(package: Package) -> int | None:
    """Number that marks a cell as the first of a spill, counted from 1 among the marks of cells."""
    part = package.related.get("sheetMetadata")
    if part is None:
        # It is put there together with the formulas.
        return 1
    data = package.read(part)
    kinds = [
        attributes_of(found).get("name")
        for found in re.findall(rb"<(?:\w+:)?metadataType(?=\s)([^>]*)>", data)
    ]
    block = re.search(rb"<(?:\w+:)?cellMetadata(?=[\s>])[^>]*>(.*?)</(?:\w+:)?cellMetadata>", data, re.DOTALL)
    if block is None or _DYNAMIC not in kinds:
        return None
    for number, found in enumerate(re.findall(rb"<(?:\w+:)?rc(?=\s)([^>]*)>", block[1]), start=1):
        if attributes_of(found).get("t") == str(kinds.index(_DYNAMIC) + 1):
            return number
    return None
