"""The second program really calculates, and is never quietly left out where it is required."""

from pathlib import Path

import libreoffice
import pytest
import xlsxwriter

pytestmark = pytest.mark.libreoffice


@pytest.fixture
def poisoned_book(tmp_path: Path) -> Path:
    """A workbook whose stored results are all wrong: 1 + 2 is stored as -999."""
    path = tmp_path / "poisoned.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sums")
        sheet.write_column("A1", [1, 2])
        sheet.write_formula("A3", "=SUM(A1:A2)", None, -999)
        sheet.write_formula("B1", '=IF(A3=3,"three","not three")', None, "poison")
        sheet.write_formula("B2", "=A1/0", None, -999)
        sheet.write_formula("B3", "=A1<A2", None, False)
    return path


def test_a_poisoned_value_is_replaced_by_the_calculated_one(poisoned_book: Path) -> None:
    assert libreoffice.recalculated_values(poisoned_book) == {
        ("Sums", "A1"): 1,
        ("Sums", "A2"): 2,
        ("Sums", "A3"): 3,
        ("Sums", "B1"): "three",
        ("Sums", "B2"): "#DIV/0!",
        ("Sums", "B3"): True,
    }


def test_a_poisoned_value_is_seen_when_stored_values_are_trusted(poisoned_book: Path) -> None:
    assert libreoffice.stored_values(poisoned_book)["Sums", "A3"] == -999


def test_a_workbook_becomes_one_picture_a_page(poisoned_book: Path, tmp_path: Path) -> None:
    pages = libreoffice.pictures(poisoned_book, tmp_path / "seen")
    assert [page.name for page in pages] == ["poisoned-1.png"]
    assert pages[0].read_bytes().startswith(b"\x89PNG")


def test_a_file_that_gives_no_output_is_a_failure_not_a_pass(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="LibreOffice made no xlsx of"):
        libreoffice.recalculated_values(tmp_path / "absent.xlsx")


def test_without_libreoffice_a_test_skips_and_says_why(
    poisoned_book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="soffice is not installed"):
        libreoffice.recalculated_values(poisoned_book)


def test_without_libreoffice_a_test_fails_where_ci_is_set(
    poisoned_book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="soffice is not installed"):
        libreoffice.recalculated_values(poisoned_book)
