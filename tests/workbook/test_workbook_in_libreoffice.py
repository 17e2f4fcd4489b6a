"""Workbooks recalculated by LibreOffice with our extension, beside our own recalculation: two programs, one answer."""

from pathlib import Path

import libreoffice
import poison
import pytest
from big_book import write_big_book

from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.check import check
from trackerr_xl.workbook.file.addresses import address, parse_address
from trackerr_xl.workbook.file.package import open_package
from trackerr_xl.workbook.recalculate import Recalculation, recalculate
from trackerr_xl.workbook.templates.build import TEMPLATES, built
from trackerr_xl.workbook.write_back import write_back

pytestmark = pytest.mark.libreoffice

# What a user moves: a cap, room of the sectors, a limit switched on, a weight typed by hand. Not limits that clash:
# LibreOffice does not call a function of an extension whose range holds an error value, and shows #VALUE! instead.
MOVED: list[tuple[str, dict[tuple[str, str], Cell]]] = [
    ("bond_index_tracker.xlsx", {("Limits", "E6"): 0.05, ("Limits", "G12"): "Yes"}),
    ("bond_index_tracker.xlsx", {("Weights", "F6"): 0.1}),
    ("equity_index_tracker.xlsx", {("Limits", "E6"): 0.06, ("Limits", "E7"): 0.01}),
]


@pytest.mark.parametrize(("name", "moved"), MOVED, ids=["cap and key rate", "by hand", "cap and sectors"])
def test_a_template_with_inputs_moved_is_the_same_in_both(
    tmp_path: Path, name: str, moved: dict[tuple[str, str], Cell]
) -> None:
    path = tmp_path / name
    path.write_bytes(built(TEMPLATES[name]))
    package = open_package(path)
    ours = recalculate(package, inputs={_address(*place): value for place, value in moved.items()})
    path.write_bytes(write_back(package, ours))
    assert_same_in_libreoffice(path, tmp_path, ours, at_least=1000)


def test_a_large_workbook_is_the_same_in_both(tmp_path: Path) -> None:
    path = tmp_path / "big.xlsx"
    write_big_book(path, 300)
    assert_same_in_libreoffice(path, tmp_path, recalculate(path), at_least=2000)


def test_a_workbook_that_libreoffice_saved_holds_the_values_that_a_check_calculates(tmp_path: Path) -> None:
    source = tmp_path / "bond_index_tracker.xlsx"
    source.write_bytes(built(TEMPLATES[source.name]))
    (tmp_path / "saved").mkdir()
    # Version 7 stores our functions under names of its own.
    report = check(libreoffice.saved_with_our_extension(source, tmp_path / "saved"))
    assert report.differences == ()
    assert report.not_evaluated == ()
    assert report.equal > 1000


def assert_same_in_libreoffice(path: Path, folder: Path, ours: Recalculation, *, at_least: int) -> None:
    """Every cell that ours calculated is what LibreOffice shows, of a workbook whose stored values are lies."""
    (folder / "poisoned").mkdir()
    poisoned = folder / "poisoned" / path.name
    poison.poison(path, poisoned)
    theirs = libreoffice.values_with_our_extension(poisoned)
    assert ours.not_evaluated == ()
    assert len(ours.values) > at_least
    for place, value in ours.values.items():
        seen = theirs.get((place.sheet, address(place.row, place.column)), "")
        assert seen == _as_its_file_shows(value), place


def _as_its_file_shows(value: Cell) -> object:
    """An error value is its text, and an empty text is no cell."""
    if isinstance(value, CellError):
        return str(value)
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-9, abs=1e-12)
    return value


def _address(sheet: str, cell: str) -> Address:
    return Address(sheet, *parse_address(cell))
