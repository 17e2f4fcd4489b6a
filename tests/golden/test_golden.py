"""A committed workbook whose stored values are other people's answers is recalculated to the same values."""

import math
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.golden import index_desk
from tests.libreoffice import recalculated_values, with_answers_as_constants
from tests.poison import POISON, poison
from trackerr_xl.workbook.check import check
from trackerr_xl.workbook.file.addresses import parse_address
from trackerr_xl.workbook.recalculate import recalculate

TOLERANCE = 1e-7
"""Of the interior point that stands for the optimum; the other values agree to 1e-12."""

Cells = dict[tuple[str, int, int], object]


def stored(path: Path) -> Cells:
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.row, cell.column): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
    }


def same(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=1e-3 * TOLERANCE)
    return (one or None) == (other or None)


def test_the_values_of_other_programs_are_ours() -> None:
    report = check(index_desk.PATH, tolerance=TOLERANCE)
    assert (report.differences, report.not_evaluated) == ((), ())
    # Twelve measures, ten weights with names, ten active weights, a table of seven rows by six.
    assert report.equal == 12 + 20 + 10 + 42


def test_the_values_come_from_the_formulas_and_not_from_the_file(tmp_path: Path) -> None:
    poisoned = tmp_path / "poisoned.xlsx"
    assert poison(index_desk.PATH, poisoned) == 12 + 20 + 10 + 42
    truth = stored(index_desk.PATH)
    done = recalculate(poisoned)
    assert done.not_evaluated == ()
    for at, value in done.values.items():
        assert value != POISON
        assert same(truth[at.sheet, at.row, at.column], value), at


def test_the_committed_workbook_is_what_the_other_solvers_say_today(tmp_path: Path) -> None:
    fresh = tmp_path / "index_desk.xlsx"
    index_desk.write(fresh)
    now, before = stored(fresh), stored(index_desk.PATH)
    assert now.keys() == before.keys()
    assert [at for at in now if not same(now[at], before[at])] == []


def test_a_planted_error_is_found_and_named(tmp_path: Path) -> None:
    planted = tmp_path / "planted.xlsx"
    with zipfile.ZipFile(index_desk.PATH) as old, zipfile.ZipFile(planted, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == "xl/worksheets/sheet4.xml":
                data, count = re.subn(rb'(<c r="B3"[^>]*>.*?<v>)[^<]*', rb"\g<1>0.5", data, count=1)
                assert count == 1
            new.writestr(item, data)
    (difference,) = check(planted, tolerance=TOLERANCE).differences
    assert str(difference.address) == "Answers!B3"
    assert difference.formula == "=ACTIVE_SHARE(Portfolio,Benchmark)"
    assert difference.stored == 0.5


@pytest.mark.libreoffice
def test_what_is_excels_own_is_libreoffices_too(tmp_path: Path) -> None:
    values = recalculated_values(with_answers_as_constants(index_desk.PATH, tmp_path))
    truth = stored(index_desk.PATH)
    for (sheet, place), value in values.items():
        row, column = parse_address(place)
        assert same(truth[sheet, row, column], value), (sheet, place)
