"""Workbooks with our macros that LibreOffice can run: Excel's way to Python replaced by one that exists here."""

import io
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import libreoffice
import xlsxwriter
from pyopenvba import ExcelFile, VBAModuleKind

from trackerr_xl.macros.modules import Module
from trackerr_xl.macros.project import vba_project

HERE = Path(__file__).parent

XLPY = """Public Function XLPy() As Object
    Set XLPy = New Bridge
End Function
"""
"""Stands for the module that loads xlwings' library, which is a library of Windows."""

BRIDGE = """VERSION 1.0 CLASS
BEGIN
  MultiUse = -1  'True
END
Attribute VB_Name = "Bridge"
Attribute VB_GlobalNameSpace = False
Attribute VB_Creatable = False
Attribute VB_PredeclaredId = False
Attribute VB_Exposed = False
Public Function CallUDF(TheModule, TheFunction, Given, Optional Book, Optional Caller) As Variant
    Dim Factory, Provider, Script, Place, Row, Column, Sent, Answer
    Sent = Array()
    If UBound(Given) >= 0 Then ReDim Sent(UBound(Given))
    For Place = 0 To UBound(Given)
        If IsMissing(Given(Place)) Then
            Sent(Place) = "#LEFT OUT#"
        ElseIf IsObject(Given(Place)) Then
            Sent(Place) = Given(Place).Value
        Else
            Sent(Place) = Given(Place)
        End If
    Next
    Factory = CreateUnoService("com.sun.star.script.provider.MasterScriptProviderFactory")
    Provider = Factory.createScriptProvider("")
    Script = Provider.getScript("vnd.sun.star.script:calc_bridge.py$call_udf?language=Python&location=user")
    Answer = Script.invoke(Array(TheFunction, Sent), Array(), Array())
    If IsArray(Answer) Then
        If IsArray(Answer(0)) Then
            Dim Grid()
            ReDim Grid(0 To UBound(Answer), 0 To UBound(Answer(0)))
            For Row = 0 To UBound(Answer)
                For Column = 0 To UBound(Answer(0))
                    Grid(Row, Column) = Answer(Row)(Column)
                Next
            Next
            CallUDF = Grid
            Exit Function
        End If
        If VarType(Answer(0)) = vbString Then
            If Answer(0) = "#FAULT#" Then Err.Raise 1000, "python", Answer(1)
        End If
    End If
    CallUDF = Answer
End Function
"""


def macro_book(
    path: Path, modules: Sequence[Module], write: Callable[[xlsxwriter.Workbook], None], *, bridged: bool
) -> Path:
    """A workbook with macros: as they are, or with the way to Python that LibreOffice has."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        write(book)
        sheets = len(book.worksheets())
    with xlsxwriter.Workbook(path) as book:
        book.add_vba_project(io.BytesIO(vba_project(modules, sheets)), is_stream=True)
        book.set_vba_name("ThisWorkbook")
        write(book)
        for number, sheet in enumerate(book.worksheets(), start=1):
            sheet.set_vba_name(f"Sheet{number}")
    if bridged:
        bridge(path)
    return path


def bridge(path: Path) -> None:
    """Give the macros of a workbook the way to Python that LibreOffice has."""
    with ExcelFile(path) as file:
        file.set_module("xlwings", XLPY)
        file.vba_project().add_module("Bridge", BRIDGE, kind=VBAModuleKind.other)
        file.save(path)


def asked(path: Path, folder: Path, calls: list[Any], cells: list[Any]) -> dict[str, Any]:
    """What LibreOffice answers to calls of macros, and shows in cells, of a workbook opened with its macros."""
    return libreoffice.ran_macros(
        HERE / "run_macros.py",
        {"workbook": str(path), "calls": calls, "cells": cells},
        folder,
        HERE / "calc_bridge.py",
        TRACKERR_TEST_PYTHON=sys.executable,
        TRACKERR_TEST_SERVER=str(HERE.parent / "hosts" / "excel_process.py"),
        TRACKERR_TEST_FOLDER=str(HERE.parents[1]),
    )
