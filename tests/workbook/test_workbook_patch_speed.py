"""Large sheets: found, read and patched in a time one does not notice. The limits are wide for busy machines."""

import io
import time

import numpy as np
import pytest
import xlsxwriter

from trackerr_xl.workbook.file.package import Package, read_package
from trackerr_xl.workbook.file.patch import SheetEdits, patch_workbook
from trackerr_xl.workbook.file.sheet_xml import scan_sheet
from trackerr_xl.workbook.file.stored import stored_values

ROWS, COLUMNS = 640, 500


@pytest.fixture(scope="module")
def numbers() -> np.ndarray:
    return np.random.default_rng(20260102).normal(size=(ROWS, COLUMNS))


@pytest.fixture(scope="module")
def package(numbers: np.ndarray) -> Package:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        for row, values in enumerate(numbers):
            sheet.write_row(row, 0, values)
    return read_package(out.getvalue(), "book.xlsx")


def test_320_000_cells_are_found_and_read_in_seconds(package: Package, numbers: np.ndarray) -> None:
    data = package.read(package.sheets["Sheet1"])
    begun = time.perf_counter()
    sheet = scan_sheet(data)
    scanned = time.perf_counter()
    values = stored_values(sheet, [])
    read = time.perf_counter()
    # XlsxWriter writes 16 digits.
    assert np.allclose(
        [[values[row + 1, column + 1] for column in range(COLUMNS)] for row in range(ROWS)],
        numbers,
        rtol=1e-15,
        atol=0,
    )
    assert scanned - begun < 4
    assert read - scanned < 4


def test_a_spill_over_100_000_new_cells_is_written_in_seconds() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write_dynamic_array_formula("B2", "=SORT(A1:A2)", None, 0)
        sheet.write_column("A1", range(1000))
    grid = [[float(1000 * i + j) for j in range(200)] for i in range(500)]
    begun = time.perf_counter()
    after = patch_workbook(
        read_package(out.getvalue(), "book.xlsx"), {"Sheet1": SheetEdits(spills={(2, 2): grid})}
    )
    assert time.perf_counter() - begun < 8
    values = stored_values(scan_sheet(read_package(after, "book.xlsx").read("xl/worksheets/sheet1.xml")), [])
    assert [values[501, 2], values[501, 201], values[1000, 1]] == [499000.0, 499199.0, 999.0]
