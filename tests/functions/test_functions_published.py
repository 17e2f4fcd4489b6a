"""Figures printed by other people, recomputed in a cell."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

from trackerr_xl import evaluate

DATA = Path(__file__).parents[2].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real data is not beside the project")


def number(name: str, *arguments: object) -> float:
    value = evaluate(name, *arguments)[0][0]
    assert isinstance(value, float), value
    return value


def test_frm_sample_question_of_five_years() -> None:
    # GARP Foundations 2015, question 2: 3.05 %, the sample standard deviation.
    fund, index = [0.01, 0.03, 0.05, 0.04, 0.015], [0.09, 0.07, 0.07, 0.05, 0.02]
    assert number("TRACKING_ERROR", fund, index) == pytest.approx(0.0305, abs=5e-5)


def test_frm_sample_question_of_four_days() -> None:
    # GARP 2009, question 7: 3.16 bp with the divisor T, so ours times √(3/4).
    fund, index = [34e-4, -89e-4, 108e-4, 70e-4], [30e-4, -87e-4, 102e-4, 70e-4]
    assert number("TRACKING_ERROR", fund, index) * math.sqrt(3 / 4) == pytest.approx(3.16e-4, abs=5e-7)


@pytest.mark.parametrize(
    ("fund", "expected"),
    [
        ([["C", 0.15], ["D", 0.15], ["E", 0.30], ["F", 0.40]], 0.05),
        ([["A", 0.02], ["B", 0.03], ["C", 0.10], ["D", 0.15], ["E", 0.70]], 0.40),
        ([["E", 0.50], ["F", 0.50]], 0.30),
    ],
)
def test_active_share_of_portfolios_x_y_and_z(fund: list[list[object]], expected: float) -> None:
    # analystforum.com/t/question-on-active-share/127063.
    index = [["A", 0.02], ["B", 0.03], ["C", 0.10], ["D", 0.15], ["E", 0.30], ["F", 0.40]]
    assert number("ACTIVE_SHARE", fund, index) == pytest.approx(expected, rel=1e-12)


def test_pyportfolioopt_active_variance() -> None:
    # PyPortfolioOpt tests/test_objective_functions.py prints the square, 0.2.
    value = number("TRACKING_ERROR", [0.4, 0.4, 0, 0, 0], [0.2] * 5, np.eye(5))
    assert value**2 == pytest.approx(0.2, rel=1e-12)


@needs_data
@pytest.mark.parametrize("manager", ["HAM1", "HAM2", "HAM3", "HAM4", "HAM5", "HAM6"])
@pytest.mark.parametrize(
    ("index", "table"), [("SP500 TR", "TrackingError_trunc"), ("EDHEC LS EQ", "TE_v_EDHEC_LS_EQ_trunc")]
)
def test_performanceanalytics_managers(manager: str, index: str, table: str) -> None:
    published = json.loads(
        (DATA / "published" / "performanceanalytics_managers.json").read_text(encoding="utf-8")
    )
    with (DATA / "performanceanalytics" / "managers.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row[manager] and row[index]]
    fund = [[next(iter(row.values())), float(row[manager])] for row in rows]
    benchmark = [[next(iter(row.values())), float(row[index])] for row in rows]
    value = number("TRACKING_ERROR", fund, benchmark, None, 12)
    # The source cuts figures after the fourth decimal, and R's own rounding moves one of them by a unit.
    assert math.floor(value * 1e4 + 1e-9) / 1e4 == pytest.approx(published[table][manager], abs=1.01e-4)
    if index == "SP500 TR":
        assert round(value, 4) == pytest.approx(published["table_annTE"][manager], abs=1e-9)
        assert round(value / math.sqrt(12), 4) == pytest.approx(
            published["table_monthlyTE"][manager], abs=1e-9
        )


def index_tracking(name: str, dates: slice) -> tuple[list[str], np.ndarray]:
    """Names and returns of one of the OR-Library's index tracking files, the index first."""
    figures = np.array((DATA / "orlib" / f"{name}.txt").read_text(encoding="utf-8").split(), dtype=float)
    # The last file holds a stock more than its header says; the figures printed go by the header.
    prices = figures[2:].reshape(-1, 291)[: int(figures[0]) + 1]
    returns = prices[:, 1:] / prices[:, :-1] - 1.0
    return ["INDEX", *(f"S{at}" for at in range(1, len(prices)))], returns[:, dates]


def tracking_weights(names: list[str], moments: np.ndarray) -> dict[str, float]:
    """The index is the whole benchmark and is not for sale: least mean square of the return difference."""
    cov = [["", *names], *([label, *row] for label, row in zip(names, moments.tolist(), strict=True))]
    limits = [["Type", "Item", "Min", "Max"], ["Exclude", "INDEX", None, None]]
    grid = evaluate("TE_OPTIMIZE", [["INDEX", 1.0]], cov, limits)
    return {str(name): float(str(weight)) for name, weight in grid}


@needs_data
@pytest.mark.parametrize("name", ["indtrack1", "indtrack3", "indtrack5"])
def test_least_squares_index_tracking(name: str) -> None:
    published = json.loads((DATA / "published" / "ls_longonly_reference.json").read_text(encoding="utf-8"))[
        name
    ]
    names, returns = index_tracking(name, slice(0, 145))
    weights = tracking_weights(names, returns @ returns.T / 145)
    held = np.array([weights[label] for label in names[1:]])
    difference = held @ returns[1:] - returns[0]
    assert number("TRACKING_ERROR", held @ returns[1:], returns[0], None, None, "RMS") == pytest.approx(
        published["is_rmse"], rel=1e-6
    )
    assert math.sqrt(float(np.mean(difference**2))) == pytest.approx(published["is_rmse"], rel=1e-6)
    assert held.min() >= 0.0
    assert held.sum() == pytest.approx(1.0, abs=1e-12)
    _, later = index_tracking(name, slice(145, 290))
    realised = number("TRACKING_ERROR", held @ later[1:], later[0], None, None, "RMS")
    assert realised == pytest.approx(published["oos_rmse"], rel=1e-6)
    for dates, column in ((returns, "is_sd"), (later, "oos_sd")):
        sample = number("TRACKING_ERROR", held @ dates[1:], dates[0])
        assert sample == pytest.approx(published[column], rel=1e-6)
    with (DATA / "published" / "wqu_te_indtrack_odd.csv").open(encoding="utf-8") as file:
        printed = next(
            row for row in csv.DictReader(file) if row["instance"] == name and row["model"] == "DenseQP"
        )
    assert round(math.sqrt(float(np.mean(difference**2))), 4) == float(printed["TE_in"])
    assert round(realised, 4) == float(printed["TE_out"])


@needs_data
def test_weights_of_least_squares_over_all_dates() -> None:
    # lequant40/portfolio_allocation_js tests: its solver stops earlier, so ours must be at least as good, and near.
    published = json.loads(
        (DATA / "published" / "lequant40_indtrack1_weights.json").read_text(encoding="utf-8")
    )
    names, returns = index_tracking("indtrack1", slice(None))
    weights = tracking_weights(names, returns @ returns.T / returns.shape[1])
    held = np.array([weights[label] for label in names[1:]])
    assert held == pytest.approx(np.array(published["weights"]), abs=1e-3)
    difference = held @ returns[1:] - returns[0]
    reference = np.array(published["weights"]) @ returns[1:] - returns[0]
    assert difference @ difference <= reference @ reference * (1 + 1e-9)


@needs_data
@pytest.mark.parametrize("name", ["indtrack1", "indtrack3", "indtrack5", "indtrack7"])
def test_equal_weights_track_as_printed(name: str) -> None:
    with (DATA / "published" / "wqu_te_indtrack_odd.csv").open(encoding="utf-8") as file:
        rows = {row["instance"]: row for row in csv.DictReader(file) if row["model"] == "EqualWeight"}
    for dates, column in ((slice(0, 145), "TE_in"), (slice(145, 290), "TE_out")):
        _, returns = index_tracking(name, dates)
        value = number("TRACKING_ERROR", returns[1:].mean(axis=0), returns[0], None, None, "RMS")
        assert value == pytest.approx(float(rows[name][column]), abs=5.1e-5)


@pytest.mark.parametrize(("index", "expected"), [(0.0, 0.10859306069076737), (0.01, -0.06515583641446039)])
def test_empyrical_information_ratio_per_period(index: float, expected: float) -> None:
    # empyrical-reloaded tests/test_stats.py, "excess_sharpe" of its mixed returns: mean over sample deviation.
    mixed = np.array([0.01, 0.1, -0.04, 0.02, 0.03, 0.02, 0.01, -0.1])
    rows = dict(evaluate("TE_STATS", None, None, None, mixed, np.full(8, index), 1))
    assert rows["Information ratio"] == pytest.approx(expected, rel=1e-12)


def test_scikit_learn_shrinks_the_sample_of_its_manual_to_what_it_prints() -> None:
    sample = np.random.RandomState(0).multivariate_normal([0.0, 0.0], [[0.4, 0.2], [0.2, 0.8]], size=50)
    shrunk = np.array(evaluate("COV_ESTIMATE", sample / 10.0, "LW Identity"), dtype=float) * 100.0
    assert shrunk == pytest.approx(np.array([[0.4406, 0.1616], [0.1616, 0.8022]]), abs=1e-4)
