"""Formulas of a workbook that Excel wrote, entered again where LibreOffice did not understand them.

LibreOffice 7.4, and some versions after it, look for the functions of extensions by their names only when a formula is
entered, not when they read a workbook of Excel: such a name is kept in small letters, and the cell shows #NAME?. The same
happens to a whole table, ``Limits[#All]``, where ``Limits[[#All]]`` is understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import unohelper
from com.sun.star.lang import XServiceInfo
from com.sun.star.task import XJob

SERVICE = "org.trackerr.calc.Mend"
"""The job that LibreOffice does when it has opened a document."""

_FORMULA = 16  # com.sun.star.sheet.CellFlags
_LOST_TABLE, _TABLE = "[#all]", "[[#All]]"
_OF_EXCEL = (
    "MS Excel 2007",
    "Office Open XML",
)  # in the names of its filters for .xlsx, .xlsm and their templates


def mending_job(functions: Sequence[str], service: str) -> type:
    """The job, as a class that LibreOffice can make an object of.

    Parameters
    ----------
    functions : sequence of str
        Names of our functions as a user writes them.
    service : str
        What the name of each of them begins with once LibreOffice has found it.
    """
    names = "|".join(name.lower() for name in functions)
    lost = re.compile(rf"(?<![\w.])(?:{names})\s*\(|{re.escape(service.upper())}\..*{re.escape(_LOST_TABLE)}")

    def execute(_self: object, arguments: Sequence[Any]) -> None:
        document = _document(arguments)
        if document is not None and any(words in _filter_name(document) for words in _OF_EXCEL):
            mend(document, lost)

    methods = {
        "__init__": lambda self, context, *_arguments: None,
        "execute": execute,
        "getImplementationName": lambda self: SERVICE,
        "supportsService": lambda self, name: name == SERVICE,
        "getSupportedServiceNames": lambda self: (SERVICE,),
    }
    return type("Mend", (unohelper.Base, XJob, XServiceInfo), methods)


def mend(document: Any, lost: re.Pattern[str]) -> None:
    """Enter again every formula of ours that was not understood; the document counts as unchanged.

    Parameters
    ----------
    document : com.sun.star.sheet.SpreadsheetDocument
        The workbook.
    lost : pattern
        Finds what LibreOffice did not.
    """
    formulas = [found for sheet in document.Sheets for found in _lost(sheet, lost)]
    if not formulas:
        return
    modified, automatic = document.isModified(), document.isAutomaticCalculationEnabled()
    document.enableAutomaticCalculation(False)
    undo = document.getUndoManager()
    undo.lock()
    try:
        for cells, lost_formula in formulas:
            formula = lost_formula.replace(_LOST_TABLE, _TABLE)
            if formula.startswith("{"):
                cells.setArrayFormula(formula[1:-1])
            else:
                cells.setFormula(formula)
    finally:
        undo.unlock()
        document.enableAutomaticCalculation(automatic)
        document.setModified(modified)


def _lost(sheet: Any, lost: re.Pattern[str]) -> Iterator[tuple[Any, str]]:
    """Each cell whose formula was not understood, or all cells of its array, and the formula.

    An array on a sheet under protection cannot be entered again.
    """
    arrays = set()
    fixed = sheet.isProtected()
    for area in sheet.queryContentCells(_FORMULA).getRangeAddresses():
        cells = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
        for down, row in enumerate(cells.getFormulaArray()):
            for across, formula in enumerate(row):
                is_array = formula.startswith("{")
                if not lost.search(formula) or (is_array and fixed):
                    continue
                cell = cells.getCellByPosition(across, down)
                if is_array:
                    cell = sheet.createCursorByRange(cell)
                    cell.collapseToCurrentArray()
                    if cell.AbsoluteName in arrays:
                        continue
                    arrays.add(cell.AbsoluteName)
                yield cell, formula


def _document(arguments: Sequence[Any]) -> Any:
    """The document that was opened, None if it is not of cells."""
    given = {one.Name: one.Value for one in arguments}
    around = {one.Name: one.Value for one in given.get("Environment", ())}
    document = around.get("Model")
    if document is None or not hasattr(document, "Sheets"):
        return None
    return document


def _filter_name(document: Any) -> str:
    return str(next((one.Value for one in document.getArgs() if one.Name == "FilterName"), ""))
