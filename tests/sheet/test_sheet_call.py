"""`call` never raises: memory, our own mistakes, the log, and the shape of replies."""

import logging
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from trackerr_xl.errors import (
    InternalError,
    NoAnswerError,
    NumericalError,
    SetupError,
    ShapeError,
    TrackerrError,
)
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction
from trackerr_xl.sheet import memo
from trackerr_xl.sheet.call import call, find
from trackerr_xl.sheet.cells import CellError, Given
from trackerr_xl.sheet.faults import error_value_of
from trackerr_xl.sheet.log import log_path
from trackerr_xl.sheet.write import spill

W, B = [[0.5], [0.3], [0.2]], [[0.4], [0.3], [0.3]]
COV = [[0.04, 0.01, 0.0], [0.01, 0.09, 0.02], [0.0, 0.02, 0.16]]


@pytest.fixture(autouse=True)
def _empty_memory() -> Iterator[None]:
    memo.forget()
    yield
    memo.forget()


def counting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A function in the catalogue that notes every time it runs."""
    runs: list[float] = []

    def run(x: float) -> Answer:
        runs.append(x)
        return Answer(x + 1.0)

    declared = SheetFunction(
        "COUNTED",
        "test",
        "Counts.",
        (Argument("x", "number", "A number."),),
        Result("number", "x + 1."),
        run,
        "=COUNTED(1)",
    )
    monkeypatch.setitem(CATALOGUE, "COUNTED", declared)
    return runs


@pytest.fixture
def own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The log file in a folder of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    logger = logging.getLogger("trackerr_xl")
    kept, logger.handlers = logger.handlers, []
    yield log_path()
    for handler in logger.handlers:
        handler.close()
    logger.handlers = kept


def test_names_are_read_in_any_case() -> None:
    assert call("tracking_error", [W, B, COV]).grid == call("TRACKING_ERROR", [W, B, COV]).grid
    assert find(" te_help ") is CATALOGUE["TE_HELP"]
    assert find("TE") is None


def test_the_same_cells_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = counting(monkeypatch)
    assert call("COUNTED", [1.0]).grid == [[2.0]]
    assert call("counted", [[[1.0]]]).grid == [[2.0]]
    assert call("COUNTED", [np.array([[1.0]])]).grid == [[2.0]]
    assert runs == [1.0]


def test_another_cell_is_worked_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = counting(monkeypatch)
    assert [call("COUNTED", [x]).grid[0][0] for x in (1.0, 2.0, 1.0)] == [2.0, 3.0, 2.0]
    assert runs == [1.0, 2.0]


def test_true_is_never_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    counting(monkeypatch)
    assert call("COUNTED", [1.0]).fault is None
    reply = call("COUNTED", [True])
    assert reply.fault is not None
    assert reply.fault.sentence == "TE-100 x row 1, column 1 is TRUE, must be a number."


def test_a_refusal_is_remembered_too(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[float] = []

    def run(x: float) -> Answer:
        runs.append(x)
        raise NoAnswerError("nothing fits")

    declared = SheetFunction(
        "REFUSES",
        "test",
        "Refuses.",
        (Argument("x", "number", "A number."),),
        Result("number", "None."),
        run,
        "=REFUSES(1)",
    )
    monkeypatch.setitem(CATALOGUE, "REFUSES", declared)
    assert [call("REFUSES", [1.0]).grid for _ in range(2)] == [[[CellError("#N/A")]]] * 2
    assert runs == [1.0]


def test_error_values_at_other_places_are_told_apart() -> None:
    places = []
    for at in range(3):
        column: list[list[object]] = [[0.4], [0.3], [0.3]]
        column[at] = [CellError("#REF!")]
        fault = call("ACTIVE_SHARE", [column, B]).fault
        assert fault is not None
        places.append(fault.error.at)
    assert places == ["row 1, column 1", "row 2, column 1", "row 3, column 1"]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = counting(monkeypatch)
    for x in range(memo.CAPACITY + 1):
        call("COUNTED", [float(x)])
    call("COUNTED", [float(memo.CAPACITY)])
    assert len(runs) == memo.CAPACITY + 1
    call("COUNTED", [0.0])
    assert len(runs) == memo.CAPACITY + 2


def test_memory_is_bounded_by_the_cells_of_the_answers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = counting(monkeypatch)
    monkeypatch.setattr(memo, "MOST_CELLS", 2)
    for x in (0.0, 1.0, 2.0, 2.0, 1.0):
        call("COUNTED", [x])
    assert runs == [0.0, 1.0, 2.0]
    call("COUNTED", [0.0])
    assert runs == [0.0, 1.0, 2.0, 0.0]


def test_explaining_an_answer_does_not_work_it_out_again(monkeypatch: pytest.MonkeyPatch) -> None:
    runs = counting(monkeypatch)
    call("COUNTED", [1.0])
    assert call("TE_EXPLAIN", ["COUNTED", 1.0]).grid[0] == ["Function", "COUNTED"]
    assert runs == [1.0]


def break_the_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a function with a bug into the catalogue."""

    def broken(x: float) -> Answer:
        raise KeyError("a bug of ours")

    argument = Argument("x", "number", "A number.")
    declared = SheetFunction(
        "BROKEN", "test", "Breaks.", (argument,), Result("number", "None."), broken, "=BROKEN(1)"
    )
    monkeypatch.setitem(CATALOGUE, "BROKEN", declared)


def test_our_own_mistake_is_a_calm_sentence_and_a_line_in_the_log(
    monkeypatch: pytest.MonkeyPatch, own_log: Path
) -> None:
    break_the_catalogue(monkeypatch)
    for _ in range(2):
        reply = call("BROKEN", [1.0])
        assert reply.grid == [[CellError("#VALUE!")]]
        assert reply.fault is not None
        assert (
            reply.fault.sentence
            == "TE-900 Something went wrong inside trackerr_xl: the inputs are not at fault."
        )
    written = own_log.read_text(encoding="utf-8")
    assert written.count("BROKEN failed") == 2
    assert "KeyError: 'a bug of ours'" in written


def test_without_a_place_for_the_log_the_cell_stays_calm(
    monkeypatch: pytest.MonkeyPatch, own_log: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    break_the_catalogue(monkeypatch)
    own_log.parent.parent.mkdir(parents=True, exist_ok=True)
    own_log.parent.write_text("a file where the folder should be", encoding="utf-8")
    assert call("BROKEN", [1.0]).grid == [[CellError("#VALUE!")]]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("platform", "end"),
    [
        ("win32", ("trackerr_xl", "trackerr_xl.log")),
        ("darwin", ("Library", "Logs", "trackerr_xl", "trackerr_xl.log")),
        ("linux", ("trackerr_xl", "trackerr_xl.log")),
    ],
)
def test_the_log_is_among_the_users_own_files(
    monkeypatch: pytest.MonkeyPatch, own_log: Path, tmp_path: Path, platform: str, end: tuple[str, ...]
) -> None:
    monkeypatch.setattr("trackerr_xl.sheet.log.sys.platform", platform)
    assert log_path() == tmp_path.joinpath(*end)


def test_no_warning_escapes_from_an_overflow() -> None:
    # Warnings are errors here; a sum of 2e308 overflows.
    reply = call("ACTIVE_SHARE", [[[1e308], [1e308]], [[-1e308], [-1e308]]])
    assert reply.grid == [[CellError("#NUM!")]]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ShapeError, "#VALUE!"),
        (NoAnswerError, "#N/A"),
        (NumericalError, "#NUM!"),
        (SetupError, "#N/A"),
        (InternalError, "#VALUE!"),
        (TrackerrError, "#VALUE!"),
    ],
)
def test_every_kind_of_error_has_its_value(kind: type[TrackerrError], value: str) -> None:
    assert error_value_of(kind) == CellError(value)


def test_answers_become_rectangles_of_plain_cells() -> None:
    assert spill(Answer(2)) == [[2.0]]
    assert type(spill(Answer(np.float64(2.0)))[0][0]) is float
    assert spill(Answer(np.array([1.0, 2.0]))) == [[1.0], [2.0]]
    assert spill(Answer(np.array([[1.0, 2.0]]))) == [[1.0, 2.0]]
    assert spill(Answer([["a", 1], [None, True]])) == [["a", 1.0], [CellError("#N/A"), True]]
    assert spill(Answer("x" * 300)) == [["x" * 254 + "…"]]


def test_minus_zero_shows_as_zero() -> None:
    assert math.copysign(1.0, spill(Answer(-0.0))[0][0]) == 1.0  # type: ignore[arg-type]  # a float by the line before
    assert math.copysign(1.0, spill(Answer(np.array([-0.0])))[0][0]) == 1.0  # type: ignore[arg-type]  # likewise


@pytest.mark.parametrize("table", [math.nan, math.inf, np.array([1.0, -math.inf]), [["a", math.nan]]])
def test_nothing_that_is_not_finite_leaves(table: object) -> None:
    with pytest.raises(NumericalError) as caught:
        spill(Answer(table))  # type: ignore[arg-type]  # the parameters above are answers
    assert caught.value.sentence == (
        "TE-300 The answer is not a finite number: the inputs are too large or too small."
    )


@pytest.mark.parametrize("form", ["tuples", "lists", "array", "integers"])
def test_every_form_of_a_range_gives_the_same(form: str) -> None:
    forms: dict[str, list[Given]] = {
        "tuples": [tuple(map(tuple, W)), tuple(map(tuple, B)), tuple(map(tuple, COV))],
        "lists": [W, B, COV],
        "array": [np.array(W), np.array(B), np.array(COV)],
        "integers": [[[1], [0], [0]], [[0], [1], [0]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]],
    }
    expected = math.sqrt(2.0) if form == "integers" else math.sqrt(0.002)
    assert call("TRACKING_ERROR", forms[form]).grid[0][0] == pytest.approx(expected, rel=1e-13)


def test_blank_trailing_rows_and_columns_are_no_part_of_a_range() -> None:
    column = [*([*row, None] for row in W), [None, ""], [None, None]]
    square = [*([*row, "", None] for row in COV), [None] * 5]
    assert call("TRACKING_ERROR", [column, B, square]).grid[0][0] == pytest.approx(
        math.sqrt(0.002), rel=1e-13
    )


def test_empty_cells_mean_the_default() -> None:
    assert call("TRACKING_ERROR", [W, B, COV, [[None]], ""]).grid == call("TRACKING_ERROR", [W, B, COV]).grid


def test_inputs_are_left_as_they_were() -> None:
    benchmark, cov = np.array(B), np.array(COV)
    kept = benchmark.copy(), cov.copy()
    call("TE_OPTIMIZE", [benchmark, cov, [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.35]]])
    assert np.array_equal(benchmark, kept[0])
    assert np.array_equal(cov, kept[1])
