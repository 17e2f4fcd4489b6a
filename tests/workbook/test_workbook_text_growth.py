"""Texts that formulas join: a chain that doubles is stopped, and nothing that workbooks do is."""

from pathlib import Path

import pytest
import xlsxwriter

from trackerr_xl.workbook.book import parse_location
from trackerr_xl.workbook.recalculate import Recalculation, recalculate


def calculated(path: Path, formulas: dict[str, str], typed: dict[str, str | float]) -> Recalculation:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("S")
        for cell, value in typed.items():
            sheet.write(cell, value)
        for cell, formula in formulas.items():
            sheet.write_formula(cell, formula)
    return recalculate(path)


@pytest.mark.parametrize(
    "doubled",
    [
        "=A{0}&A{0}",
        "=CONCATENATE(A{0},A{0})",
        "=_xlfn.CONCAT(A{0}:A{0},A{0})",
        '=IF(TRUE,A{0}&"x"&A{0},"")',
        '=SUBSTITUTE(A{0},"a",A{0})',
    ],
)
def test_a_chain_that_doubles_is_not_calculated_beyond_what_fits(tmp_path: Path, doubled: str) -> None:
    done = calculated(
        tmp_path / "book.xlsx",
        {f"A{row}": doubled.format(row - 1) for row in range(2, 42)},
        {"A1": "abba"},
    )
    reasons = {str(each.address): each.reason for each in done.not_evaluated}
    assert "S!A41" in reasons
    assert "S!A3" not in reasons
    assert "it joins texts that may come to more than 100,000,000 letters" in reasons.values()


def test_what_workbooks_do_is_calculated(tmp_path: Path) -> None:
    numbers = {f"B{row}": f"=SUM(B{max(1, row - 9)}:B{row - 1})" for row in range(2, 60)}
    labels = {f"C{row}": f'=C{row - 1}&", "&TEXT(B{row},"0")' for row in range(2, 60)}
    tidy = {f"D{row}": f'=SUBSTITUTE(SUBSTITUTE(C{row},",",";")," ","")' for row in range(2, 60)}
    done = calculated(
        tmp_path / "book.xlsx",
        numbers | labels | tidy | {"E1": "=_xlfn.CONCAT(C1:C60)"},
        {"B1": 1.0, "C1": "first"},
    )
    assert done.not_evaluated == ()
    assert done.values[parse_location("S!D3")] == "first;1;2"
