"""A workbook against its lock: the clock and tolerance it was locked with, and the lock written anew."""

import json
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from tested_book import run, write_book, write_clock_book

from trackerr_xl.workbook.actions.lock import lock, lock_path, lock_text
from trackerr_xl.workbook.file.package import open_package

pytest_plugins = ["pytester"]


def locked(path: Path, now: datetime = datetime(2020, 5, 6, 7, 8, 9), tolerance: float = 1e-9) -> Path:
    """Lock a workbook as the button does."""
    text = lock_text(lock(open_package(path), now, tolerance=tolerance), path.name)
    lock_path(path).write_text(text, "utf-8")
    return path


def test_a_changed_formula_is_named_with_all_that_follows_it(pytester: pytest.Pytester) -> None:
    path = locked(write_book(pytester.path / "book.xlsx"))
    write_book(path, formula="=Inputs!B1+Inputs!B2", total=103)
    said = run(pytester, "--workbooks", code=1).splitlines()
    at = said.index("Totals!A1 and 1 more cell differ from what is locked:")
    assert said[at + 1 : at + 4] == [
        "Cell       Formula               Locked  Now    Difference  Tolerance",
        "Totals!A1  =Inputs!B1+Inputs!B2  300     103    -197        1e-09",
        "Totals!A2  =A1*Inputs!B3         75      25.75  -49.2       1e-09",
    ]


def test_stored_values_do_not_matter_where_there_is_a_lock(pytester: pytest.Pytester) -> None:
    write_book(locked(write_book(pytester.path / "book.xlsx")), total=1)
    assert "1 passed" in run(pytester, "--workbooks", code=0)


def test_a_lock_keeps_its_clock_and_its_tolerance(pytester: pytest.Pytester) -> None:
    locked(write_clock_book(pytester.path / "clock.xlsx", year=1999))
    loose = locked(write_book(pytester.path / "loose.xlsx"), tolerance=0.01)
    write_book(loose, formula="=Inputs!B1*Inputs!B2*1.009", total=302.7)
    assert "2 passed" in run(pytester, "--workbooks", code=0)
    write_book(loose, formula="=Inputs!B1*Inputs!B2*1.011", total=303.3)
    assert "0.01" in run(pytester, "--workbooks", code=1)


def test_a_formula_gone_a_formula_new_and_one_that_fails_are_told(pytester: pytest.Pytester) -> None:
    path = locked(write_book(pytester.path / "new.xlsx"))
    write_book(path, extra=True)
    gone = locked(write_book(pytester.path / "fails.xlsx"))
    write_book(gone, formula="=NOSUCHFUNCTION(1)")
    said = run(pytester, "--workbooks", code=1)
    assert (
        "new.xlsx Totals: 1 of 3 formulas are not in the lock, the first is Totals!A3 =NOSUCHFUNCTION(A1)"
        in said
    )
    assert (
        "Totals!A1 cannot be calculated: =NOSUCHFUNCTION(1), because the engine has no NOSUCHFUNCTION" in said
    )
    assert "1 failed, 1 passed" in said


def test_update_writes_the_lock_anew_by_its_own_clock_and_tolerance(pytester: pytest.Pytester) -> None:
    path = locked(write_book(pytester.path / "book.xlsx"), tolerance=1e-6)
    before = lock_path(path).read_text("utf-8").splitlines()
    write_book(path, formula="=Inputs!B1+Inputs!B2", total=103)
    workbook = path.read_bytes()
    said = run(pytester, "--workbooks-update", code=0)
    assert "book.xlsx lock: book.xlsx.lock.json written, 2 cells locked, 0 not evaluated" in said.splitlines()
    after = lock_path(path).read_text("utf-8").splitlines()
    changed = [(old.strip(), new.strip()) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [('"A1": 300.0,', '"A1": 103.0,'), ('"A2": 75.0', '"A2": 25.75')]
    assert path.read_bytes() == workbook
    assert "1 passed" in run(pytester, "--workbooks", code=0)


def test_update_locks_a_workbook_without_a_lock_by_the_clock_in_it(pytester: pytest.Pytester) -> None:
    path = write_clock_book(pytester.path / "clock.xlsx", year=1999)
    run(pytester, "--workbooks-update", code=0)
    made = json.loads(lock_path(path).read_text("utf-8"))
    assert made["now"] == "2026-03-31T18:00:00"
    assert made["outputs"]["Clock"] == {"A1": 2026.0, "A2": "TODAY() is over"}


def test_without_a_lock_the_clock_in_the_workbook_counts(pytester: pytest.Pytester) -> None:
    write_clock_book(pytester.path / "clock.xlsx", year=2026)
    assert "1 passed" in run(pytester, "--workbooks", code=0)
    write_clock_book(pytester.path / "clock.xlsx", year=2027)
    assert "Clock!A1  =YEAR(TODAY())  2027    2026  -1" in run(pytester, "--workbooks", code=1)


def write_tolerant_book(path: Path, tolerance: object) -> None:
    """Write a workbook that stores 101 for 10 times 10 and names a tolerance of its own."""
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet")
        sheet.write("A1", tolerance)
        sheet.write_formula("A2", "=10*10", None, 101)
        book.define_name("TEST_TOLERANCE", "=Sheet!$A$1")


@pytest.mark.parametrize(("tolerance", "code"), [(0.02, 0), (0.001, 1)])
def test_without_a_lock_the_tolerance_in_the_workbook_counts(
    pytester: pytest.Pytester, tolerance: float, code: int
) -> None:
    write_tolerant_book(pytester.path / "book.xlsx", tolerance)
    assert ("differs from what the file stores" in run(pytester, "--workbooks", code=code)) == (code == 1)


@pytest.mark.parametrize(("tolerance", "shown"), [("1%", "'1%'"), (2, "2.0")])
def test_a_tolerance_that_is_none_fails_in_a_sentence(
    pytester: pytest.Pytester, tolerance: object, shown: str
) -> None:
    write_tolerant_book(pytester.path / "book.xlsx", tolerance)
    words = f"tolerance is {shown}, must be a number of at least 0 and below 1."
    said = run(pytester, "--workbooks", code=1)
    assert f"TE-160 book.xlsx name TEST_TOLERANCE {words}" in said.splitlines()
