"""ACTIVE_BETA, TE_STATS and TE_ROLLING: by hand, against pandas, and against figures printed by other people."""

import csv
import json
import math
import statistics
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError

DATA = Path(__file__).parents[2].parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real data is not beside the project")
NA = CellError("#N/A")

W, B = [["AAA", 0.5], ["BBB", 0.3], ["CCC", 0.2]], [["AAA", 0.4], ["BBB", 0.3], ["DDD", 0.3]]
COV = [
    ["", "AAA", "BBB", "CCC", "DDD"],
    ["AAA", 0.04, 0.01, 0.0, 0.0],
    ["BBB", 0.01, 0.09, 0.02, 0.0],
    ["CCC", 0.0, 0.02, 0.16, 0.0],
    ["DDD", 0.0, 0.0, 0.0, 0.01],
]
R, Q = [0.02, -0.01, 0.03, 0.00], [0.01, 0.01, 0.01, 0.01]


def stats(*arguments: object) -> dict[str, object]:
    grid = evaluate("TE_STATS", *arguments)
    assert grid[0] == ["Statistic", "Value"]
    return {str(label): value for label, value in grid[1:]}


def sentence(name: str, *arguments: object) -> str:
    fault = call(name, arguments).fault  # type: ignore[arg-type]  # what a host would hand over
    assert fault is not None
    return fault.sentence


def test_beta_before_the_fact_is_worked_by_hand() -> None:
    # Σb = (0.019, 0.031, 0.006, 0.003); w'Σb = 0.0095 + 0.0093 + 0.0012 = 0.02; b'Σb = 0.0076 + 0.0093 + 0.0009.
    assert evaluate("ACTIVE_BETA", W, B, COV)[0][0] == pytest.approx(0.02 / 0.0178, rel=1e-14)


def test_beta_after_the_fact_is_the_slope() -> None:
    fund, index = [0.03, -0.02, 0.01, 0.00, 0.02], [0.02, -0.01, 0.00, 0.01, 0.02]
    slope = statistics.linear_regression(index, fund).slope
    assert evaluate("ACTIVE_BETA", fund, index)[0][0] == pytest.approx(slope, rel=1e-13)


def test_a_benchmark_without_risk_has_no_beta() -> None:
    assert sentence("ACTIVE_BETA", [[1.0, 0.0]], [[0.0, 1.0]], [[0.04, 0.0], [0.0, 0.0]]) == (
        "TE-100 benchmark has no risk, must have some: beta divides by its variance."
    )
    assert sentence("ACTIVE_BETA", [[0.1, 0.2, 0.3]], [[0.1, 0.1, 0.1]]) == (
        "TE-100 benchmark has the same return at every date, must vary: beta divides by its variance."
    )
    assert sentence("ACTIVE_BETA", [[0.5, 0.5]], [[0.6, 0.4]]) == (
        "TE-100 cov is missing, weights need it: portfolio and benchmark both sum to 1."
    )


def test_holdings_are_counted_and_measured() -> None:
    found = stats(W, B, COV)
    assert [found[label] for label in ("Names held", "Names in the benchmark", "Names in both")] == [3, 3, 2]
    assert found["Active share"] == pytest.approx(0.3, rel=1e-14)
    # a = (0.1, 0, 0.2, −0.3): a'Σa = 0.0004 + 0.0064 + 0.0009; w'Σw = 0.01 + 0.0081 + 0.0064 + 2(0.0015 + 0.0012).
    assert found["Ex-ante tracking error"] == pytest.approx(math.sqrt(0.0077), rel=1e-14)
    assert found["Ex-ante portfolio volatility"] == pytest.approx(math.sqrt(0.0299), rel=1e-14)
    assert found["Ex-ante benchmark volatility"] == pytest.approx(math.sqrt(0.0178), rel=1e-14)
    assert "Ex-post tracking error" not in found


def test_the_squares_of_the_parts_sum_to_the_square_of_the_tracking_error() -> None:
    fund, index = [0.03, -0.02, 0.01, 0.00, 0.02], [0.02, -0.01, 0.00, 0.01, 0.02]
    found = stats(W, B, COV, fund, index, 12)
    for when in ("Ex-ante", "Ex-post"):
        parts = math.hypot(float(found[f"{when} TE from beta"]), float(found[f"{when} TE residual"]))  # type: ignore[arg-type]  # numbers
        assert found[f"{when} tracking error"] == pytest.approx(parts, rel=1e-13)
    beta = statistics.linear_regression(index, fund).slope
    part = abs(beta - 1.0) * statistics.stdev(index) * math.sqrt(12)
    assert found["Ex-post TE from beta"] == pytest.approx(part, rel=1e-13)


def test_returns_are_compounded_and_compared() -> None:
    found = stats(None, None, None, R, Q, 2)
    assert found["Returns counted"] == 4
    assert found["Ex-post tracking error"] == pytest.approx(math.sqrt(0.001 / 3 * 2), rel=1e-14)
    ours = math.sqrt(1.02 * 0.99 * 1.03) - 1
    assert found["Portfolio return a year"] == pytest.approx(ours, rel=1e-13)
    assert found["Benchmark return a year"] == pytest.approx(1.01**2 - 1, rel=1e-13)
    assert found["Tracking difference"] == pytest.approx(ours - (1.01**2 - 1), rel=1e-10)
    assert found["Hit rate"] == 0.5
    # Highest after the first date, lowest after the second.
    assert found["Largest relative drawdown"] == pytest.approx(0.99 / 1.01 - 1, rel=1e-13)
    # The benchmark does not move.
    assert found["Ex-post beta"] == NA
    assert found["Periods a year"] == 2


def test_the_band_is_two_standard_errors_wide_on_each_side() -> None:
    found = stats(None, None, None, R, Q, 1)
    error = math.sqrt(0.001 / 3)
    reach = statistics.NormalDist().inv_cdf(0.975) * error / math.sqrt(8)
    assert found["95 % band, lower"] == pytest.approx(error - reach, rel=1e-13)
    assert found["95 % band, upper"] == pytest.approx(error + reach, rel=1e-13)


def test_the_band_holds_the_truth_nineteen_times_in_twenty() -> None:
    rng = np.random.default_rng(7)
    active = rng.normal(0.0, 0.01, size=(400, 120))
    inside = 0
    for x in active:
        found = stats(None, None, None, x, np.zeros(120), 12)
        inside += float(found["95 % band, lower"]) <= 0.01 * math.sqrt(12) <= float(found["95 % band, upper"])  # type: ignore[arg-type]  # numbers
    # Two standard errors of 400 draws around 95 %.
    assert abs(inside / 400 - 0.95) < 0.022


def test_honest_tracking_error_by_the_factor_of_free_names_over_periods() -> None:
    index = [0.01, -0.02, 0.00, 0.03, 0.01]
    found = stats(W, B, COV, [0.02, -0.02, 0.01, 0.03, 0.01], index)
    # Three names over five returns: 1 / (1 − 2/4).
    assert found["Expected realised TE if optimised"] == pytest.approx(2 * math.sqrt(0.0077), rel=1e-13)
    reply = call("TE_STATS", [W, B, COV, [[0.02, -0.02, 0.01]], [[0.01, -0.02, 0.00]]])
    assert ["Expected realised TE if optimised", NA] in reply.grid
    assert (
        "Warning",
        "Were the weights chosen to make the tracking error least under a covariance of these 3 periods, with 3 names between "
        "their limits, it would say nothing: as many names are free as there are periods.",
    ) in reply.notes


def test_equal_returns_have_no_ratio() -> None:
    found = stats(None, None, None, Q, Q, 12)
    assert found["Ex-post tracking error"] == 0
    assert (found["Information ratio"], found["Information ratio, geometric"]) == (NA, NA)
    assert found["Largest relative drawdown"] == 0


def test_series_are_matched_by_date_and_what_one_lacks_is_left_out() -> None:
    fund = [["2024-01-31", 0.01], ["2024-02-29", None], ["2024-03-31", 0.02], ["2024-04-30", -0.01]]
    index = [
        ["2024-04-30", 0.00],
        ["2024-03-31", 0.01],
        ["2024-02-29", 0.05],
        ["2023-12-31", 0.03],
        ["2024-01-31", 0.02],
    ]
    reply = call("TE_STATS", [None, None, None, fund, index, 12.0])
    found = {row[0]: row[1] for row in reply.grid}
    assert found["Returns counted"] == 3
    expected = statistics.stdev([-0.01, 0.01, -0.01]) * math.sqrt(12)
    assert found["Ex-post tracking error"] == pytest.approx(expected, rel=1e-13)
    assert (
        "Warning",
        "Without a return in both series, and left out: 2023-12-31, 2024-02-29.",
    ) in reply.notes


def test_what_is_missing_is_asked_for() -> None:
    assert sentence("TE_STATS") == (
        "TE-100 portfolio is missing, must be given with benchmark, or portfolio_returns with benchmark_returns."
    )
    assert sentence("TE_STATS", W) == "TE-100 benchmark is missing, must be given beside the other weights."
    assert sentence("TE_STATS", None, None, None, [R]) == (
        "TE-100 benchmark_returns is missing, must be given beside the other returns."
    )
    assert sentence("TE_STATS", None, None, None, [R], [Q[:3]]) == (
        "TE-110 benchmark_returns has 3 returns, must have 4 like portfolio_returns, or dates in both."
    )
    assert sentence("TE_STATS", None, None, None, [[0.1, 0.2], [0.1, 0.2]], [Q]) == (
        "TE-110 portfolio_returns is 2 x 2, must be one column, one row, or two columns [date, return]."
    )
    assert sentence("TE_STATS", None, None, None, [["a", 0.1], ["b", 0.2]], [["b", 0.1], ["c", 0.2]]) == (
        "TE-110 benchmark_returns has 1 returns that portfolio_returns has too, must have 2 or more."
    )
    assert sentence("TE_STATS", None, None, None, [[0.1, -1.0]], [[0.1, 0.2]]) == (
        "TE-100 portfolio_returns has the return -1, must be above -1 to be compounded."
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12), st.one_of(st.none(), st.floats(0.6, 20.0)))
def test_every_window_is_the_one_of_pandas(seed: int, window: int, halflife: float | None) -> None:
    rng = np.random.default_rng(seed)
    fund, index = rng.normal(0.0, 0.03, size=(2, 40))
    found = [row[0] for row in evaluate("TE_ROLLING", fund, index, window, 12, halflife)]
    active = pd.Series(fund - index)
    if halflife is None:
        expected = active.rolling(window).std()
    else:
        expected = active.rolling(window).apply(lambda part: part.ewm(halflife=halflife).std().iloc[-1])
    assert found[: window - 1] == [NA] * (window - 1)
    assert found[window - 1 :] == pytest.approx(
        (expected.iloc[window - 1 :] * math.sqrt(12)).tolist(), rel=1e-9
    )


def test_a_rolling_window_stands_in_the_rows_of_the_portfolio() -> None:
    # The dates stand newest first, and one month has no return.
    fund = [[46112, 0.03], [46081, None], [46053, -0.01], [46022, 0.02]]
    index = [[46022, 0.01], [46053, 0.01], [46081, 0.01], [46112, 0.01]]
    found = [row[0] for row in evaluate("TE_ROLLING", fund, index, 2)]
    assert found == [pytest.approx(0.04 / math.sqrt(2)), NA, pytest.approx(0.03 / math.sqrt(2)), NA]
    across = evaluate("TE_ROLLING", [R], [Q], 2)
    assert across[0][0] == NA
    assert across[0][1:] == pytest.approx([0.03 / math.sqrt(2), 0.04 / math.sqrt(2), 0.03 / math.sqrt(2)])


def test_a_window_is_a_whole_number_of_returns_that_exist() -> None:
    assert sentence("TE_ROLLING", [R], [Q], 2.5) == "TE-100 window is 2.5, must be a whole number."
    assert sentence("TE_ROLLING", [R], [Q], 5) == (
        "TE-110 window is 5, must be at most 4, the returns that are in both series."
    )


@needs_data
@pytest.mark.parametrize("manager", ["HAM1", "HAM2", "HAM3", "HAM4", "HAM5", "HAM6"])
def test_managers_of_performanceanalytics_over_ragged_histories(manager: str) -> None:
    published = json.loads(
        (DATA / "published" / "performanceanalytics_managers.json").read_text(encoding="utf-8")
    )
    with (DATA / "performanceanalytics" / "managers.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    days = [next(iter(row.values())) for row in rows]
    # Whole columns, blanks and all: the months a manager lacks are left out by date.
    fund = [[day, float(row[manager]) if row[manager] else None] for day, row in zip(days, rows, strict=True)]
    index = [[day, float(row["SP500 TR"])] for day, row in zip(days, rows, strict=True)]
    found = stats(None, None, None, fund, list(reversed(index)), 12)
    for label, table in (
        ("Ex-post tracking error", "TrackingError_trunc"),
        ("Tracking difference", "ActivePremium_trunc"),
        ("Information ratio, geometric", "InformationRatio_trunc"),
    ):
        value = float(found[label])  # type: ignore[arg-type]  # a number
        # The source cuts figures after the fourth decimal.
        assert math.floor(value * 1e4) / 1e4 == pytest.approx(published[table][manager], abs=1e-9), label
    error = float(found["Ex-post tracking error"])  # type: ignore[arg-type]  # a number
    assert round(error, 4) == published["table_annTE"][manager]
    assert round(error / math.sqrt(12), 4) == published["table_monthlyTE"][manager]
