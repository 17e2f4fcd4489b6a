"""Circles are found before anything runs, and who depends on whom agrees with a search over all pairs."""

import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written_book import F, written

from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.formula.cycles import cycles
from trackerr_xl.workbook.formula.dependencies import Reads, dependents
from trackerr_xl.workbook.formula.tree import Reference
from trackerr_xl.workbook.recalculate import recalculate

TWO_ASSETS = {"B1": 0.5, "B2": 0.5, "C1": 0.04, "C2": 0.0, "D1": 0.0, "D2": 0.09}


def reasons(path: Path) -> dict[str, str]:
    return {str(kept.address): kept.reason for kept in recalculate(path).not_evaluated}


def test_a_circle_through_our_function_is_named_in_order(tmp_path: Path) -> None:
    cells = {
        **TWO_ASSETS,
        "A1": F("F1+0.5", 0.6),
        "A2": 0.4,
        "F1": F("G1*2", 0.1),
        "G1": F("TRACKING_ERROR(A1:A2,B1:B2,C1:D2)", 0.05),
        "H1": F("G1+1", 1.05),
        "H2": F("B1+1", 0.0),
    }
    circle = "it depends on itself through TRACKING_ERROR: Sheet1!A1 → Sheet1!F1 → Sheet1!G1 → Sheet1!A1"
    assert reasons(written(tmp_path, cells)) == {
        "Sheet1!A1": circle,
        "Sheet1!F1": circle,
        "Sheet1!G1": circle,
        "Sheet1!H1": "it reads Sheet1!G1, which was not evaluated",
    }


def test_our_function_that_reads_its_own_cell_is_named(tmp_path: Path) -> None:
    cells = {**TWO_ASSETS, "A1": F("TRACKING_ERROR(A1:A2,B1:B2,C1:D2)", 0.6), "A2": 0.4}
    expected = "it depends on itself through TRACKING_ERROR: Sheet1!A1 → Sheet1!A1"
    assert reasons(written(tmp_path, cells)) == {"Sheet1!A1": expected}


def test_our_spill_that_is_read_by_its_own_inputs_is_named(tmp_path: Path) -> None:
    cells = {
        **TWO_ASSETS,
        "B2": F("1-F2", 0.5),
        "F1": F("TE_OPTIMIZE(B1:B2,C1:D2)", 0.5, "F1:F2"),
        "F2": 0.5,
    }
    found = reasons(written(tmp_path, cells))
    assert set(found.values()) == {
        "it depends on itself through TE_OPTIMIZE: Sheet1!F1 → Sheet1!B2 → Sheet1!F1"
    }


def test_a_plain_circle_is_reported(tmp_path: Path) -> None:
    cells = {"A1": F("Other!B2+1", 1.0), "Other!B2": F("Sheet1!A1*2", 2.0)}
    circle = "it depends on itself: Sheet1!A1 → Other!B2 → Sheet1!A1"
    assert reasons(written(tmp_path, cells)) == {"Sheet1!A1": circle, "Other!B2": circle}


def test_a_name_does_not_hide_a_circle(tmp_path: Path) -> None:
    book = written(tmp_path, {"A1": F("SUM(all)", 1.0)}, names=[("all", "Sheet1!$A$1:$A$9")])
    assert reasons(book) == {"Sheet1!A1": "it depends on itself: Sheet1!A1 → Sheet1!A1"}


@pytest.mark.parametrize("formula", ["ROW(A1)", "ROWS(A1:A9)", "COLUMN(A1)", "SUM(OFFSET(A1,1,0,2,1))"])
def test_a_formula_may_ask_where_its_own_cell_is(tmp_path: Path, formula: str) -> None:
    assert reasons(written(tmp_path, {"A1": F(formula), "A2": 1.0, "A3": 2.0})) == {}


def test_a_circle_that_only_the_engine_sees_is_reported(tmp_path: Path) -> None:
    cells = {"A1": F('INDIRECT("B"&C1)', 1.0), "B1": F("A1+1", 2.0), "C1": 1.0}
    found = reasons(written(tmp_path, cells))
    assert set(found) == {"Sheet1!A1", "Sheet1!B1"}
    assert "it depends on itself" in found.values()


# Against a search over all pairs

Cells = Sequence[tuple[int, int]]


def _one_cell(row: int, column: int) -> Area:
    return Area(row, column, row, column)


@st.composite
def sheets_of_formulas(draw: st.DrawFn) -> list[Reads]:
    places = draw(
        st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=14, unique=True)
    )
    corner = st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(0, 2), st.integers(0, 2))
    formulas = []
    for row, column in places:
        ranges = draw(st.lists(corner, max_size=2))
        cells = tuple(
            Reference("S", Area(top, left, top + down, left + right)) for top, left, down, right in ranges
        )
        formulas.append(Reads(("S", _one_cell(row, column)), cells, (), anywhere=False))
    return formulas


def _pairs(formulas: Sequence[Reads]) -> dict[int, set[int]]:
    """For each formula those it reads, found by looking at every pair."""
    return {
        index: {
            other
            for other, source in enumerate(formulas)
            for reference in formula.cells
            if reference.area.top <= source.fills[1].top <= reference.area.bottom
            and reference.area.left <= source.fills[1].left <= reference.area.right
        }
        for index, formula in enumerate(formulas)
    }


def _reachable(pairs: dict[int, set[int]], start: int) -> set[int]:
    seen: set[int] = set()
    waiting = list(pairs[start])
    while waiting:
        index = waiting.pop()
        if index not in seen:
            seen.add(index)
            waiting.extend(pairs[index])
    return seen


@settings(max_examples=300, deadline=None)
@given(sheets_of_formulas())
def test_every_circle_is_found_and_nothing_else(formulas: list[Reads]) -> None:
    pairs = _pairs(formulas)
    found = cycles(formulas)
    for circle in found:
        steps = zip(circle, (*circle[1:], circle[0]), strict=True)
        assert all(reader_of in pairs[reader] for reader, reader_of in steps)
    # Every formula that can reach itself lies on a circle that was found, or depends on one.
    on_circle = {index for index in pairs if index in _reachable(pairs, index)}
    named = {index for circle in found for index in circle}
    assert bool(on_circle) == bool(named)
    assert all(index in named or _reachable(pairs, index) & named for index in on_circle)


@settings(max_examples=300, deadline=None)
@given(sheets_of_formulas(), st.data())
def test_dependents_are_those_who_reach_a_source(formulas: list[Reads], data: st.DataObject) -> None:
    sources = data.draw(st.sets(st.integers(0, len(formulas) - 1), max_size=3))
    pairs = _pairs(formulas)
    expected = {index for index in pairs if index not in sources and _reachable(pairs, index) & sources}
    assert set(dependents(formulas, {index: formulas[index].fills for index in sources})) == expected


def test_a_running_total_of_twenty_thousand_rows_takes_no_time() -> None:
    rows = list(range(1, 20_001))
    random.Random(3).shuffle(rows)
    formulas = [
        Reads(
            ("S", _one_cell(row, 2)),
            (Reference("S", Area(1, 2, row - 1, 2)),) if row > 1 else (),
            (),
            anywhere=False,
        )
        for row in rows
    ]
    started = time.process_time()
    assert cycles(formulas) == []
    assert time.process_time() - started < 2
