"""Frontiers: the published ones of OR-Library at every point, each piece against single solves, grids against caps."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.benchmarks.scenarios import make_scenario
from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.mandates.achieve import achieve
from trackerr_xl.core.mandates.critical_line import Piece, critical_line
from trackerr_xl.core.mandates.frontier import frontier
from trackerr_xl.core.mandates.mandate import Mandate
from trackerr_xl.core.problem import BentRows, TrackingProblem
from trackerr_xl.core.solve import solve
from trackerr_xl.errors import InputError, NoAnswerError, NotYetError, NumericalError

OR_LIBRARY = Path(__file__).parents[2].parent / "shared" / "data" / "orlib"
needs_or_library = pytest.mark.skipif(
    not OR_LIBRARY.is_dir(), reason="the OR-Library data is not beside the project"
)


def _or_library(number: int) -> tuple[Vector, Matrix, Matrix]:
    """Mean returns, covariance and the published frontier (return, variance) of Beasley's portfolio problems."""
    words = (OR_LIBRARY / f"port{number}.txt").read_text().split()
    n = int(words[0])
    moments = np.array(words[1 : 1 + 2 * n], dtype=float).reshape(n, 2)
    correlation = np.eye(n)
    for i, j, value in np.array(words[1 + 2 * n :], dtype=float).reshape(-1, 3):
        correlation[int(i) - 1, int(j) - 1] = correlation[int(j) - 1, int(i) - 1] = value
    cov = correlation * np.outer(moments[:, 1], moments[:, 1])
    return moments[:, 0], cov, np.loadtxt(OR_LIBRARY / f"portef{number}.txt")


@needs_or_library
@pytest.mark.parametrize("number", [1, 3, 5])
def test_published_frontiers_are_met_at_every_one_of_2000_points(number: int) -> None:
    returns, cov, published = _or_library(number)
    pieces = list(critical_line(TrackingProblem.build(np.zeros(returns.size), cov), returns))
    gains = np.array([returns @ piece.weights(piece.begin) for piece in pieces])
    assert len(published) == 2000
    for gain, variance in published:
        at = min(max(int(np.searchsorted(gains, gain)) - 1, 0), len(pieces) - 2)
        weights = _of_return(pieces[at], returns, gain)
        assert weights @ cov @ weights == pytest.approx(variance, rel=1e-6)


def _of_return(piece: Piece, returns: Vector, gain: float) -> Vector:
    t = (gain - returns @ piece.base) / (returns @ piece.direction)
    return piece.weights(float(np.clip(t, piece.begin, piece.end)))


@pytest.mark.parametrize("kind", ["A", "B"])
@pytest.mark.parametrize("k", [None, 8])
@pytest.mark.parametrize("seed", range(5))
def test_every_piece_is_what_a_single_solve_gives(kind: str, k: int | None, seed: int) -> None:
    problem = make_scenario(kind, 60, k=k, seed=seed)
    alpha = 0.01 * np.random.default_rng(seed).normal(size=60)
    pieces = list(critical_line(problem, alpha))
    assert pieces[0].begin == 0.0
    assert np.isinf(pieces[-1].end)
    for piece, following in pairwise(pieces):
        assert piece.end == pytest.approx(following.begin, rel=1e-12)
        assert piece.weights(piece.end) == pytest.approx(following.weights(following.begin), abs=1e-9)
        middle = 0.5 * (piece.begin + piece.end)
        alone = solve(replace(problem, linear=-middle * alpha)).weights
        assert piece.weights(middle) == pytest.approx(alone, abs=1e-9)


def _ties(seed: int) -> tuple[TrackingProblem, Vector]:
    """Round numbers and twins, where many limits change at once."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 9))
    volatility = rng.choice([0.1, 0.2], n)
    cov = np.diag(volatility**2) + 0.01
    return TrackingProblem.build(np.full(n, 1.0 / n), cov, rng.choice([0.5, 1.0])), rng.choice(
        [0.0, 0.01, 0.02], n
    )


@pytest.mark.parametrize("seed", range(100))
def test_ties_are_walked_through(seed: int) -> None:
    problem, alpha = _ties(seed)
    pieces = list(critical_line(problem, alpha))
    for piece in pieces:
        middle = 0.5 * (piece.begin + piece.end) if np.isfinite(piece.end) else 10.0 * piece.begin + 1.0
        alone = solve(replace(problem, linear=-middle * alpha)).weights
        assert piece.weights(middle) == pytest.approx(alone, abs=1e-8)


def test_a_cap_ends_the_frontier_at_its_most_return() -> None:
    problem = make_scenario("B", 60, seed=1)
    alpha = 0.01 * np.random.default_rng(1).normal(size=60)
    cap = 2.0 * float(np.sqrt(solve(problem).active_variance))
    mandate = Mandate(problem, "Max return", alpha, te_cap=cap)
    last = frontier(mandate).weights[-1]
    assert np.sqrt(problem.risk.variance(last - problem.benchmark)) == pytest.approx(cap, rel=1e-9)
    assert alpha @ last == pytest.approx(achieve(mandate).value, rel=1e-9)


def test_a_grid_lies_on_the_frontier_of_a_problem_with_turnover() -> None:
    problem = make_scenario("C", 60, seed=2)
    alpha = 0.01 * np.random.default_rng(2).normal(size=60)
    found = frontier(Mandate(problem, "Max return", alpha), 7)
    assert not found.exact
    errors = np.array([np.sqrt(problem.risk.variance(w - problem.benchmark)) for w in found.weights])
    assert len(errors) == 7
    width = (errors[-1] - errors[0]) / 6
    assert np.diff(errors) == pytest.approx(width, abs=0.2 * width)
    for weights, error in zip(found.weights[1:], errors[1:], strict=True):
        best = achieve(Mandate(problem, "Max return", alpha, te_cap=error * (1.0 + 1e-9)))
        assert alpha @ weights == pytest.approx(best.value, rel=1e-7, abs=1e-9)


def test_two_names_have_a_frontier_of_two_corners() -> None:
    # Benchmark (0.4, 0.6), the second name of more return: the weights move on one line to all in the second.
    problem = TrackingProblem.build(np.array([0.4, 0.6]), np.diag([0.04, 0.09]))
    found = frontier(Mandate(problem, "Max return", np.array([0.02, 0.05])))
    assert found.exact
    assert found.weights == pytest.approx(np.array([[0.4, 0.6], [0.0, 1.0]]), abs=1e-12)


def test_equal_returns_leave_one_portfolio() -> None:
    problem = TrackingProblem.build(np.array([0.4, 0.6]), np.diag([0.04, 0.09]))
    for points in (None, 5):
        found = frontier(Mandate(problem, "Max return", np.full(2, 0.02)), points)
        assert found.weights == pytest.approx(np.array([[0.4, 0.6]]), abs=1e-9)


def test_return_without_end_is_refused() -> None:
    problem = TrackingProblem.build(np.array([0.4, 0.6]), np.diag([0.04, 0.09]), np.inf, -np.inf)
    with pytest.raises(NumericalError):
        frontier(Mandate(problem, "Max return", np.array([0.02, 0.05])))


def test_a_cap_below_the_least_is_refused() -> None:
    problem = TrackingProblem.build(np.array([0.5, 0.5]), np.diag([0.04, 0.09]), np.array([0.4, 1.0]))
    for points in (None, 5):
        with pytest.raises(NoAnswerError, match=r"the least within the other limits is 0\.0360555"):
            frontier(Mandate(problem, "Max return", np.array([0.02, 0.05]), te_cap=0.01), points)


def test_returns_are_needed_and_a_soft_cap_is_refused() -> None:
    problem = TrackingProblem.build(np.array([0.5, 0.5]), np.diag([0.04, 0.09]))
    with pytest.raises(InputError) as missing:
        frontier(Mandate(problem))
    assert str(missing.value) == "TE-100 alpha is missing, a frontier needs it."
    with pytest.raises(NotYetError, match="has a Penalty in TE"):
        frontier(Mandate(problem, "Max return", np.ones(2), te_cap=0.1, te_penalty=1.0))


def test_bent_rows_make_a_grid_of_thirty() -> None:
    n = 6
    rng = np.random.default_rng(4)
    turnover = BentRows(
        np.zeros((1, n)),
        np.full((1, n), 0.5),
        np.full((1, n), 1 / n),
        np.array([0.3]),
        np.array([np.inf]),
        ("T",),
    )
    problem = TrackingProblem.build(np.full(n, 1 / n), np.diag(rng.uniform(0.01, 0.05, n)), bent=turnover)
    assert len(frontier(Mandate(problem, "Max return", rng.normal(size=n))).weights) == 30
