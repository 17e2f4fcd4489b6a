"""TE_CONSTRAINTS: values worked by hand, costs against finite differences, removals against tables without the row."""

import math

import numpy as np
import pytest

from tests.example_sheet import NAMED
from trackerr_xl import evaluate
from trackerr_xl.sheet.cells import Cell, CellError

HEADER = ["Type", "Item", "Min", "Max", "Basis", "Penalty", "On"]
CURRENT = [["AAA", 0.2], ["BBB", 0.5], ["CCC", 0.3]]
TABLE: list[list[Cell]] = [
    HEADER,
    ["Weight", "*", 0.0, 0.6, None, None, None],
    ["Weight", "AAA", None, 0.36, None, None, None],
    ["Group", "Sector=*", -0.05, 0.05, "Active", None, None],
    ["Exposure", "Duration", -0.2, 0.25, "Active", None, None],
    ["Turnover", None, None, 0.2, None, None, None],
    ["Gross", None, None, 1.5, None, None, "no"],
    ["ActiveShare", None, None, 0.3, None, None, None],
    ["Ratio", "AAA / BBB", 0.5, 1.05, None, None, None],
    ["Weight", "*", None, 1.1, "Relative", None, None],
    ["Trade", "CCC", -0.1, 0.05, None, None, None],
]
ARGUMENTS = [NAMED["Benchmark"], NAMED["Cov"], TABLE, NAMED["Assets"], CURRENT]


def answered(portfolio: object) -> dict[int, list[Cell]]:
    """Rows of the answer by their row in the table."""
    header, *rows = evaluate("TE_CONSTRAINTS", portfolio, *ARGUMENTS)
    assert header == [
        "Type",
        "Item",
        "Value",
        "Slack",
        "Status",
        "TE per unit of Min",
        "TE per unit of Max",
        "TE if removed",
        "Where",
    ]
    return dict(enumerate(rows, start=2))


def test_values_of_a_portfolio_are_those_worked_by_hand() -> None:
    # b = (0.4, 0.3, 0.3); Banks are AAA and CCC; durations 2, 5, 7; held 0.2, 0.5, 0.3.
    rows = answered([["AAA", 0.3], ["BBB", 0.4], ["CCC", 0.3]])
    near = pytest.approx
    assert rows[2][2:5] == [near(0.4), near(0.2), "OK"]
    assert rows[2][8] == "BBB"
    assert rows[3][2:5] == [near(0.3), near(0.06), "OK"]
    # Banks 0.6 − 0.7, Oil 0.4 − 0.3: both 0.05 beyond.
    assert rows[4][3:5] == [near(-0.05), "Violated"]
    # 0.6 + 2.0 + 2.1 = 4.7 against 0.8 + 1.5 + 2.1 = 4.4.
    assert rows[5][2:5] == [near(0.3), near(-0.05), "Violated"]
    assert rows[6][2:5] == [near(0.1), near(0.1), "OK"]
    assert rows[7] == ["Gross", "", "", "", "Off", "", "", "", ""]
    assert rows[8][2:5] == [near(0.1), near(0.2), "OK"]
    assert rows[9][2:5] == [near(0.75), near(0.25), "OK"]
    # BBB holds 4/3 of its index weight where 1.1 are allowed.
    assert rows[10][2:5] == [near(4 / 3), near(1.1 - 4 / 3), "Violated"]
    assert rows[10][8] == "BBB"
    assert rows[11][2:5] == [near(0.0), near(0.05), "OK"]


def test_a_portfolio_that_is_not_the_best_is_told_so() -> None:
    words = evaluate("TE_EXPLAIN", "TE_CONSTRAINTS", [0.3, 0.4, 0.3], *ARGUMENTS)
    assert any("not the best within the table" in text for topic, text in words if topic == "Warning")


def market(seed: int) -> tuple[np.ndarray, np.ndarray, list[list[Cell]], list[list[Cell]], np.ndarray]:
    """Benchmark, covariance, a table of hard rows, attributes and weights held."""
    rng = np.random.default_rng(seed)
    n = 8
    loads = rng.normal(size=(n, 3)) * 0.05
    cov = loads @ loads.T + np.diag(rng.uniform(0.01, 0.03, n) ** 2)
    benchmark, held = rng.dirichlet(np.ones(n) * 3), rng.dirichlet(np.ones(n) * 3)
    names = [f"N{at}" for at in range(n)]
    attributes = [["Name", "Sector", "Duration"]] + [
        [name, "XY"[at % 2], float(rng.uniform(1, 9))] for at, name in enumerate(names)
    ]
    duration = np.array([row[2] for row in attributes[1:]])
    table: list[list[Cell]] = [
        HEADER[:5],
        ["Weight", "*", 0.0, float(benchmark.max()) * 0.8, None],
        ["Weight", names[1], float(benchmark[1]) + 0.03, None, None],
        ["Group", "Sector=X", None, -0.06, "Active"],
        ["Exposure", "Duration", float(duration @ benchmark) + 0.1, None, None],
        ["Turnover", None, None, 0.6, None],
        ["Weight", "*", None, 1.9, "Relative"],
    ]
    return benchmark, cov, table, attributes, held


def tracking_error(seed: int, table: list[list[Cell]]) -> float:
    benchmark, cov, _, attributes, held = market(seed)
    weights = np.ravel(
        np.array(evaluate("TE_OPTIMIZE", benchmark, cov, table, attributes, held), dtype=float)
    )
    return math.sqrt((weights - benchmark) @ cov @ (weights - benchmark))


@pytest.mark.parametrize("seed", range(12))
def test_costs_are_the_slopes_of_the_tracking_error(seed: int) -> None:
    benchmark, cov, table, attributes, held = market(seed)
    weights = evaluate("TE_OPTIMIZE", benchmark, cov, table, attributes, held)
    _, *rows = evaluate("TE_CONSTRAINTS", weights, benchmark, cov, table, attributes, held)
    step = 1e-6
    for at, row in enumerate(rows, start=1):
        for cell, sign in ((2, -1.0), (3, 1.0)):
            if table[at][cell] is None:
                assert row[cell + 3] == ""
                continue
            ends = []
            for move in (-step, step):
                moved = [list(line) for line in table]
                moved[at][cell] = table[at][cell] + move
                ends.append(tracking_error(seed, moved))
            slope = -sign * (ends[1] - ends[0]) / (2 * step)
            assert row[cell + 3] == pytest.approx(slope, rel=2e-4, abs=1e-7), (table[at], cell)


@pytest.mark.parametrize("seed", range(6))
def test_removals_are_the_tables_without_the_row(seed: int) -> None:
    benchmark, cov, table, attributes, held = market(seed)
    weights = evaluate("TE_OPTIMIZE", benchmark, cov, table, attributes, held)
    _, *rows = evaluate("TE_CONSTRAINTS", weights, benchmark, cov, table, attributes, held)
    for at, row in enumerate(rows, start=1):
        rest = [line for place, line in enumerate(table) if place != at]
        assert row[7] == pytest.approx(tracking_error(seed, rest), rel=1e-7, abs=1e-12), table[at]


def test_the_cost_of_a_soft_row_is_that_of_all_its_names() -> None:
    """Tracking error plus penalties, minimised by Clarabel in the tests of the optimizer, has this slope."""
    table = [[*HEADER[:4], "Penalty"], ["Weight", "*", None, 0.33, 0.05]]
    benchmark, cov = NAMED["Benchmark"], NAMED["Cov"]
    square = np.array([row[1:] for row in cov[1:]], dtype=float)
    index = np.array([row[1] for row in benchmark])

    def value(limit: float) -> float:
        table[1][3] = limit
        weights = np.array([row[1] for row in evaluate("TE_OPTIMIZE", benchmark, cov, table)])
        away = weights - index
        return math.sqrt(away @ square @ away) + 0.05 * np.maximum(weights - limit, 0.0).sum()

    slope = (value(0.329999) - value(0.330001)) / 2e-6
    table[1][3] = 0.33
    weights = evaluate("TE_OPTIMIZE", benchmark, cov, table)
    _, row = evaluate("TE_CONSTRAINTS", weights, benchmark, cov, table)
    assert row[6] == pytest.approx(slope, rel=1e-4)


def test_at_the_benchmark_itself_costs_do_not_exist() -> None:
    table = [HEADER[:4], ["Weight", "*", 0.0, 0.5]]
    _, row = evaluate("TE_CONSTRAINTS", NAMED["Benchmark"], NAMED["Benchmark"], NAMED["Cov"], table)
    assert row[5:8] == [CellError("#N/A"), CellError("#N/A"), pytest.approx(0.0, abs=1e-12)]
    words = evaluate(
        "TE_EXPLAIN", "TE_CONSTRAINTS", NAMED["Benchmark"], NAMED["Benchmark"], NAMED["Cov"], table
    )
    assert ["Prices", "The tracking error is 0: what a limit costs is not defined."] in words


def test_percent_weights_have_percent_rows() -> None:
    table = [HEADER[:4], ["Weight", "*", 0.0, 33.5]]
    options = [["Option", "Value"], ["Units", "Percent"]]
    benchmark = [["AAA", 40.0], ["BBB", 30.0], ["CCC", 30.0]]
    weights = evaluate("TE_OPTIMIZE", benchmark, NAMED["Cov"], table, None, None, options)
    _, row = evaluate("TE_CONSTRAINTS", weights, benchmark, NAMED["Cov"], table, None, None, options)
    plain = [HEADER[:4], ["Weight", "*", 0.0, 0.335]]
    held = [[name, value / 100] for name, value in weights]
    _, fraction = evaluate("TE_CONSTRAINTS", held, NAMED["Benchmark"], NAMED["Cov"], plain)
    assert row[2] == pytest.approx(100 * fraction[2])
    assert row[6] == pytest.approx(fraction[6] / 100)
    assert row[7] == pytest.approx(fraction[7])


def test_a_row_whose_cells_are_worth_nothing_alone_may_still_cost_when_it_is_removed() -> None:
    # Both sectors are held at the index exactly: more room above in one needs room below in the other.
    benchmark, cov, _, attributes, _ = market(3)
    cap = ["Weight", "*", 0.0, float(benchmark.max()) * 0.8, None]
    table = [HEADER[:5], cap, ["Group", "Sector=*", 0.0, 0.0, "Active"]]
    weights = evaluate("TE_OPTIMIZE", benchmark, cov, table, attributes)
    _, _, sectors = evaluate("TE_CONSTRAINTS", weights, benchmark, cov, table, attributes)
    free = np.ravel(
        np.array(evaluate("TE_OPTIMIZE", benchmark, cov, [HEADER[:5], cap], attributes), dtype=float)
    )
    assert sectors[5:7] == [0.0, 0.0]
    assert sectors[7] == pytest.approx(math.sqrt((free - benchmark) @ cov @ (free - benchmark)), rel=1e-9)
    held = np.ravel(np.array(weights, dtype=float))
    assert sectors[7] < 0.999 * math.sqrt((held - benchmark) @ cov @ (held - benchmark))
