"""A patched workbook is read by a second spreadsheet program as it was meant."""

from pathlib import Path

import libreoffice
import openpyxl
import pandas as pd
import pytest
import xlsxwriter

from trackerr_xl.workbook.file.package import open_package
from trackerr_xl.workbook.file.patch import SheetEdits, patch_workbook

pytestmark = pytest.mark.libreoffice


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as made:
        sheet = made.add_worksheet("Inputs & more")
        sheet.write_row("A1", ["old text", 1, True])
        sheet.write_formula("A2", "=B1*2", None, 2)
        sheet.write_formula("B2", '=A1&"!"', None, "old text!")
        sheet.write_dynamic_array_formula("A4:A6", "=G1:H4*2", None, 0)
        for row in range(4):
            sheet.write_row(row, 6, [row + 0.25, -row])
        sheet.write("C9", "bottom")
        made.add_worksheet("Other").write("A1", "stays")
    return path


def test_new_inputs_are_calculated_with(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    edits = SheetEdits(
        inputs={(1, 1): " spaced & <odd> ", (1, 2): 0.1, (1, 3): None, (3, 2): 7.25, (11, 4): True}
    )
    out.write_bytes(patch_workbook(open_package(book), {"Inputs & more": edits}))
    values = libreoffice.recalculated_values(out)
    typed = ("A1", "B1", "C1", "A2", "B2", "B3", "C9", "D11")
    assert {address: values.get(("Inputs & more", address)) for address in typed} == {
        "A1": " spaced & <odd> ",
        "B1": 0.1,
        "C1": None,
        "A2": 0.2,
        "B2": " spaced & <odd> !",
        "B3": 7.25,
        "C9": "bottom",
        "D11": True,
    }
    assert values["Other", "A1"] == "stays"


def test_new_results_are_shown_where_they_are_trusted(book: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    edits = SheetEdits(
        results={(2, 1): 5.5, (2, 2): "nämlich\tso"},
        spills={(4, 1): [[0.5, 0.0], [2.5, -2.0], [4.5, -4.0], [6.5, -6.0]]},
    )
    out.write_bytes(patch_workbook(open_package(book), {"Inputs & more": edits}))
    values = libreoffice.stored_values(out)
    assert values["Inputs & more", "A2"] == 5.5
    assert values["Inputs & more", "B2"] == "nämlich\tso"
    # The array is calculated by LibreOffice over the range that the file now gives it.
    assert [values["Inputs & more", address] for address in ("A4", "A5", "A6", "A7")] == [0.5, 2.5, 4.5, 6.5]
    assert [values["Inputs & more", address] for address in ("B4", "B5", "B6", "B7")] == [0, -2, -4, -6]
    assert values["Inputs & more", "C9"] == "bottom"


@pytest.mark.parametrize("writer", ["LibreOffice", "openpyxl", "pandas", "XlsxWriter in constant memory"])
def test_files_of_other_writers_are_patched_and_read_by_others(
    book: Path, tmp_path: Path, writer: str
) -> None:
    made = written_by(writer, book, tmp_path)
    package = open_package(made)
    first = next(iter(package.sheets))
    out = tmp_path / "out.xlsx"
    out.write_bytes(patch_workbook(package, {first: SheetEdits(inputs={(1, 2): 0.125, (40, 3): "new"})}))
    shown = libreoffice.stored_values(out)
    assert (shown[first, "B1"], shown[first, "C40"]) == (0.125, "new")
    theirs = openpyxl.load_workbook(out, data_only=True)[first]
    assert (theirs["B1"].value, theirs["C40"].value) == (0.125, "new")


def written_by(writer: str, book: Path, folder: Path) -> Path:
    made = folder / "made.xlsx"
    if writer == "LibreOffice":
        (folder / "saved").mkdir()
        return libreoffice.saved(book, folder / "saved")
    if writer == "openpyxl":
        openpyxl.load_workbook(book).save(made)
    elif writer == "pandas":
        pd.DataFrame({"name": ["a", "b"], "weight": [0.5, 0.5]}).to_excel(made, index=False)
    else:
        with xlsxwriter.Workbook(made, {"constant_memory": True}) as streamed:
            streamed.add_worksheet().write_row("A1", ["text", 1])
    return made
