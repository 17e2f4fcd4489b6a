"""What calculates a workbook under test: our own engine, or LibreOffice where it is installed."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor

from trackerr_xl.sheet.cells import Cell
from trackerr_xl.testing.libreoffice import recalculated_by_libreoffice
from trackerr_xl.workbook.book import Address, Book, cells_of
from trackerr_xl.workbook.file.cell_xml import Content, NewFormula
from trackerr_xl.workbook.file.package import Package, read_package
from trackerr_xl.workbook.file.patch import RowColumn, SheetEdits, patch_workbook
from trackerr_xl.workbook.read_book import read_book
from trackerr_xl.workbook.recalculate import input_cell, recalculate


@dataclass(frozen=True, slots=True)
class Calculated:
    """What an engine made of a workbook.

    Parameters
    ----------
    values : mapping of Address to Cell
        What cells show, typed ones too.
    unknown : mapping of Address to str
        Cells that could not be calculated, and why.
    formulas : mapping of Address to str
        The formula that fills a cell.
    """

    values: Mapping[Address, Cell]
    unknown: Mapping[Address, str]
    formulas: Mapping[Address, str]


def calculated(engine: str, package: Package, inputs: Mapping[Address, Cell], now: datetime) -> Calculated:
    """Calculate a workbook with changed inputs by a pinned clock.

    Raises
    ------
    TrackerrError
        If an input is no input, or the engine is not there or fails.
    """
    return (_by_ironcalc if engine == "ironcalc" else _by_libreoffice)(package, inputs, now)


def _by_ironcalc(package: Package, inputs: Mapping[Address, Cell], now: datetime) -> Calculated:
    done = recalculate(package, inputs=inputs, now=now)
    reasons = {each.address: each.reason for each in done.not_evaluated}
    formulas, unknown = {}, {}
    for first, formula in done.formulas.items():
        for area in (formula.area, done.extents.get(first, formula.area)):
            for at in cells_of(first.sheet, area):
                formulas[at] = formula.text
                if first in reasons:
                    unknown[at] = reasons[first]
    return Calculated({**_typed(read_book(package)), **done.inputs, **done.values}, unknown, formulas)


def _by_libreoffice(package: Package, inputs: Mapping[Address, Cell], now: datetime) -> Calculated:
    ours = read_book(package)
    edits = _pinned(ours, (now - ours.epoch) / timedelta(days=1))
    for at, value in inputs.items():
        found = input_cell(ours, at)
        edits[found.sheet][found.place] = value
    data = patch_workbook(package, {sheet: SheetEdits(contents=cells) for sheet, cells in edits.items()})
    shown = read_book(read_package(recalculated_by_libreoffice(data, package.name), package.name))
    values = {
        Address(sheet.name, *place): sheet.stored(*place)
        for sheet in shown.sheets.values()
        for place in (*sheet.constants, *sheet.formulas, *sheet.results)
    }
    formulas = {
        at: formula.text
        for sheet in ours.sheets.values()
        for formula in sheet.formulas.values()
        for at in cells_of(formula.address.sheet, formula.area)
    }
    return Calculated(values, {}, formulas)


_CLOCK = re.compile(r"""("(?:[^"]|"")*"|'(?:[^']|'')*')|\b(NOW|TODAY)\(\s*\)""", re.IGNORECASE)
"""The clock in a formula; texts and the names of sheets are read over."""


def _pinned(book: Book, serial: float) -> dict[str, dict[RowColumn, Content]]:
    """Formulas that read the clock, with a number in its place: LibreOffice's own cannot be set."""

    def number(found: re.Match[str]) -> str:
        if found[2] is None:
            return found[1]
        return repr(serial if found[2].upper() == "NOW" else float(floor(serial)))

    edits: dict[str, dict[RowColumn, Content]] = defaultdict(dict)
    for sheet in book.sheets.values():
        for place, formula in sheet.formulas.items():
            text = _CLOCK.sub(number, formula.text)
            if text != formula.text:
                area = None if formula.kind == "normal" else formula.area
                edits[sheet.name][place] = NewFormula(text, formula.stored, area)
    return edits


def _typed(book: Book) -> dict[Address, Cell]:
    return {
        Address(sheet.name, *place): value
        for sheet in book.sheets.values()
        for place, value in sheet.constants.items()
    }
