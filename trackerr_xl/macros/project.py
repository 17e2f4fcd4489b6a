"""A VBA project in the form that Excel keeps it in, made of the text of its modules. Needs pyOpenVBA, and no Excel."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import xlsxwriter
from pyopenvba import ExcelFile

from trackerr_xl.macros.modules import Module


def vba_project(modules: Iterable[Module], sheets: int) -> bytes:
    """The part ``vbaProject.bin`` of a workbook.

    Parameters
    ----------
    modules : iterable of Module
        Its modules; the text of ``ThisWorkbook`` goes to the workbook's own.
    sheets : int
        Sheets of the workbook; Excel wants a module of each, named ``Sheet1``, ``Sheet2`` and so on.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "macros.xlsm"
        with xlsxwriter.Workbook(path) as book:
            for _ in range(sheets):
                book.add_worksheet()
        with ExcelFile(path) as file:
            project = file.add_vba_project()
            for module in modules:
                if module.name in project.module_names():
                    file.set_module(module.name, _windows_lines(module.body))
                else:
                    project.add_module(module.name, _windows_lines(module.body))
            file.save(path)
        with ExcelFile(path) as file:
            made: bytes = file.vba_project_bytes()
            return made


def _windows_lines(text: str) -> str:
    # What VBA's code page lacks would become a question mark: better refused here.
    text.encode("cp1252")
    return text.replace("\n", "\r\n")
