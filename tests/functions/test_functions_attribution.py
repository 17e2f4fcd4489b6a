"""BRINSON: a table worked by hand, Cariño's factors by their definition, and sums that must come out."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError

NA = CellError("#N/A")

# Two groups; weights, returns and effects in the margin are worked by hand.
W = [["A", 0.3], ["B", 0.2], ["C", 0.5]]
B = [["A", 0.2], ["B", 0.2], ["C", 0.6]]
R = [["A", 0.10], ["B", 0.05], ["C", 0.02]]
Q = [["A", 0.06], ["B", 0.04], ["C", 0.01]]
GROUPS = [["A", "Equity"], ["B", "Equity"], ["C", "Bonds"]]


def sentence(*arguments: object) -> str:
    fault = call("BRINSON", arguments).fault  # type: ignore[arg-type]  # what a host would hand over
    assert fault is not None
    return fault.sentence


def test_a_period_is_worked_by_hand() -> None:
    # Equity: r = 0.04/0.5 = 0.08, q = 0.02/0.4 = 0.05. Bonds: 0.02 and 0.01. All: r = 0.05, q = 0.026.
    header, equity, bonds, total = evaluate("BRINSON", W, B, R, Q, GROUPS)
    assert header == [
        *("Group", "Portfolio weight", "Benchmark weight", "Portfolio return", "Benchmark return"),
        *("Allocation", "Selection", "Interaction", "Total"),
    ]
    assert equity[1:] == pytest.approx(
        [0.5, 0.4, 0.08, 0.05, 0.1 * 0.024, 0.4 * 0.03, 0.1 * 0.03, 0.0174], rel=1e-12
    )
    assert bonds[1:] == pytest.approx(
        [0.5, 0.6, 0.02, 0.01, 0.1 * 0.016, 0.6 * 0.01, -0.1 * 0.01, 0.0066], rel=1e-12
    )
    assert total[1:] == pytest.approx([1.0, 1.0, 0.05, 0.026, 0.004, 0.018, 0.002, 0.024], rel=1e-12)


def test_a_group_that_only_one_of_them_holds_is_all_allocation() -> None:
    rows = evaluate(
        "BRINSON",
        [["A", 0.7], ["G", 0.3]],
        [["A", 0.6], ["C", 0.4]],
        [["A", 0.1], ["G", -0.05]],
        [["A", 0.08], ["C", 0.02]],
        [["A", "Equity"], ["G", "Gold"], ["C", "Bonds"]],
    )
    # q = 0.056. Gold returned −0.05 in the portfolio, Bonds 0.02 in the benchmark.
    by_group = {row[0]: row[5:8] for row in rows[1:]}
    assert by_group["Gold"] == pytest.approx([0.3 * (-0.05 - 0.056), 0.0, 0.0], abs=1e-15)
    assert by_group["Bonds"] == pytest.approx([-0.4 * (0.02 - 0.056), 0.0, 0.0], abs=1e-15)
    assert rows[2][4] == NA
    assert rows[-1][8] == pytest.approx(0.055 - 0.056, rel=1e-12)


def effects_of_two_quarters() -> tuple[list[list[object]], float]:
    """One group over- and one underweighted, twice; the linked allocation by the definition of Cariño's factors."""
    w, b = [[0.6, 0.4], [0.5, 0.5]], [[0.5, 0.5], [0.5, 0.5]]
    q = [[0.10, 0.02], [-0.04, 0.06]]
    r = [[0.12, 0.02], [-0.04, 0.08]]
    ours = [0.6 * 0.12 + 0.4 * 0.02, 0.5 * -0.04 + 0.5 * 0.08]
    theirs = [0.06, 0.01]

    def per_difference(one: float, other: float) -> float:
        return (math.log(1 + one) - math.log(1 + other)) / (one - other)

    whole = per_difference((1 + ours[0]) * (1 + ours[1]) - 1, 1.06 * 1.01 - 1)
    # Allocation of the first quarter: 0.1 · 0.04 + (−0.1) · (−0.04); none in the second.
    allocation = per_difference(ours[0], theirs[0]) / whole * 0.008
    return evaluate("BRINSON", w, b, r, q, ["Growth", "Value"]), allocation


def test_periods_are_linked_by_the_factors_of_carino() -> None:
    rows, allocation = effects_of_two_quarters()
    total = rows[-1]
    assert total[5] == pytest.approx(allocation, rel=1e-12)
    assert total[8] == pytest.approx(1.08 * 1.02 - 1.06 * 1.01, rel=1e-12)
    # Mean weights, compounded returns.
    assert rows[1][1:5] == pytest.approx([0.55, 0.5, 1.12 * 0.96 - 1, 1.10 * 0.96 - 1], rel=1e-12)


def test_equal_returns_in_every_period_still_have_factors() -> None:
    # 0.1 more of A and 0.1 less of B earn nothing: both returned the same.
    weights, index = [[0.6, 0.4], [0.6, 0.4]], [[0.5, 0.5], [0.5, 0.5]]
    returns = [[0.1, 0.1], [0.02, 0.02]]
    rows = evaluate("BRINSON", weights, index, returns, returns, ["A", "B"])
    assert rows[-1][5:] == pytest.approx([0.0] * 4, abs=1e-17)


def random_panels(seed: int) -> tuple[list[np.ndarray], list[str]]:
    rng = np.random.default_rng(seed)
    t, n = int(rng.integers(1, 8)), int(rng.integers(2, 12))
    weights, index = rng.dirichlet(np.ones(n), t), rng.dirichlet(np.ones(n), t)
    # Some names are held by one of them only, and one is sold short.
    weights[:, 0] = 0.0
    weights[:, 1] -= 0.3
    weights[:, -1] += 1.0 - weights.sum(axis=1)
    returns = rng.normal(0.0, 0.06, (2, t, n))
    groups = [f"G{at}" for at in rng.integers(0, 4, n)]
    return [weights, index, *returns], groups


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 100_000))
def test_everything_adds_up_to_the_compounded_active_return(seed: int) -> None:
    (w, b, r, q), groups = random_panels(seed)
    rows = evaluate("BRINSON", w, b, r, q, groups)
    ours = float(np.prod(1 + (w * r).sum(axis=1)) - 1)
    theirs = float(np.prod(1 + (b * q).sum(axis=1)) - 1)
    table = np.array([[float(cell) for cell in row[5:]] for row in rows[1:]])
    assert table[:-1].sum(axis=0) == pytest.approx(table[-1], abs=1e-13)
    assert table[:, :3].sum(axis=1) == pytest.approx(table[:, 3], abs=1e-13)
    assert table[-1, 3] == pytest.approx(ours - theirs, abs=1e-13)
    assert rows[-1][3:5] == pytest.approx([ours, theirs], abs=1e-13)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 100_000))
def test_the_order_of_names_and_dates_changes_nothing(seed: int) -> None:
    panels, groups = random_panels(seed)
    rng = np.random.default_rng(seed + 1)
    t, n = panels[0].shape
    names, days = [f"N{at}" for at in range(n)], [45000 + at for at in range(t)]

    def named(panel: np.ndarray, shuffled: bool) -> list[list[object]]:
        rows, columns = (rng.permutation(t), rng.permutation(n)) if shuffled else (range(t), range(n))
        head: list[object] = ["Date", *(names[at] for at in columns)]
        return [head, *([days[row], *panel[row, list(columns)].tolist()] for row in rows)]

    members = [[f" {name.lower()} ", group] for name, group in zip(names, groups, strict=True)]
    rng.shuffle(members)
    plain = evaluate("BRINSON", *panels, groups)
    for shuffled in (False, True):
        found = evaluate("BRINSON", *(named(panel, shuffled) for panel in panels), members)
        by_group = {row[0]: row[1:] for row in found}
        for label, *cells in plain[1:]:
            for cell, expected in zip(by_group[label], cells, strict=True):
                assert cell == (
                    expected
                    if isinstance(expected, CellError)
                    else pytest.approx(expected, rel=1e-10, abs=1e-12)
                )


def test_weights_with_another_sum_leave_a_row_of_their_own() -> None:
    reply = call("BRINSON", [[[0.5], [0.4]], [[0.5], [0.5]], [[0.1], [0.2]], [[0.1], [0.1]], [["A"], ["B"]]])
    assert reply.grid[3][0] == "Weights unmatched"
    assert reply.grid[3][8] == pytest.approx(-0.1 * 0.1, rel=1e-12)
    # 0.05 + 0.08 less 0.1.
    assert reply.grid[4][8] == pytest.approx(0.03, rel=1e-12)
    assert (
        "Warning",
        "The weights of portfolio and benchmark have sums that differ by up to 0.1: add the cash line. What that leaves over, "
        "-0.01, is no group's.",
    ) in reply.notes


def test_only_names_that_are_held_need_a_return() -> None:
    lacking = [["A", 0.1], ["C", None]]
    rows = evaluate(
        "BRINSON",
        [["A", 1.0], ["C", 0.0]],
        [["A", 0.5], ["C", 0.5]],
        lacking,
        [["A", 0.1], ["C", 0.2]],
        [["A", "X"], ["C", "Y"]],
    )
    assert rows[-1][8] == pytest.approx(0.1 - 0.15, rel=1e-12)
    assert sentence([["A", 0.5], ["C", 0.5]], [["A", 0.5], ["C", 0.5]], lacking, R, GROUPS) == (
        "TE-140 portfolio_returns has no return for C, must have one where there is a weight."
    )


def test_what_does_not_fit_is_refused_in_words() -> None:
    two = [[0.5, 0.5], [0.5, 0.5]]
    assert sentence(two, two, [[0.1], [0.2]], two, [["A"], ["B"]]) == (
        "TE-110 portfolio_returns covers 1 of portfolio's 2 periods, must have as many."
    )
    assert sentence([[1.5, -0.5]], [[1.5, -0.5]], [[0.1, 0.1]], [[0.1, 0.1]], [["A", "B", "C"]]) == (
        "TE-110 groups has 3 rows, must have 2 like portfolio."
    )
    # A row of two is one name and its group.
    assert sentence(two, two, two, two, [["A", "B"]]) == (
        "TE-110 groups has 1 rows, must have 2 like portfolio."
    )
    assert sentence([[1.5], [-0.5]], [[1.5], [-0.5]], [[0.1], [0.1]], [[0.1], [0.1]], [["A"], ["B"]]) == (
        "TE-100 benchmark has a negative weight, must have none."
    )
    assert sentence([[50.0], [50.0]], [[0.5], [0.5]], [[0.1], [0.1]], [[0.1], [0.1]], [["A"], ["B"]]) == (
        "TE-150 portfolio weights sum to 100, not 1: divide by 100."
    )
    dated = [["Date", "A", "B"], [45000.0, 0.5, 0.5], [45031.0, 0.5, 0.5]]
    later = [["Date", "A", "B"], [45031.0, 0.01, 0.02], [45061.0, 0.01, 0.02]]
    assert sentence(dated, dated, later, later, [["A", "X"], ["B", "Y"]]) == (
        "TE-140 portfolio_returns has no entry for 2023-03-15, must have the dates of portfolio: a weight is dated as the return "
        "that it earns."
    )
    lost = [[-1.0, -1.0], [0.1, 0.1]]
    assert sentence(two, two, lost, two, [["A"], ["B"]]) == (
        "TE-100 portfolio_returns come to -1 in a period, must be above -1 to be linked."
    )
