"""Empty or not, and the least value of a sum: our dual simplex method against HiGHS, proofs by their own arithmetic."""

import numpy as np
import pytest
from scipy.optimize import linprog

from trackerr_xl.core.problem import BentRows, LinearRows, TrackingProblem
from trackerr_xl.core.solvers.dual_simplex import Polyhedron, Sought, seek
from trackerr_xl.core.solvers.region import CLASH, least, pressing, proof_of_clash, region_of


def random_polyhedron(seed: int) -> Polyhedron:
    """Groups, a budget and an exposure, or rows of any numbers; some variables fixed, some without an end."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.choice([2, 5, 20, 100])), int(rng.choice([1, 2, 3, 5, 10, 20]))
    if rng.random() < 0.7:
        groups = np.eye(max(m, 2))[rng.integers(0, max(m - 2, 1), n)].T
        rows = np.vstack([np.ones(n), rng.uniform(-1.0, 1.0, n), groups])[:m]
    else:
        rows = rng.normal(size=(m, n))
    rows = rows / np.maximum(np.abs(rows).max(axis=1), 1e-9)[:, None]
    inside = rng.dirichlet(np.ones(n))
    reached = rows @ inside
    low = np.where(rng.random(m) < 0.6, reached - rng.choice([0.0, 0.01, -0.02], m), -np.inf)
    high = np.where(rng.random(m) < 0.6, reached + rng.choice([0.0, 0.01, 0.1], m), np.inf)
    equal = rng.random(m) < 0.2
    low, high = np.where(equal, reached, low), np.where(equal, reached, high)
    lower = np.where(rng.random(n) < 0.05, -np.inf, 0.0)
    upper = np.where(rng.random(n) < 0.05, np.inf, rng.choice([1.5 / n, 1.0, 0.9 / n]))
    fixed = (rng.random(n) < 0.5) & (rng.random() < 0.2)
    return Polyhedron(
        rows,
        np.minimum(low, high),
        high,
        np.where(fixed, inside, lower),
        np.where(fixed, inside, np.maximum(upper, lower)),
    )


def highs(region: Polyhedron, costs: np.ndarray, *, elastic: bool) -> float | None:
    """HiGHS's least cost, or with `elastic` its least total breach of the rows."""
    above, below = np.isfinite(region.high), np.isfinite(region.low)
    m, n = region.rows.shape
    rows = np.vstack([region.rows[above], -region.rows[below]])
    easing = -np.vstack([np.eye(m)[above], np.eye(m)[below]])
    box = np.column_stack([region.lower, region.upper])
    answer = linprog(
        np.concatenate([np.zeros(n), np.ones(m)]) if elastic else costs,
        A_ub=np.hstack([rows, easing]) if elastic else rows,
        b_ub=np.concatenate([region.high[above], -region.low[below]]),
        bounds=np.vstack([box, np.tile([0.0, np.inf], (m, 1))]) if elastic else box,
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    return float(answer.fun) if answer.status == 0 else None


@pytest.mark.parametrize("batch", range(8))
def test_empty_polyhedra_are_told_from_others_as_highs_tells_them(batch: int) -> None:
    for seed in range(40 * batch, 40 * batch + 40):
        region = random_polyhedron(seed)
        breach = highs(region, np.zeros(0), elastic=True)
        assert breach is not None
        found = proof_of_clash(region)
        assert (found.breach > CLASH) is (breach > CLASH), seed
        if found.breach > CLASH:
            # The proof holds by itself, and promises no more than HiGHS finds.
            assert np.abs(found.multipliers).max() == pytest.approx(1.0)
            assert 0.0 < region.certain_breach(found.multipliers) <= breach + 1e-9, seed


@pytest.mark.parametrize("batch", range(4))
def test_least_sums_are_those_of_highs(batch: int) -> None:
    for seed in range(40 * batch, 40 * batch + 40):
        region, rng = random_polyhedron(seed), np.random.default_rng(seed)
        n = region.lower.size
        costs = rng.normal(size=n) if seed % 2 else (rng.random(n) < 0.5) * 1.0
        expected = highs(region, costs, elastic=False)
        found = least(region, costs)
        assert found == (None if expected is None else pytest.approx(expected, abs=1e-8)), seed


def test_a_proof_rests_on_no_row_in_vain() -> None:
    # Rows 0 and 1 clash, rows 1 and 2 clash, row 3 clashes with none; a proof needs two rows only.
    region = Polyhedron(
        np.array([[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [0.0, 1.0]]),
        np.array([0.8, -0.5, 0.9, 0.1]),
        np.full(4, np.inf),
        np.zeros(2),
        np.ones(2),
    )
    found = seek(region)
    assert isinstance(found, Sought)
    assert np.count_nonzero(found.multipliers) == 2
    assert found.multipliers[1] == -1.0


def traded(limit: float) -> TrackingProblem:
    """Two names held half and half; the first is capped at 0.2, and turnover is limited."""
    turnover = BentRows(
        np.zeros((1, 2)),
        np.full((1, 2), 0.5),
        np.full((1, 2), 0.5),
        np.array([limit]),
        np.array([np.inf]),
        ("Turnover",),
    )
    return TrackingProblem.build(np.array([0.5, 0.5]), np.eye(2), np.array([0.2, 1.0]), bent=turnover)


def test_a_bent_row_becomes_plain_rows_over_pieces() -> None:
    region = region_of(traded(0.1))
    # The first may be held up to its cap, all below the bend at 0.5; the second has a piece on each side of it.
    assert region.polyhedron.rows.shape == (2, 3)
    np.testing.assert_array_equal(region.polyhedron.upper - region.polyhedron.lower, [0.2, 0.5, 0.5])
    # At (0, 0), where the pieces begin, turnover is half; each unit of a piece takes or adds a half.
    assert region.polyhedron.high[1] * region.sizes[1] == pytest.approx(0.1 - 0.5)
    np.testing.assert_array_equal(region.polyhedron.rows[1] * region.sizes[1], [-0.5, -0.5, 0.5])


def test_the_limits_that_press_are_those_that_a_proof_needs() -> None:
    # Selling 0.3 of the first and buying 0.3 of the second is a turnover of 0.3.
    problem = traded(0.25)
    region = region_of(problem)
    found = proof_of_clash(region.polyhedron)
    pressed = pressing(problem, region, found.multipliers)
    assert pressed.bent[0] > 0.0
    assert pressed.linear[0] < 0.0
    assert pressed.upper.tolist() == [True, False]
    assert not pressed.lower.any()
    assert proof_of_clash(region_of(traded(0.3 + 1e-9)).polyhedron).breach <= CLASH


def test_soft_rows_forbid_nothing() -> None:
    rows = LinearRows(np.array([[1.0, 0.0]]), np.array([0.9]), np.array([np.inf]), ("Soft",), np.array([1.0]))
    problem = TrackingProblem.build(np.array([0.5, 0.5]), np.eye(2), np.array([0.2, 1.0]), rows=rows)
    assert region_of(problem).linear.tolist() == [0]
    assert proof_of_clash(region_of(problem).polyhedron).breach == 0.0
