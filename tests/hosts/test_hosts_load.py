"""Thousands of formulas in one process of Excel's Python: nothing grows, and no name of a model means another one."""

import sys

import numpy as np
import pytest

from tests.asked_excel import Excel, cells
from tests.benchmarks.load import a_day, load_table
from trackerr_xl.functions import models

EXPOSURES = [[0.9, 0.5], [1.0, -0.25], [1.2, 0.0]]
FACTOR_COV = [[0.0016, 0.0001], [0.0001, 0.0004]]
SPECIFIC = [[0.0004], [0.0009], [0.0001]]
HELD, INDEX = [[0.5], [0.3], [0.2]], [[0.4], [0.3], [0.3]]
NOT_AVAILABLE = "#XL:2042"


@pytest.fixture
def excel():
    excel = Excel()
    yield excel
    excel.close()


def made(excel, exposures=EXPOSURES):
    return excel.formula("RISK_MODEL", cells(exposures), cells(FACTOR_COV), cells(SPECIFIC))


def measured(excel, handle):
    return excel.formula("TRACKING_ERROR", cells(HELD), cells(INDEX), cells([[handle]]))


def by_hand(exposures):
    active = np.subtract(HELD, INDEX).ravel()
    loads = np.transpose(exposures) @ active
    return np.sqrt(loads @ np.array(FACTOR_COV) @ loads + active**2 @ np.array(SPECIFIC).ravel())


@pytest.mark.skipif(sys.platform != "linux", reason="how much memory a process holds is asked of Linux")
def test_five_thousand_calls_leave_nothing_behind() -> None:
    noted, counts = a_day(5_000)
    assert counts["wrong"] == counts["handles gone"] == 0
    assert counts["answered"] > 3_000
    assert min(counts[kind] for kind in ("refused", "again", "unknown names", "error cells")) > 50
    assert counts["handles right"] > 500
    half, end = noted[4], noted[-1]
    assert end[0] >= 5_000
    # A leak of one small list a call would be 2,500 objects; 250 models, which are kept, are two each.
    assert end[3] - half[3] < 2_000
    assert end[2] - half[2] < 3 * 2**20


def test_one_number_changed_is_another_model_and_both_keep_their_meaning(excel) -> None:
    first = made(excel)
    changed = [list(row) for row in EXPOSURES]
    changed[2][1] = 1e-9
    second = made(excel, changed)
    assert first != second
    assert first.startswith("RISK:")
    assert second.startswith("RISK:")
    assert measured(excel, first) == pytest.approx(by_hand(EXPOSURES), rel=1e-13)
    assert measured(excel, second) == pytest.approx(by_hand(changed), rel=1e-13)
    assert measured(excel, first) != measured(excel, second)


def test_a_model_given_up_or_never_made_is_not_available_until_its_cells_are_calculated(excel) -> None:
    handle = made(excel)
    never = handle[:-1] + ("0" if handle[-1] != "0" else "1")
    assert measured(excel, never) == NOT_AVAILABLE
    for number in range(1, models.MOST + 1):
        made(excel, [[cell * (1.0 + number / 1000) for cell in row] for row in EXPOSURES])
    assert measured(excel, handle) == NOT_AVAILABLE
    told = excel.formula(
        "TE_EXPLAIN", ("value", "TRACKING_ERROR", {}), cells(HELD), cells(INDEX), cells([[handle]])
    )
    assert (
        f"TE-410 cov is {handle}, a model not made since the workbook was opened or given up since, must be "
        "made again: recalculate (Ctrl+Alt+F9)."
    ) in [cell for row in told for cell in row]
    assert made(excel) == handle
    assert measured(excel, handle) == pytest.approx(by_hand(EXPOSURES), rel=1e-13)


@pytest.mark.skipif(sys.platform != "linux", reason="how much memory a process holds is asked of Linux")
def test_the_table_of_a_day_has_a_line_a_tenth() -> None:
    table = load_table(200)
    assert [len(row) for row in table.rows] == [len(table.header)] * 10
    assert table.rows[-1][-1].endswith(", 0 gone, 0 wrong")
