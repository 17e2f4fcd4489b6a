"""TE_OPTIMIZE as a cell sees it, against closed forms, another solver and the conditions of optimality."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.example_sheet import NAMED
from tests.oracles import clarabel_verdict
from trackerr_xl import TrackingProblem, evaluate
from trackerr_xl.core.problem import LinearRows
from trackerr_xl.core.solve import solve
from trackerr_xl.sheet.call import call

B = [0.4, 0.3, 0.3]
COV = [[4e-4, 1e-4, 0.0], [1e-4, 9e-4, 2e-4], [0.0, 2e-4, 16e-4]]
HEADER = ["Type", "Item", "Min", "Max", "Basis"]


def weights(*arguments: object) -> np.ndarray:
    grid = evaluate("TE_OPTIMIZE", *arguments)
    return np.array([row[-1] for row in grid], dtype=float)


def test_two_arguments_give_the_benchmark() -> None:
    assert evaluate("TE_OPTIMIZE", B, COV) == [[pytest.approx(w, abs=1e-12)] for w in B]


def test_a_row_gives_a_row_and_names_give_names() -> None:
    assert evaluate("TE_OPTIMIZE", [B], COV) == [[pytest.approx(w, abs=1e-12) for w in B]]
    grid = evaluate("TE_OPTIMIZE", [["Bond A", 0.4], ["Bond B", 0.3], ["Bond C", 0.3]], COV)
    assert [row[0] for row in grid] == ["Bond A", "Bond B", "Bond C"]
    assert [row[1] for row in grid] == pytest.approx(B, abs=1e-12)


def test_a_cap_matches_the_closed_form() -> None:
    # With w1 = 0.35 the rest is one unknown: a = (−0.05, 0.05 − x, x), and d(a'Σa)/dx = 0.
    s = np.array(COV)
    p, d = np.array([-0.05, 0.05, 0.0]), np.array([0.0, -1.0, 1.0])
    x = -(d @ s @ p) / (d @ s @ d)
    limits = [HEADER, ["Weight", "Bond A", None, 0.35, None]]
    named = [["Bond A", 0.4], ["Bond B", 0.3], ["Bond C", 0.3]]
    assert weights(named, COV, limits) == pytest.approx(np.array(B) + p + x * d, abs=1e-12)


def test_names_outside_the_benchmark_may_be_held() -> None:
    # X has the risk of half A and half B, so that replacing both by X costs nothing.
    cov = [["", "A", "B", "X"], ["A", 0.04, 0.0, 0.02], ["B", 0.0, 0.04, 0.02], ["X", 0.02, 0.02, 0.02]]
    limits = [HEADER, ["Exclude", "A", None, None, None]]
    grid = evaluate("TE_OPTIMIZE", [["A", 0.5], ["B", 0.5]], cov, limits)
    assert grid == [["A", 0.0], ["B", pytest.approx(0.0, abs=1e-9)], ["X", pytest.approx(1.0, abs=1e-9)]]


def test_hold_keeps_the_current_weight() -> None:
    current = [["A", 0.1], ["B", 0.9]]
    cov = [["", "A", "B", "C"], *([name, *row] for name, row in zip("ABC", COV, strict=True))]
    limits = [HEADER, ["Hold", "A", None, None, None]]
    assert weights([["A", 0.4], ["B", 0.3], ["C", 0.3]], cov, limits, None, current)[0] == 0.1


def test_names_of_the_current_weights_serve_a_benchmark_without_names() -> None:
    cov = [["", "B", "A"], ["B", 0.09, 0.0], ["A", 0.0, 0.04]]
    limits = [HEADER, ["Hold", "B", None, None, None]]
    assert weights([0.5, 0.5], cov, limits, None, [["A", 0.3], ["B", 0.7]]) == pytest.approx(
        [0.3, 0.7], abs=1e-12
    )


def test_current_weights_without_names_follow_the_benchmark() -> None:
    cov = [["", "C", "A", "B"], ["C", 0.01, 0.0, 0.0], ["A", 0.0, 0.04, 0.0], ["B", 0.0, 0.0, 0.09]]
    limits = [HEADER, ["Hold", "B", None, None, None], ["Exclude", "C", None, None, None]]
    grid = evaluate("TE_OPTIMIZE", [["A", 0.5], ["B", 0.5]], cov, limits, None, [0.3, 0.7])
    assert grid == [["A", pytest.approx(0.3, abs=1e-12)], ["B", 0.7], ["C", 0.0]]


def test_switched_off_rows_and_blank_rows_do_nothing() -> None:
    limits = [
        [*HEADER, "On"],
        [None] * 6,
        ["Turnover", None, None, 0.1, None, "no"],
        ["Weight", "*", None, 0.3, None, False],
    ]
    assert weights(B, COV, limits) == pytest.approx(B, abs=1e-12)


def test_percent_in_gives_percent_out() -> None:
    options = [["Option", "Value"], ["Units", "percent"]]
    limits = [
        HEADER,
        ["Weight", "A", None, 35, None],
        ["Weight", "*", -6, 6, "Active"],
        ["Weight", "*", 0, 1.3, "Relative"],
    ]
    fractions = [
        HEADER,
        ["Weight", "A", None, 0.35, None],
        ["Weight", "*", -0.06, 0.06, "Active"],
        ["Weight", "*", 0, 1.3, "Relative"],
    ]
    names = ["A", "B", "C"]
    percent = weights([[n, 100 * w] for n, w in zip(names, B, strict=True)], COV, limits, None, None, options)
    plain = weights([[n, w] for n, w in zip(names, B, strict=True)], COV, fractions)
    assert percent == pytest.approx(100 * plain, abs=1e-8)
    assert plain[0] == pytest.approx(0.35)


def test_percent_fills_the_full_layout_too() -> None:
    layout = [["Option", "Value"], ["Layout", "Full"]]
    limits = [HEADER, ["Weight", "A", 0, 1.2, "Relative"], ["Exclude", "B", None, None, None]]
    pairs = [["A", 0.4], ["B", 0.3], ["C", 0.3]]
    decimal = evaluate("TE_OPTIMIZE", pairs, COV, limits, None, None, layout)
    percent = evaluate(
        "TE_OPTIMIZE",
        [[n, 100 * w] for n, w in pairs],
        COV,
        limits,
        None,
        None,
        [*layout, ["Units", "Percent"]],
    )
    for one, other in zip(decimal[1:], percent[1:], strict=True):
        assert other[1:] == pytest.approx([100 * cell for cell in one[1:]], abs=1e-9)


def test_the_sum_can_be_another_number() -> None:
    options = [["Option", "Value"], ["Sum to", 0.9]]
    assert weights(B, COV, None, None, None, options).sum() == pytest.approx(0.9, abs=1e-12)


def test_an_answer_worse_than_the_tolerance_is_refused() -> None:
    # Three dates for fourteen names leave many portfolios of no tracking error, and roundoff in the proof of one.
    for seed in range(200):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(14, 3)) * np.exp(2 * rng.normal(size=14))[:, None]
        benchmark, cov = rng.dirichlet(np.ones(14)), x @ x.T / 3
        proof = solve(TrackingProblem.build(benchmark, cov, 0.2)).certificate
        worst = max(proof.relative_gap, proof.violation)
        if worst > 2e-12:
            break
    limits = [HEADER, ["Weight", "*", 0, 0.2, None]]
    strict = [["Option", "Value"], ["Tolerance", worst / 2]]
    reply = call("TE_OPTIMIZE", [benchmark[:, None], cov, limits, None, None, strict])
    assert reply.fault is not None
    assert reply.fault.sentence == f"TE-300 reached {worst:.2g}, option Tolerance asks for {worst / 2:.2g}."
    loose = [["Option", "Value"], ["Tolerance", worst * 2]]
    assert call("TE_OPTIMIZE", [benchmark[:, None], cov, limits, None, None, loose]).fault is None


def test_names_the_covariance_has_not_can_be_dropped() -> None:
    options = [["Option", "Value"], ["Missing cov name", "Drop"]]
    cov = [["", "A", "B"], ["A", 0.04, 0.01], ["B", 0.01, 0.09]]
    arguments = [["A", 0.3], ["Z", 0.4], ["B", 0.3]], cov, None, None, None, options
    assert evaluate("TE_OPTIMIZE", *arguments) == [
        ["A", pytest.approx(0.5)],
        ["Z", 0.0],
        ["B", pytest.approx(0.5)],
    ]
    assert ["Warning", "cov has no entry for Z: dropped, the benchmark rescaled without."] in evaluate(
        "TE_EXPLAIN", "TE_OPTIMIZE", *arguments
    )


def test_the_full_layout_adds_up() -> None:
    options = [["Option", "Value"], ["Layout", "Full"], ["Periods", 12]]
    current = [["AAA", 0.2], ["BBB", 0.3], ["CCC", 0.5]]
    arguments = (NAMED["Benchmark"], NAMED["Cov"], NAMED["Limits"], NAMED["Assets"], current, options)
    header, *rows = evaluate("TE_OPTIMIZE", *arguments)
    assert header == ["Name", "Weight", "Active", "TE contribution", "Trade"]
    table = np.array([row[1:] for row in rows], dtype=float)
    plain = weights(*arguments[:4])
    assert table[:, 0] == pytest.approx(plain, abs=1e-14)
    assert table[:, 1] == pytest.approx(plain - B, abs=1e-14)
    assert table[:, 2].sum() == pytest.approx(math.sqrt(12 * (plain - B) @ COV @ (plain - B)), rel=1e-12)
    assert table[:, 3] == pytest.approx(plain - [0.2, 0.3, 0.5], abs=1e-14)


def test_pandas_objects_carry_their_names() -> None:
    names = ["A", "B", "C"]
    benchmark = pd.Series(B, index=names)
    cov = pd.DataFrame(COV, index=names[::-1], columns=names[::-1])
    limits = pd.DataFrame({"Type": ["Weight"], "Item": ["A"], "Min": [np.nan], "Max": [0.35]})
    turned = np.array(COV)[::-1, ::-1]
    expected = weights(
        [[n, w] for n, w in zip(names, B, strict=True)], turned, [HEADER, ["Weight", "A", None, 0.35, None]]
    )
    assert weights(benchmark, cov, limits) == pytest.approx(expected, abs=1e-12)


def random_case(seed: int) -> tuple[np.ndarray, np.ndarray, list[str], np.ndarray]:
    rng = np.random.default_rng(seed)
    n = 12
    x = rng.normal(size=(n, 2 * n)) * 0.01
    sectors = [f"S{s}" for s in rng.integers(0, 3, n)]
    return rng.dirichlet(np.ones(n)), x @ x.T / n, sectors, rng.uniform(1, 10, n)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_a_table_of_every_kind_matches_another_solver(seed: int) -> None:
    benchmark, cov, sectors, duration = random_case(seed)
    n = benchmark.size
    cap = max(float(benchmark.max()) * 0.8, 1.5 / n)
    names = [f"N{i}" for i in range(n)]
    limits = [
        HEADER,
        ["Weight", "*", 0, cap, None],
        ["Weight", "N0", None, cap / 2, None],
        ["Group", "Sector=*", -0.2, 0.2, "Active"],
        ["Exposure", "Duration", None, 1.02, "Relative"],
        ["Budget", None, 1, 1, None],
    ]
    assets = [["Name", "Sector", "Duration"], *map(list, zip(names, sectors, duration.tolist(), strict=True))]
    grid = evaluate(
        "TE_OPTIMIZE",
        [list(pair) for pair in zip(names, benchmark.tolist(), strict=True)],
        cov,
        limits,
        assets,
    )

    groups = [np.array([float(sector == g) for sector in sectors]) for g in dict.fromkeys(sectors)]
    matrix = np.vstack([np.ones(n), *groups, duration])
    low = [1.0, *(g @ benchmark - 0.2 for g in groups), -np.inf]
    high = [1.0, *(g @ benchmark + 0.2 for g in groups), 1.02 * (duration @ benchmark)]
    upper = np.full(n, cap)
    upper[0] = cap / 2
    rows = LinearRows(matrix, np.array(low), np.array(high), tuple(f"r{i}" for i in range(len(low))))
    verdict = clarabel_verdict(TrackingProblem.build(benchmark, cov, upper, 0.0, budget=None, rows=rows))
    assert (str(grid[0][0]) == "#N/A") == (verdict.status == "infeasible")
    if verdict.status != "solved":
        return
    found = np.array([row[1] for row in grid], dtype=float)
    ours, theirs = ((w - benchmark) @ cov @ (w - benchmark) for w in (found, verdict.weights))
    assert ours <= theirs * (1 + 1e-6) + 1e-14
    assert np.all(found <= upper + 1e-9)
    assert np.all(matrix @ found <= np.array(high) + 1e-8)
    assert np.all(matrix @ found >= np.array(low) - 1e-8)


@given(st.integers(0, 2**32 - 1), st.permutations(range(12)))
@settings(max_examples=25, deadline=None)
def test_order_of_the_names_changes_nothing(seed: int, order: list[int]) -> None:
    benchmark, cov, _, _ = random_case(seed)
    names = [f"N{i}" for i in range(12)]
    limits = [HEADER, ["Weight", "*", 0, 0.15, None]]
    pairs = [list(pair) for pair in zip(names, benchmark.tolist(), strict=True)]
    shuffled = [names[i] for i in order]
    table = [
        ["", *shuffled],
        *([n, *row] for n, row in zip(shuffled, cov[np.ix_(order, order)].tolist(), strict=True)),
    ]
    plain = dict(evaluate("TE_OPTIMIZE", pairs, cov, limits))
    turned = dict(evaluate("TE_OPTIMIZE", [pairs[i] for i in order], table, limits))
    assert {name: turned[name] for name in names} == {
        name: pytest.approx(plain[name], abs=1e-9) for name in names
    }


@pytest.mark.parametrize("scale", [1e-12, 1e-8, 1e-4, 1.0, 1e6])
def test_the_unit_of_the_covariance_changes_no_weight(scale: float) -> None:
    limits = [HEADER, ["Weight", "*", 0, 0.35, None]]
    expected = weights(B, COV, limits)
    assert weights(B, np.array(COV) * scale, limits) == pytest.approx(expected, abs=1e-12)


def test_bond_a_capped_is_binding_and_priced() -> None:
    named = [["A", 0.4], ["B", 0.3], ["C", 0.3]]
    attributes = [["Name", "Sector"], ["A", "Banks"], ["B", "Oil"], ["C", "Oil"]]

    def error(cap: float) -> float:
        limits = [HEADER, ["Group", "Sector=Banks", None, cap, None]]
        w = weights(named, COV, limits, attributes)
        return math.sqrt((w - B) @ COV @ (w - B))

    step = 1e-6
    price = (error(0.35 - step) - error(0.35 + step)) / (2 * step)
    notes = call(
        "TE_OPTIMIZE", [named, COV, [HEADER, ["Group", "Sector=Banks", None, 0.35, None]], attributes]
    ).notes
    binding = [sentence for topic, sentence in notes if topic == "Binding"]
    assert f"Group Sector=Banks (row 2) ≤ 0.35, worth {price:.4g} of tracking error per unit." in binding


def test_a_limit_of_one_name_is_priced() -> None:
    named = [["A", 0.4], ["B", 0.3], ["C", 0.3]]

    def error(cap: float) -> float:
        w = weights(named, COV, [HEADER, ["Weight", "A", None, cap, None]])
        return math.sqrt((w - B) @ COV @ (w - B))

    step = 1e-6
    price = (error(0.35 - step) - error(0.35 + step)) / (2 * step)
    notes = call("TE_OPTIMIZE", [named, COV, [HEADER, ["Weight", "A", None, 0.35, None]]]).notes
    binding = [sentence for topic, sentence in notes if topic == "Binding"]
    assert f"Weight A (row 2): at the Max, worth {price:.4g} of tracking error per unit." in binding


def test_sectors_that_repeat_the_budget_have_no_price_and_say_so() -> None:
    named = [["A", 0.4], ["B", 0.2], ["C", 0.2], ["D", 0.2]]
    attributes = [["Name", "Sector"], ["A", "Banks"], ["B", "Banks"], ["C", "Oil"], ["D", "Oil"]]
    limits = [HEADER, ["Group", "Sector=*", 0, 0, "Active"], ["Weight", "A", None, 0.35, None]]
    notes = call("TE_OPTIMIZE", [named, np.diag([0.04, 0.03, 0.02, 0.01]), limits, attributes]).notes
    alone = ", no price of its own: other limits that bind could stand in for it."
    # By hand: B takes the 0.05 that A gives up, TE = 0.05 √0.07; moving the cap moves both: dTE = √0.07 = 0.2646.
    assert [sentence for topic, sentence in notes if topic == "Binding"] == [
        f"Budget = 1{alone}",
        f"Group Sector=Banks (row 2) = 0.6{alone}",
        f"Group Sector=Oil (row 2) = 0.4{alone}",
        "Weight A (row 3): at the Max, worth 0.2646 of tracking error per unit.",
    ]
