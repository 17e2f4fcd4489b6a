"""TE_TRACK: each loss beside CVXPY and Clarabel, and its value beside TRACKING_ERROR's ex-post methods."""

import math
import warnings

import cvxpy as cp
import numpy as np
import pytest

from tests.example_sheet import NAMED
from trackerr_xl import evaluate

LOSSES = ["Std", "RMS", "MAD", "Downside", "Huber 0.004", "CVaR 90"]


def market(seed: int, names: int, dates: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(dates, 3)) @ rng.normal(size=(3, names)) * 0.01
    returns = factors + rng.normal(size=(dates, names)) * 0.01
    return returns, returns @ rng.dirichlet(np.ones(names)) + rng.normal(size=dates) * 0.003


def loss(method: str, active: object, dates: int) -> object:
    """The loss of an active return, a CVXPY expression or an array wrapped in one."""
    word, _, number = method.partition(" ")
    centred = active - cp.sum(active) / dates
    if word == "CVaR":
        count = (1.0 - float(number) / 100.0) * dates
        # The worst share: the largest whole number of losses and a part of the next.
        whole = math.floor(count + 1e-9)
        part = max(count - whole, 0.0)
        return (
            (1.0 - part) * cp.sum_largest(-active, whole) + part * cp.sum_largest(-active, whole + 1)
        ) / count
    return {
        "Std": cp.norm(centred) / math.sqrt(dates - 1),
        "RMS": cp.norm(active) / math.sqrt(dates),
        "MAD": cp.norm1(centred) / dates,
        "Downside": cp.norm(cp.neg(active)) / math.sqrt(dates),
        "Huber": cp.sum(cp.huber(active, float(number or 0.02))) / (2 * dates),
    }[word]


def least(method: str, returns: np.ndarray, index: np.ndarray, cap: float, held: np.ndarray) -> float:
    weights = cp.Variable(returns.shape[1])
    unit = 1e4 if method.startswith("Huber") else 1e2
    problem = cp.Problem(
        cp.Minimize(unit * loss(method, returns @ weights - index, len(index))),
        [cp.sum(weights) == 1, weights >= 0, weights <= cap, 0.5 * cp.norm1(weights - held) <= 0.6],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        problem.solve(solver="CLARABEL", tol_gap_abs=1e-10, tol_gap_rel=1e-10, tol_feas=1e-10)
    return problem.value / unit


@pytest.mark.parametrize("method", LOSSES)
@pytest.mark.parametrize(("names", "dates"), [(4, 30), (12, 60), (30, 24), (60, 250)])
def test_the_least_loss_is_that_of_clarabel(method: str, names: int, dates: int) -> None:
    for seed in range(3):
        returns, index = market(seed, names, dates)
        cap, held = max(0.5, 3 / names), np.random.default_rng(seed).dirichlet(np.ones(names))
        table = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, cap], ["Turnover", None, None, 0.6]]
        options = [["Option", "Value"], ["Method", method]]
        rows = evaluate("TE_TRACK", returns, index, table, None, held, options)
        weights = np.ravel(np.array(rows, dtype=float))
        assert weights.sum() == pytest.approx(1.0, abs=1e-9)
        assert 0.5 * np.abs(weights - held).sum() <= 0.6 + 1e-9
        reached = float(loss(method, cp.Constant(returns @ weights - index), dates).value)
        assert reached == pytest.approx(least(method, returns, index, cap, held), rel=2e-6, abs=1e-10)


@pytest.mark.parametrize("method", ["Std", "RMS", "MAD", "Downside"])
def test_the_loss_told_is_the_tracking_error_of_the_answer(method: str) -> None:
    returns, index = market(1, 8, 60)
    options = [["Option", "Value"], ["Method", method], ["Periods", 12]]
    weights = np.ravel(np.array(evaluate("TE_TRACK", returns, index, None, None, None, options), dtype=float))
    told = dict(evaluate("TE_EXPLAIN", "TE_TRACK", returns, index, None, None, None, options))["Loss"]
    measured = evaluate("TRACKING_ERROR", returns @ weights, index, None, 12, method)
    value = measured[0][0] if isinstance(measured, list) else measured
    assert float(told.split(": ")[1].split()[0]) == pytest.approx(value, rel=1e-9)


def test_an_index_made_of_the_names_is_found_again() -> None:
    returns, _ = market(2, 6, 40)
    truth = np.array([0.3, 0.0, 0.25, 0.05, 0.4, 0.0])
    for method in LOSSES:
        rows = evaluate(
            "TE_TRACK", returns, returns @ truth, None, None, None, [["Option", "Value"], ["Method", method]]
        )
        np.testing.assert_allclose(np.ravel(np.array(rows, dtype=float)), truth, atol=1e-6)


def test_names_and_dates_are_matched_whatever_their_order() -> None:
    returns, index = NAMED["Returns"], NAMED["IndexReturns"]
    straight = evaluate("TE_TRACK", returns, index)
    assert [name for name, _ in straight] == ["AAA", "BBB", "CCC"]
    shuffled = [returns[0], *(returns[at] for at in (4, 1, 6, 3, 2, 5))]
    again = evaluate("TE_TRACK", shuffled, index[::-1])
    assert [weight for _, weight in again] == pytest.approx([weight for _, weight in straight], rel=1e-9)


def test_a_soft_limit_costs_its_penalty_in_tracking_error() -> None:
    returns, index = market(4, 8, 60)
    table = [["Type", "Item", "Min", "Max", "Penalty"], ["Weight", "*", None, 0.15, 0.02]]
    options = [["Option", "Value"], ["Periods", 12]]
    rows = evaluate("TE_TRACK", returns, index, table, None, None, options)
    weights = np.ravel(np.array(rows, dtype=float))
    variable = cp.Variable(8)
    active = returns @ variable - index
    error = cp.norm(active - cp.sum(active) / 60) / math.sqrt(59) * math.sqrt(12)
    price = 0.02 * cp.sum(cp.pos(variable - 0.15))
    problem = cp.Problem(cp.Minimize(error + price), [cp.sum(variable) == 1, variable >= 0, variable <= 1])
    problem.solve(solver="CLARABEL", tol_gap_abs=1e-10, tol_gap_rel=1e-10, tol_feas=1e-10)
    variable.value = weights
    assert float((error + price).value) == pytest.approx(problem.value, rel=1e-7)


def test_more_names_than_dates_are_allowed_and_warned_of() -> None:
    returns, index = market(5, 30, 12)
    words = evaluate("TE_EXPLAIN", "TE_TRACK", returns, index)
    warned = [text for topic, text in words if topic == "Warning"]
    assert "There are 30 names and only 12 dates: many weights fit the past equally well." in warned


def test_what_needs_the_weights_of_an_index_is_refused_with_its_place() -> None:
    table = [["Type", "Item", "Min", "Max", "Basis"], ["Weight", "*", None, 0.1, "Active"]]
    words = dict(evaluate("TE_EXPLAIN", "TE_TRACK", NAMED["Returns"], NAMED["IndexReturns"], table))
    assert words["Sentence"] == (
        "TE-100 constraints row 2 asks for the Basis Active, which needs the weights of an index: "
        "TE_TRACK knows its returns only."
    )


def test_a_date_without_an_index_return_is_named() -> None:
    words = dict(evaluate("TE_EXPLAIN", "TE_TRACK", NAMED["Returns"], NAMED["IndexReturns"][:-1]))
    assert words["Sentence"].startswith("TE-140 index_returns has no return for ")
