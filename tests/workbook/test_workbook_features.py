"""Every feature of spreadsheets that the engine must follow, with all stored results poisoned first."""

import math
from dataclasses import dataclass

import pytest
from feature_book import FeatureBook, Value
from poison import POISON, poison

from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.file.addresses import address
from trackerr_xl.workbook.recalculate import Recalculation, recalculate

FEATURES = 91
NOT_EVALUATED = {"AGGREGATE": "the engine has no AGGREGATE"}


@dataclass(frozen=True)
class Outcome:
    """The features' book and what the engine made of it."""

    book: FeatureBook
    recalculation: Recalculation
    values: dict[tuple[str, str], Cell]
    not_evaluated: dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("features")
    book = FeatureBook(folder / "features.xlsx")
    book.write()
    assert poison(book.path, folder / "poisoned.xlsx") >= len(book.expected)
    done = recalculate(folder / "poisoned.xlsx")
    values = {(at.sheet, address(at.row, at.column)): value for at, value in done.values.items()}
    reasons = {
        (kept.address.sheet, address(kept.address.row, kept.address.column)): kept.reason
        for kept in done.not_evaluated
    }
    return Outcome(book, done, values, reasons)


def _agrees(value: Cell, expected: Value) -> bool:
    if isinstance(value, CellError):
        return value.value == expected
    if isinstance(expected, str | bool):
        return type(value) is type(expected) and value == expected
    # Clarabel's weights are good to about 1e-9; all else agrees to the last digits.
    return isinstance(value, float) and math.isclose(value, float(expected), rel_tol=1e-9, abs_tol=1e-8)


def test_there_are_as_many_features_as_in_the_study(outcome: Outcome) -> None:
    assert len(outcome.book.features) == FEATURES


def test_every_feature_is_right_or_not_evaluated_and_none_is_wrong(outcome: Outcome) -> None:
    right, missing, wrong = [], [], []
    for label, cells in outcome.book.features.items():
        if any(cell in outcome.not_evaluated for cell in cells):
            missing.append(label)
        elif all(
            cell in outcome.values and _agrees(outcome.values[cell], outcome.book.expected[cell])
            for cell in cells
        ):
            right.append(label)
        else:
            wrong.append(
                (label, [(cell, outcome.values.get(cell), outcome.book.expected[cell]) for cell in cells])
            )
    assert wrong == []
    assert missing == list(NOT_EVALUATED)
    assert len(right) == FEATURES - len(NOT_EVALUATED)


def test_what_is_not_evaluated_says_why(outcome: Outcome) -> None:
    assert sorted(outcome.not_evaluated.values()) == sorted(NOT_EVALUATED.values())


def test_no_poison_is_left(outcome: Outcome) -> None:
    assert POISON not in outcome.values.values()


def test_a_spill_fills_just_the_cells_of_its_answer(outcome: Outcome) -> None:
    filled = {cell for cell in outcome.values if cell[0] == "A"}
    assert filled == {cell for cell in outcome.book.expected if cell[0] == "A"}


def test_every_fault_of_ours_is_told_with_its_cell(outcome: Outcome) -> None:
    codes = {str(fault.address): fault.sentence.split()[0] for fault in outcome.recalculation.faults}
    assert codes == {"T!B7": "TE-110", "T!B8": "TE-110", "T!B19": "TE-100", "A!AJ2": "TE-110"}
