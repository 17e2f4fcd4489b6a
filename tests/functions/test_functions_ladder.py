"""TE_LADDER: each trade the best of all pairs, found again by trying every pair, and the last one at the optimum."""

import itertools
import math

import numpy as np
import pytest

from tests.example_sheet import NAMED
from trackerr_xl import evaluate
from trackerr_xl.sheet.cells import CellError


def tracking_error(weights: np.ndarray, benchmark: np.ndarray, cov: np.ndarray) -> float:
    away = weights - benchmark
    return math.sqrt(max(away @ cov @ away, 0.0))


def market(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 8))
    loads = rng.normal(size=(n, 2)) * 0.1
    cov = loads @ loads.T + np.diag(rng.uniform(0.05, 0.1, n) ** 2)
    return rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n)), cov, rng.uniform(0.0005, 0.005, n)


@pytest.mark.parametrize("seed", range(20))
def test_every_trade_is_the_best_of_all_pairs(seed: int) -> None:
    held, benchmark, cov, costs = market(seed)
    table = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 1.2 * float(benchmark.max())]]
    header, now, *rows = evaluate("TE_LADDER", held, benchmark, cov, costs, table)
    assert header == [
        *("Sell", "Buy", "Size", "TE removed", "TE removed per cost", "TE after", "Turnover", "Cost")
    ]
    best = np.ravel(np.array(evaluate("TE_OPTIMIZE", benchmark, cov, table), dtype=float))
    assert now[5] == pytest.approx(tracking_error(held, benchmark, cov), rel=1e-12)
    weights, spent = held.copy(), 0.0
    for row in rows:
        left = best - weights
        sells = [at for at in range(left.size) if left[at] < -1e-13]
        buys = [at for at in range(left.size) if left[at] > 1e-13]
        before = tracking_error(weights, benchmark, cov)
        options = {}
        for sell, buy in itertools.product(sells, buys):
            size = min(-left[sell], left[buy])
            moved = weights.copy()
            moved[sell] -= size
            moved[buy] += size
            fall = before**2 - tracking_error(moved, benchmark, cov) ** 2
            options[sell, buy] = (fall / (size * (costs[sell] + costs[buy])), size, moved)
        sell, buy = (int(str(name).removeprefix("Asset ")) - 1 for name in row[:2])
        gain, size, moved = options[sell, buy]
        assert gain >= max(option[0] for option in options.values()) - 1e-9 * abs(gain)
        spent += size * (costs[sell] + costs[buy])
        after = tracking_error(moved, benchmark, cov)
        assert row[2] == pytest.approx(size, rel=1e-9)
        assert row[3] == pytest.approx(before - after, rel=1e-6, abs=1e-12)
        assert row[5:] == [
            pytest.approx(after, rel=1e-7, abs=1e-10),
            pytest.approx(0.5 * np.abs(moved - held).sum(), rel=1e-9),
            pytest.approx(spent, rel=1e-9),
        ]
        weights = moved
    np.testing.assert_allclose(weights, best, atol=1e-11)


def test_without_costs_the_order_is_by_turnover_and_said_so() -> None:
    held = [["AAA", 0.2], ["BBB", 0.5], ["CCC", 0.3]]
    header, *_, last = evaluate("TE_LADDER", held, NAMED["Benchmark"], NAMED["Cov"])
    assert header[4] == "TE removed per turnover"
    assert last[5] == pytest.approx(0.0, abs=1e-12)
    assert last[6:] == [pytest.approx(0.2), 0.0]
    words = evaluate("TE_EXPLAIN", "TE_LADDER", held, NAMED["Benchmark"], NAMED["Cov"])
    assert ["Order", "No costs are given: the order is by tracking error removed per turnover."] in words


def test_what_is_not_funded_by_a_sale_is_paid_from_cash() -> None:
    _, _, *rows = evaluate("TE_LADDER", [0.3, 0.3, 0.2], [0.4, 0.3, 0.3], np.diag([0.04, 0.01, 0.09]), 0.001)
    # 0.1 of each of two names is missing: the one with more risk removes more for the same cost.
    assert [row[:3] for row in rows] == [
        ["Cash", "Asset 3", pytest.approx(0.1)],
        ["Cash", "Asset 1", pytest.approx(0.1)],
    ]
    assert rows[0][5] == pytest.approx(0.1 * 0.2)
    assert rows[1][5:] == [pytest.approx(0.0, abs=1e-12), pytest.approx(0.1), pytest.approx(0.0002)]


def test_nothing_to_do_leaves_the_holdings_alone() -> None:
    _, *rows = evaluate("TE_LADDER", NAMED["Benchmark"], NAMED["Benchmark"], NAMED["Cov"])
    assert rows == [["Held now", "", "", "", "", 0.0, 0.0, 0.0]]


def test_five_hundred_names_are_traded_in_no_time_and_arrive() -> None:
    rng = np.random.default_rng(0)
    loads = rng.normal(size=(500, 5)) * 0.1
    cov = loads @ loads.T + np.diag(rng.uniform(0.05, 0.2, 500) ** 2)
    held, benchmark = rng.dirichlet(np.ones(500)), rng.dirichlet(np.ones(500))
    *_, last = evaluate("TE_LADDER", held, benchmark, cov, 0.001)
    assert last[5] == pytest.approx(0.0, abs=1e-9)
    assert last[6] == pytest.approx(0.5 * np.abs(held - benchmark).sum(), rel=1e-9)


def test_a_negative_cost_is_refused() -> None:
    assert evaluate("TE_LADDER", [0.5, 0.5], [0.4, 0.6], np.eye(2), [0.001, -0.001]) == [
        [CellError("#VALUE!")]
    ]
    words = dict(evaluate("TE_EXPLAIN", "TE_LADDER", [0.5, 0.5], [0.4, 0.6], np.eye(2), [0.001, -0.001]))
    assert words["Sentence"] == "TE-100 costs Asset 2 is -0.001, must be zero or more."
