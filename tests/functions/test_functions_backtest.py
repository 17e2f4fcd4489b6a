"""TE_BACKTEST: drift, trades and costs by hand, then against a loop in pandas and CVXPY; and nothing from the future."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise, product
from pathlib import Path

import cvxpy as cp
import numpy as np
import pandas as pd
import pytest

from trackerr_xl import evaluate
from trackerr_xl.core.arrays import Matrix
from trackerr_xl.core.backtest_calendar import PERIODS, every, last_of_period, on_or_before
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import Given

DATA = Path(__file__).parents[2].parent / "shared" / "data"
NAMES = ["AAA", "BBB", "CCC"]
MOVES = [
    [0.02, -0.01, 0.0],
    [-0.01, 0.03, 0.01],
    [0.1, 0.0, 0.0],
    [0.0, 0.1, -0.05],
    [0.05, 0.0, 0.1],
    [-0.1, 0.02, 0.0],
]
TARGET = [
    ["Type", "Item", "Min", "Max"],
    *(["Weight", n, w, w] for n, w in zip(NAMES, (0.5, 0.3, 0.2), strict=True)),
]
COSTS = [["Name", "Cost"], ["AAA", 0.01], ["BBB", 0.02], ["CCC", 0.0]]
HALVES = [["AAA", 0.5], ["BBB", 0.5]]


def options(**given: float | str) -> Given:
    return [["Option", "Value"], *([name.replace("_", " "), value] for name, value in given.items())]


def look_back(periods: float, **given: float | str) -> Given:
    return [*options(**given), ["Look-back", periods]]


def business_days(count: int, first: date = date(2024, 1, 1)) -> list[date]:
    days = pd.bdate_range(first, periods=count)
    return [day.date() for day in days]


def serial(day: date) -> float:
    return float((day - date(1899, 12, 30)).days)


def panel(values: Matrix, names: Sequence[str], days: Sequence[date]) -> Given:
    """A panel as cells, NaN being an empty one."""
    body = [[None if math.isnan(cell) else cell for cell in row] for row in values.tolist()]
    return [["Date", *names], *([serial(day), *row] for day, row in zip(days, body, strict=True))]


def table(*arguments: Given) -> pd.DataFrame:
    header, *rows = evaluate("TE_BACKTEST", *arguments)
    return pd.DataFrame(rows, columns=header).set_index(header[0])


def notes(*arguments: Given) -> list[tuple[object, object]]:
    return [(topic, sentence) for topic, sentence in evaluate("TE_EXPLAIN", "TE_BACKTEST", *arguments)]


def sentence(*arguments: Given) -> str:
    fault = call("TE_BACKTEST", arguments).fault
    assert fault is not None
    return fault.sentence


def test_drift_trades_and_costs_by_hand() -> None:
    got = table([NAMES, *MOVES], HALVES, "Every 2", TARGET, COSTS, look_back(2.0, Layout="Full"))
    assert got.index.tolist() == [3, 4, 5, 6]
    # The first purchase costs 0.5 of 1 % and 0.3 of 2 %; AAA earns 10 %. Then the values are 0.55, 0.3, 0.2 of 1.05, and BBB's
    # 10 % and CCC's −5 % make them 0.55, 0.33, 0.19 of 1.07.
    second = (0.55 + 0.33 + 0.19) / 1.05 - 1
    sold, bought, also = 0.55 / 1.07 - 0.5, 0.33 / 1.07 - 0.3, 0.2 - 0.19 / 1.07
    cost = 0.01 * sold + 0.02 * bought
    third = (1 - cost) * (1 + 0.5 * 0.05 + 0.2 * 0.1) - 1
    fourth = (0.525 * 0.9 + 0.3 * 1.02 + 0.22) / 1.045 - 1
    assert got["Portfolio"].tolist() == pytest.approx([0.989 * 1.05 - 1, second, third, fourth], rel=1e-12)
    assert got["Turnover"].tolist() == pytest.approx([0.5, 0, (sold + bought + also) / 2, 0], rel=1e-12)
    assert got["Cost"].tolist() == pytest.approx([0.011, 0, cost, 0], rel=1e-12)
    # The benchmark is bought once and never traded: 0.5 each, then 0.55 and 0.5, 0.55 and 0.55, 0.5775 and 0.55.
    values = [1.0, 1.05, 1.1, 1.1275, 0.9 * 0.5775 + 1.02 * 0.55]
    moves = [after / before - 1 for before, after in pairwise(values)]
    assert got["Benchmark"].tolist() == pytest.approx(moves, rel=1e-12)
    assert got["Active"].to_numpy() == pytest.approx(
        (got["Portfolio"] - got["Benchmark"]).to_numpy(), abs=1e-16
    )
    assert got["Trade"].tolist() == ["Yes", "No", "Yes", "No"]
    assert got["Names"].tolist() == [3.0] * 4
    assert got.loc[4, NAMES].tolist() == pytest.approx([0.55 / 1.05, 0.3 / 1.05, 0.2 / 1.05], rel=1e-12)


def test_ex_ante_error_is_that_of_the_sample_covariance_before_the_row() -> None:
    got = table([NAMES, *MOVES], HALVES, "Daily", TARGET, None, look_back(3.0, Periods=12.0))
    benchmark = np.array([0.5, 0.5, 0.0])
    for row, shown in zip(range(3, 6), got["Ex-ante TE"], strict=True):
        if row > 3:
            benchmark = benchmark * (1 + np.array(MOVES[row - 1]))
            benchmark /= benchmark.sum()
        active = np.array([0.5, 0.3, 0.2]) - benchmark
        assert shown == pytest.approx(
            math.sqrt(12 * active @ np.cov(np.array(MOVES[row - 3 : row]).T) @ active)
        )


def test_turnover_two_ways_and_weights_in_percent() -> None:
    one = table([NAMES, *MOVES], HALVES, "Daily", TARGET, COSTS, look_back(2.0, Layout="Full"))
    hundredfold = [TARGET[0], *([kind, item, 100 * low, 100 * high] for kind, item, low, high in TARGET[1:])]
    percent = [[name, 100 * weight] for name, weight in HALVES]
    both = look_back(2.0, Layout="Full", Turnover="Two-way", Units="Percent")
    two = table([NAMES, *MOVES], percent, "Daily", hundredfold, COSTS, both)
    assert two["Turnover"].to_numpy() == pytest.approx(2 * one["Turnover"].to_numpy())
    assert two[NAMES].to_numpy(float) == pytest.approx(100 * one[NAMES].to_numpy(float))
    for column in ("Portfolio", "Benchmark", "Ex-ante TE", "Cost"):
        assert two[column].to_numpy(float) == pytest.approx(one[column].to_numpy(float), rel=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_matches_a_loop_in_pandas_and_cvxpy(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, names = 12, [f"N{at:02}" for at in range(12)]
    days = business_days(190)
    returns = 0.01 * rng.normal(size=(190, 1)) + 0.015 * rng.normal(size=(190, n))
    start = rng.dirichlet(np.full(n, 2.0))
    sectors = [f"S{at % 3}" for at in range(n)]
    rates, impact = rng.uniform(0.0, 0.002, n), rng.uniform(0.0, 0.01, n)
    limits = [
        ["Type", "Item", "Min", "Max", "Basis"],
        ["Weight", "*", 0.0, 0.25, None],
        ["Exclude", names[0], None, None, None],
        ["Group", "Sector=*", -0.02, 0.02, "Active"],
        ["Turnover", None, None, 0.03, None],
    ]
    attributes = [
        ["Name", "Sector", "Cost", "Impact"],
        *map(list, zip(names, sectors, rates, impact, strict=True)),
    ]
    attributes = [
        [cell.item() if isinstance(cell, np.floating) else cell for cell in row] for row in attributes
    ]
    weights = [[name, weight] for name, weight in zip(names, start.tolist(), strict=True)]
    got = table(
        panel(returns, names, days), weights, "Monthly", limits, attributes, look_back(60.0, Layout="Full")
    )
    frame = pd.DataFrame(returns, index=pd.DatetimeIndex(days))
    month = frame.index.to_period("M")
    held, index, cov = np.zeros(n), start, np.zeros((n, n))
    indicator = pd.get_dummies(pd.Series(sectors)).to_numpy(float).T
    for row in range(60, 190):
        cost = turnover = 0.0
        if row == 60 or month[row] != month[row - 1]:
            cov = frame.iloc[row - 60 : row].cov().to_numpy()
            w = cp.Variable(n)
            rows = [cp.sum(w) == 1, w >= 0, w <= 0.25, w[0] == 0, cp.abs(indicator @ (w - index)) <= 0.02]
            if row > 60:
                rows.append(cp.norm1(w - held) <= 0.06)
            root = np.linalg.cholesky(1e4 * cov).T
            cp.Problem(cp.Minimize(cp.sum_squares(root @ (w - index))), rows).solve(
                solver="CLARABEL", tol_gap_abs=1e-13, tol_gap_rel=1e-13, tol_feas=1e-13
            )
            assert w.value is not None
            traded = np.abs(w.value - held)
            turnover, cost = traded.sum() / 2, rates @ traded + impact @ traded**1.5
            held = w.value
        line = got.iloc[row - 60]
        assert line[names].to_numpy(float) == pytest.approx(held, abs=2e-7)
        expected = [
            (1 - cost) * (1 + held @ returns[row]) - 1,
            index @ returns[row],
            math.sqrt((held - index) @ cov @ (held - index)),
        ]
        assert line[["Portfolio", "Benchmark", "Ex-ante TE"]].tolist() == pytest.approx(expected, abs=1e-8)
        assert line[["Turnover", "Cost"]].tolist() == pytest.approx([turnover, cost], abs=2e-6)
        held = held * (1 + returns[row]) / (1 + held @ returns[row])
        index = index * (1 + returns[row]) / (1 + index @ returns[row])


def market(seed: int, gaps: bool = False) -> tuple[Matrix, list[str], list[date]]:
    """Returns of eight names over 150 business days; one comes late, one goes, some are missing."""
    rng = np.random.default_rng(seed)
    returns = 0.01 * rng.normal(size=(150, 1)) + 0.01 * rng.normal(size=(150, 8))
    if gaps:
        returns[:70, 1] = returns[95:, 2] = returns[60:62, 3] = np.nan
    return returns, [f"N{at}" for at in range(8)], business_days(150)


LIMITED = [
    ["Type", "Item", "Min", "Max"],
    ["Weight", "*", 0.0, 0.3],
    ["Exclude", "N0", None, None],
    ["Turnover", None, None, 0.2],
]


RULES = [
    *product(["weights", "dated"], ["Sample", "LW Correlation", "Denoise"], ["Weekly", "Every 7", "TE 2.2%"]),
    *product(["weights", "dated"], ["EWMA", "LW Nonlinear"], ["Monthly"]),
    *product(["returns"], ["Sample"], ["Weekly", "Every 7", "Monthly"]),
]


@pytest.mark.parametrize(("index", "method", "rebalance"), RULES)
def test_no_row_knows_what_comes_after_it(index: str, method: str, rebalance: str) -> None:
    rng = np.random.default_rng(5)
    returns, names, days = market(5, gaps=True)
    shuffled = returns.copy()
    cut = 110
    shuffled[cut:] = rng.permuted(returns[cut:] * 1.7, axis=0)
    assert not np.array_equal(shuffled[cut:], returns[cut:], equal_nan=True)
    series = 0.012 * rng.normal(size=150)
    given: dict[str, tuple[Given, Given]] = {
        "weights": ([[name, 0.125] for name in names],) * 2,
        "dated": (
            panel(np.array([[0.125] * 8, [0.3, 0.1] * 4]), names, [days[0], days[80]]),
            panel(
                np.array([[0.125] * 8, [0.3, 0.1] * 4, [1.0] + [0.0] * 7]),
                names,
                [days[0], days[80], days[cut]],
            ),
        ),
        "returns": (
            [[serial(day), x] for day, x in zip(days, series.tolist(), strict=True)],
            [[serial(day), x] for day, x in zip(days, [*series[:cut], *series[cut:][::-1]], strict=True)],
        ),
    }
    told = look_back(50.0, Covariance=method, Halflife=20.0, Periods=252.0, Layout="Full")
    before = table(panel(returns, names, days), given[index][0], rebalance, LIMITED, None, told)
    after = table(panel(shuffled, names, days), given[index][1], rebalance, LIMITED, None, told)
    known = before.index <= serial(days[cut - 1])
    assert known.sum() == cut - 50
    pd.testing.assert_frame_equal(before[known], after[known], check_exact=True)
    # The row after has returns of its own, and trades and risk that were decided before.
    decided = ["Ex-ante TE", "Turnover", "Cost", "Names", "Trade", *names]
    row = serial(days[cut])
    pd.testing.assert_series_equal(before.loc[row, decided], after.loc[row, decided], check_exact=True)
    assert before.loc[row, "Portfolio"] != after.loc[row, "Portfolio"]


def test_a_trigger_trades_when_the_drifted_weights_are_too_far_and_only_then() -> None:
    returns, names, days = market(1)
    weights = np.full(8, 0.125)
    given = [[name, 0.125] for name in names]
    told = look_back(50.0, Periods=252.0, Layout="Full")
    got = table(panel(returns, names, days), given, "TE 2.2%", LIMITED, None, told)
    held = np.zeros(8)
    for row in range(50, 150):
        line = got.iloc[row - 50]
        cov = 252 * np.cov(returns[row - 50 : row].T)
        drifted = math.sqrt((held - weights) @ cov @ (held - weights))
        assert (line["Trade"] != "No") == (row == 50 or drifted > 0.022)
        held = line[names].to_numpy(float)
        assert line["Ex-ante TE"] == pytest.approx(
            math.sqrt((held - weights) @ cov @ (held - weights)), rel=1e-9
        )
        held, weights = (w * (1 + returns[row]) / (1 + w @ returns[row]) for w in (held, weights))
    assert 1 < (got["Trade"] == "Yes").sum() < 50


@pytest.mark.parametrize("word", list(PERIODS))
def test_calendars_end_where_the_periods_of_pandas_do(word: str) -> None:
    rng = np.random.default_rng(3)
    days = [day for day in business_days(1500, date(2019, 12, 2)) if rng.random() > 0.1]
    index = pd.DatetimeIndex(days)
    half = index.year * 2 + (index.month > 6)
    codes = {"Weekly": "W-SUN", "Monthly": "M", "Quarterly": "Q", "Annual": "Y"}
    period = half if word == "Semi-annual" else index.to_period(codes[word])
    ends = pd.Series(days).groupby(np.asarray(period)).max().tolist()
    found = [day for day, due in zip(days, last_of_period(days, word).tolist(), strict=True) if due]
    # Whether the newest day is the last of its period is not known.
    assert found == sorted(ends)[:-1]


def test_every_so_many_rows_and_lists_of_dates() -> None:
    assert np.flatnonzero(every(12, 3, 4)).tolist() == [2, 6, 10]
    days = business_days(10)
    saturday = days[4] + timedelta(1)
    wanted = [days[0] - timedelta(3), days[2], saturday]
    assert np.flatnonzero(on_or_before(days, wanted)).tolist() == [2, 4]
    returns, names, dates = market(2)
    given = [[name, 0.125] for name in names]
    listed = [[serial(dates[70])], [serial(dates[99])]]
    got = table(panel(returns, names, dates), given, listed, LIMITED, None, look_back(60.0))
    assert got.index[got["Trade"] == "Yes"].tolist() == [serial(dates[at]) for at in (60, 71, 100)]


def test_a_rebalance_without_an_answer_keeps_the_drifted_weights_and_says_why() -> None:
    limits = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.4], ["Turnover", None, None, 0.01]]
    thirds = [[name, 1 / 3] for name in NAMES]
    moves = [*MOVES[:2], [0.6, 0.0, 0.0], [0.0, 0.1, -0.05], [-0.4, 0.0, 0.0], [0.0, 0.0, 0.0]]
    arguments = ([NAMES, *moves], thirds, "Daily", limits, None, look_back(2.0, Layout="Full"))
    got = table(*arguments)
    # Thirds, of which the first grows to 1.6 of 3.6: 4.4 % above the limit, and only 1 % may be traded.
    assert got["Trade"].tolist() == ["Yes", "Refused", "Refused", "Yes"]
    assert got.loc[4, NAMES].tolist() == pytest.approx([1.6 / 3.6, 1 / 3.6, 1 / 3.6], rel=1e-9)
    assert got["Turnover"].tolist()[1:3] == [0.0, 0.0]
    told = notes(*arguments)
    assert told[1] == ("Status", "4 periods from row 3 to row 6: 2 rebalances carried out, 2 refused.")
    assert ("Refused", "Before row 4, row 5: the drifted weights were kept, nothing was traded.") in told
    assert ("Conflict", "Weight * (row 2) Max 0.4") in told
    assert ("Conflict", "Turnover (row 3) Max 0.01") in told
    assert any(topic == "Repair" for topic, _ in told)


def test_a_first_portfolio_without_an_answer_is_an_error() -> None:
    limits = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.3]]
    reply = call("TE_BACKTEST", [[NAMES, *MOVES], HALVES, "Daily", limits, None, look_back(2.0)])
    assert str(reply.grid[0][0]) == "#N/A"


def test_rows_on_trades_hold_from_the_second_rebalance_on() -> None:
    limits = [["Type", "Item", "Min", "Max"], ["Hold", "*", None, None]]
    got = table([NAMES, *MOVES], HALVES, "Daily", limits, None, look_back(2.0))
    assert got["Turnover"].tolist() == pytest.approx([0.5, 0.0, 0.0, 0.0], abs=1e-12)


def test_names_come_when_they_have_a_past_and_go_at_the_next_rebalance() -> None:
    returns, names, days = market(4, gaps=True)
    given = [[name, 0.125] for name in names]
    arguments = (
        *(panel(returns, names, days), given, "Every 10"),
        *(None, None, [*look_back(50.0, Layout="Full"), ["History", 0.8]]),
    )
    got = table(*arguments)
    weights = got[names].to_numpy(float)
    trades = np.flatnonzero(got["Trade"] == "Yes")
    assert trades.tolist() == list(range(0, 100, 10))
    # N1 has returns from row 71 on: 40 of 50 of them at the close of row 110, where the rows of the table are at 60.
    assert (weights[:60, 1] == 0.0).all()
    assert (weights[60:, 1] > 0.05).all()
    # N2's last return is that of row 95; it is sold at the close of row 100.
    assert (weights[:50, 2] > 0.05).all()
    assert (weights[50:, 2] == 0.0).all()
    # Without a return its price stands still.
    moved = np.nan_to_num(returns[50:])
    assert got["Portfolio"].to_numpy() == pytest.approx((weights * moved).sum(axis=1), abs=1e-14)
    told = dict(notes(*arguments))
    assert told["Names"] == "2 names could be held at some rebalances only: the others are left out there."
    assert "are missing: their prices were taken to stand still" in str(told["Warning"])


def test_on_a_day_without_any_return_nothing_is_traded_and_risk_is_still_known() -> None:
    returns, names, days = market(9)
    returns[80] = np.nan
    given = [[name, 0.125] for name in names]
    got = table(panel(returns, names, days), given, "Daily", LIMITED, None, look_back(50.0, Layout="Full"))
    assert got.index[got["Trade"] == "Refused"].tolist() == [serial(days[81])]
    index = np.full(8, 0.125) * np.prod(1 + np.nan_to_num(returns[50:81]), axis=0)
    active = got.iloc[31][names].to_numpy(float) - index / index.sum()
    cov = np.cov(np.delete(returns[31:81], 49, axis=0).T)
    assert got.iloc[31]["Ex-ante TE"] == pytest.approx(math.sqrt(active @ cov @ active), rel=1e-9)


def test_names_are_counted_at_every_rebalance() -> None:
    returns, names, days = market(1)
    given = [[name, 0.125] for name in names]
    limits = [["Type", "Item", "Min", "Max"], ["Names", None, None, 4.0]]
    told = [*look_back(50.0, Layout="Full"), ["Gap", 0.0]]
    got = table(panel(returns, names, days), given, "Every 50", limits, None, told)
    assert got["Names"].tolist() == [4.0] * 100
    index = np.full(8, 0.125)
    for row in (50, 100):
        root = 100.0 * np.linalg.cholesky(np.cov(returns[row - 50 : row].T)).T
        errors = []
        for four in combinations(range(8), 4):
            w = cp.Variable(4, nonneg=True)
            risk = cp.sum_squares(root[:, four] @ w - root @ index)
            errors.append(cp.Problem(cp.Minimize(risk), [cp.sum(w) == 1]).solve(solver="CLARABEL"))
        assert got.iloc[row - 50]["Ex-ante TE"] == pytest.approx(math.sqrt(min(errors)) / 100.0, rel=1e-6)
        for move in returns[row : row + 50]:
            index = index * (1 + move) / (1 + index @ move)


def test_an_index_known_by_its_returns_is_followed_as_te_track_does() -> None:
    returns, names, days = market(6)
    index = (returns @ np.full(8, 0.125) + 0.001 * np.random.default_rng(0).normal(size=150)).tolist()
    series = [[serial(day), x] for day, x in zip(days, index, strict=True)]
    given = panel(returns, names, days)
    got = table(given, series, "Every 25", LIMITED, None, look_back(50.0, Layout="Full", Method="MAD"))
    assert got["Benchmark"].tolist() == index[50:]
    held: list[list[object]] | None = None
    for row in range(50, 150, 25):
        limits = LIMITED if held else LIMITED[:-1]
        window = [given[0], *given[1 + row - 50 : 1 + row]]
        expected = evaluate(
            "TE_TRACK", window, series[row - 50 : row], limits, None, held, options(Method="MAD")
        )
        line = got.iloc[row - 50]
        assert line[names].tolist() == pytest.approx([w for _, w in expected], abs=1e-8)
        active = returns[row - 50 : row] @ line[names].to_numpy(float) - index[row - 50 : row]
        assert line["Ex-ante TE"] == pytest.approx(active.std(ddof=1), rel=1e-9)
        drifted = got.iloc[row - 50 + 24][names].to_numpy(float) * (1 + returns[row + 24])
        held = [[name, w] for name, w in zip(names, (drifted / drifted.sum()).tolist(), strict=True)]


def test_weights_by_date_are_in_force_from_the_close_of_their_date() -> None:
    days = [
        date(2026, 1, 5),
        date(2026, 1, 6),
        date(2026, 1, 7),
        date(2026, 1, 8),
        date(2026, 1, 9),
        date(2026, 1, 12),
    ]
    # The second weights are of a day without trading, a Saturday: they are known at Monday's close.
    changes = [
        ["Date", "BBB", "AAA", "CCC"],
        [serial(days[0]), 0.5, 0.5, None],
        [serial(days[3]), None, None, 1.0],
    ]
    got = table(
        panel(np.array(MOVES), NAMES, days), changes, "Daily", None, None, look_back(2.0, Layout="Full")
    )
    # Drift from the first close on: 0.495 and 0.515, 0.5445 and 0.515, 0.5445 and 0.5665; then all is CCC.
    values = [0.495 + 0.515, 0.5445 + 0.515, 0.5445 + 0.5665]
    expected = [values[1] / values[0] - 1, values[2] / values[1] - 1, 0.1, 0.0]
    assert got["Benchmark"].tolist() == pytest.approx(expected, abs=1e-15)
    assert got[NAMES].to_numpy(float)[2:] == pytest.approx(np.array([[0, 0, 1], [0, 0, 1]]), abs=1e-9)
    late = [*changes[:2], [serial(date(2026, 1, 10)), None, None, 1.0]]
    got = table(panel(np.array(MOVES), NAMES, days), late, "Daily", None, None, look_back(2.0))
    assert got["Benchmark"].tolist()[-1] == pytest.approx(
        (0.5445 * 1.05 * 0.9 + 0.5665 * 1.02) / (0.5445 * 1.05 + 0.5665) - 1
    )


def test_rows_are_put_in_the_order_of_their_dates() -> None:
    returns, names, days = market(7)
    given = [[name, 0.125] for name in names]
    header, *rows = panel(returns, names, days)
    told = look_back(60.0, Periods=252.0)
    forward = table([header, *rows], given, "Monthly", LIMITED, None, told)
    backward = table([header, *rows[::-1]], given, "Monthly", LIMITED, None, told)
    pd.testing.assert_frame_equal(forward, backward, check_exact=True)


def test_the_order_of_names_and_rows_of_limits_changes_nothing() -> None:
    returns, names, days = market(3, gaps=True)
    order = np.random.default_rng(0).permutation(8)
    told = look_back(50.0, Covariance="LW Correlation")
    limits = [LIMITED[0], *LIMITED[:0:-1]]
    weights = [[name, 0.2 - 0.02 * at] for at, name in enumerate(names)]
    weights = [[name, weight / 1.04] for name, weight in weights]
    one = table(panel(returns, names, days), weights, "Weekly", LIMITED, None, told)
    shuffled = panel(returns[:, order], [names[at].lower() for at in order], days)
    other = table(shuffled, weights[::-1], "Weekly", limits, None, told)
    pd.testing.assert_frame_equal(one, other, check_exact=False, rtol=1e-7, atol=1e-9)


def test_explain_tells_the_risk_met_and_the_risk_promised() -> None:
    returns, names, days = market(8)
    given = [[name, 0.125] for name in names]
    arguments = (panel(returns, names, days), given, "Monthly", LIMITED, None, look_back(60.0, Periods=252.0))
    got, told = table(*arguments), notes(*arguments)
    met = got["Active"].std(ddof=1) * math.sqrt(252)
    promised = math.sqrt((got["Ex-ante TE"] ** 2).mean())
    assert told[1] == (
        "Status",
        "90 periods from 2024-03-25 to 2024-07-26: 5 rebalances carried out, 0 refused.",
    )
    assert told[2] == (
        "Tracking error",
        f"Realised {met:.6g} a year, give or take {met / math.sqrt(180):.2g}; ex-ante {promised:.6g}, the root mean square of the "
        f"column, {met / promised:.4g} times as much; periods a year: 252.",
    )
    ours, theirs = (100 * ((1 + got[column]).prod() - 1) for column in ("Portfolio", "Benchmark"))
    assert told[3] == ("Return", f"{ours:.6g} % after costs, benchmark {theirs:.6g} %, over all periods.")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ([NAMES, *MOVES], HALVES, "Monthly", None, None, look_back(2.0)),
            "TE-100 returns has no dates at the left, rebalance Monthly needs them: put them there, or rebalance Every 21.",
        ),
        (
            ([NAMES, *MOVES], HALVES),
            "TE-110 returns has 6 dates, must have more than the 60 of option Look-back.",
        ),
        (
            ([NAMES, *MOVES], [["AAA", 0.5], ["ZZZ", 0.5]], "Daily", None, None, look_back(2.0)),
            "TE-140 returns has no entry for ZZZ, must have a column for each name.",
        ),
        (
            ([NAMES, *MOVES], [[0.5], [0.5]], "Daily", None, None, look_back(2.0)),
            "TE-110 benchmark has 2 rows, must have 3, a weight for each name, or 6, a return for each date.",
        ),
        (
            ([NAMES, *MOVES[:3]], [[0.5], [0.3], [0.2]], "Daily", None, None, look_back(2.0)),
            "TE-110 benchmark has 3 numbers, which could be weights of the names or returns of the dates: put names or dates "
            "beside them.",
        ),
        (
            ([NAMES, *MOVES], [["AAA", 50.0], ["BBB", 50.0]], "Daily", None, None, look_back(2.0)),
            "TE-150 benchmark weights sum to 100, not 1: divide by 100 or set option Units to Percent.",
        ),
        (
            (
                *([NAMES, *MOVES], [[0.01], [0.0], [0.02], [0.01], [0.0], [0.01]], "Daily"),
                *([TARGET[0], ["Names", None, None, 2.0]], None, look_back(2.0)),
            ),
            "TE-190 constraints row 2 is Names, which cannot be carried out without a covariance: take the row out or set On to no.",
        ),
        (
            ([NAMES, *MOVES], HALVES, "Fortnightly", None, None, look_back(2.0)),
            'TE-120 rebalance "Fortnightly" is not known, the nearest known is "Monthly".',
        ),
        (
            ([NAMES, *MOVES], HALVES, [["a"], ["b"]], None, None, look_back(2.0)),
            "TE-100 rebalance is not a list of dates, must be one, or a word such as Monthly.",
        ),
        (
            (
                [["Date", *NAMES], *[[46000.0 + at, *row] for at, row in enumerate(MOVES)]],
                [[46000.0, 0.01], [46001.0, 0.02]],
                "Daily",
            ),
            "TE-110 returns has 6 dates, must have more than the 60 of option Look-back.",
        ),
        (
            (
                *(
                    [["Date", *NAMES], *[[46000.0 + at, *row] for at, row in enumerate(MOVES)]],
                    [[46000.0, 0.01], [46001.0, 0.02]],
                ),
                *("Daily", None, None, look_back(2.0)),
            ),
            "TE-140 benchmark has no return for 2025-12-11, 2025-12-12, 2025-12-13, 2025-12-14, must have one for each date of returns.",
        ),
        (
            (
                *([["Date", *NAMES], *[[46000.0 + at, *row] for at, row in enumerate(MOVES)]],),
                *([["Date", *NAMES], [46004.0, 0.5, 0.5, None]], "Daily", None, None, look_back(2.0)),
            ),
            "TE-100 benchmark begins after 2025-12-10, must have weights for the day on which the portfolio is built.",
        ),
        (
            ([NAMES, *MOVES], [["AAA", 0.5], ["BBB", None]], "Daily", None, None, look_back(2.0)),
            "TE-100 benchmark has no weight for BBB, must have one.",
        ),
        (
            ([NAMES, *MOVES], HALVES, "Daily", None, COSTS, [*look_back(2.0), ["History", 2.0]]),
            "TE-100 options History (row 3) is 2, must be from 0.01 to 1.",
        ),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(arguments: tuple[Given, ...], expected: str) -> None:
    assert sentence(*arguments) == expected


def test_what_an_estimator_cannot_do_is_told_with_its_option_or_date() -> None:
    returns, names, days = market(5, gaps=True)
    given = [[name, 0.125] for name in names]
    both = look_back(50.0, Covariance="OAS", Missing_returns="EM")
    assert sentence(panel(returns, names, days), given, "Monthly", None, None, both) == (
        "TE-100 options Missing returns is EM for the method OAS, must be Complete: only Sample can do with gaps so."
    )
    returns, names, days = market(5)
    returns[np.arange(60, 150), np.arange(90) % 8] = np.nan
    told = [*look_back(50.0), ["History", 0.5]]
    assert sentence(panel(returns, names, days), given, "Every 90", None, None, told) == (
        "TE-110 returns up to 2024-07-12 has 0 complete dates, must have 2 or more."
    )


def test_real_prices_of_twenty_names_over_thirty_years() -> None:
    source = DATA / "skfolio" / "sp500_dataset.csv.gz"
    if not source.exists():
        pytest.skip("the folder shared/data beside the project is absent")
    prices = pd.read_csv(source, index_col=0, parse_dates=True)
    prices = prices.iloc[-1500:]
    returns = prices.pct_change().iloc[1:]
    names = list(returns.columns)
    days = [stamp.date() for stamp in returns.index]
    equal = [[name, 1 / len(names)] for name in names]
    limits = [
        ["Type", "Item", "Min", "Max"],
        ["Exclude", names[0], None, None],
        ["Turnover", None, None, 0.05],
    ]
    told = look_back(250.0, Periods=252.0)
    got = table(panel(returns.to_numpy(), names, days), equal, "Quarterly", limits, None, told)
    # An equally weighted portfolio bought at the close before the first row and left alone: mean of the price relatives.
    relative = prices.iloc[-1] / prices.iloc[250]
    assert (1 + got["Benchmark"]).prod() == pytest.approx(relative.mean(), rel=1e-10)
    starts = [
        serial(after) for day, after in pairwise(days[249:]) if (day.month - 1) // 3 != (after.month - 1) // 3
    ]
    assert got.index[got["Trade"] == "Yes"].tolist() == sorted({serial(days[250]), *starts})
    assert got["Names"].max() <= len(names) - 1
    assert 0.5 < got["Active"].std(ddof=1) * math.sqrt(252) / got["Ex-ante TE"].mean() < 2.0
