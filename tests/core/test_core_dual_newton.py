"""The dual Newton alone, on bent and soft rows: against Clarabel on the same program with every distance lifted."""

from dataclasses import dataclass, replace

import clarabel
import numpy as np
import pytest
import scipy.sparse as sp

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.solvers import bends, dual_newton, roads
from trackerr_xl.core.solvers.presolve import presolve, restored
from trackerr_xl.core.solvers.program import Candidate, FactorHessian, Program
from trackerr_xl.core.solvers.separable import separable

HARD, SOFT = "hard", "soft"


@dataclass(frozen=True)
class Lifted:
    """A program under construction for Clarabel: x, one t ≥ distance for each bend, one s ≥ 0 for each soft breach."""

    cost: Vector
    rows: list[Vector]
    limits: list[float]

    def limit(self, parts: dict[int, Vector], upper: float, slack: int | None = None) -> None:
        """One row Σ part'z ≤ upper, eased by a slack variable if there is one."""
        row = np.zeros(self.cost.size)
        for start, part in parts.items():
            row[start : start + part.size] += part
        if slack is not None:
            row[slack] -= 1.0
        self.rows.append(row)
        self.limits.append(upper)


def random_program(seed: int, b: int, kind: str, n: int = 40) -> Program:
    """A hidden point keeps every hard row; soft ones are laid so that most are broken."""
    rng = np.random.default_rng(seed)
    hessian = FactorHessian(0.5 * rng.standard_normal((n, 4)), rng.uniform(0.2, 1.5, n))
    lower, upper = -rng.uniform(0.0, 1.0, n), rng.uniform(0.0, 2.0, n)
    hidden = rng.uniform(lower, upper)
    rows = np.vstack([np.ones(n), rng.standard_normal((4, n))]) / n
    attained = rows @ hidden
    width = np.array([0.0, 0.05, 0.05, 0.0, 0.05])
    shift = 0.08 * np.array([0.0, 1.0, 0.0, 1.0, -1.0]) * (kind == SOFT)
    # The second equality may be soft: it comes after the hard one, as scaling sorts them.
    order = [0, 3, 1, 2, 4]
    ceiling = np.concatenate([[np.inf], rng.uniform(0.1, 5.0, 4)]) if kind == SOFT else np.full(5, np.inf)
    bend = rng.uniform(0.0, 1.0, (b, n)) / n * (rng.random((b, n)) < 0.9)
    slope = rng.standard_normal((b, n)) / n * 0.3 * (rng.random((b, 1)) < 0.5)
    at = rng.uniform(lower - 0.1, upper + 0.1, (b, n))
    at[1:] = np.where(rng.random((max(b - 1, 0), n)) < 0.5, at[:1], at[1:])
    reached = slope @ hidden + (bend * np.abs(hidden - at)).sum(axis=1)
    return Program(
        hessian,
        rng.standard_normal(n),
        lower,
        upper,
        rows[order],
        (attained - width + shift)[order],
        (attained + width + shift)[order],
        2,
        ceiling,
        bends.within(
            slope,
            bend,
            at,
            0.8 * reached if kind == SOFT else reached + 1e-4,
            rng.uniform(0.5, 20.0, b) if kind == SOFT else np.full(b, np.inf),
            lower,
            upper,
        ),
    )


def by_clarabel(program: Program) -> Vector:
    n, m, bent = program.size, program.rows.shape[0], program.bends
    b = bent.count
    first_row, first_bent = n + b * n, n + b * n + m
    prices = [np.where(np.isfinite(c), c, 0.0) for c in (program.row_ceiling, bent.ceiling)]
    lifted = Lifted(np.concatenate([program.linear, np.zeros(b * n), *prices]), [], [])
    unit = np.eye(n)
    for i in range(n):
        lifted.limit({0: unit[i]}, program.upper[i])
        lifted.limit({0: -unit[i]}, -program.lower[i])
    for k in range(b):
        t = n + k * n
        for i in range(n):
            lifted.limit({0: unit[i], t: -unit[i]}, bent.at[k, i])
            lifted.limit({0: -unit[i], t: -unit[i]}, -bent.at[k, i])
        slack = first_bent + k if np.isfinite(bent.ceiling[k]) else None
        lifted.limit({0: bent.slope[k], t: bent.bend[k]}, bent.upper[k], slack)
    for j in range(m):
        slack = first_row + j if np.isfinite(program.row_ceiling[j]) else None
        lifted.limit({0: program.rows[j]}, program.row_upper[j], slack)
        lifted.limit({0: -program.rows[j]}, -program.row_lower[j], slack)
    for j in range(first_row, lifted.cost.size):
        lifted.limit({j: np.array([-1.0])}, 0.0)
    return _solved(program.hessian, lifted)[:n]


def _solved(hessian: FactorHessian, lifted: Lifted) -> Vector:
    n = hessian.specific.size
    square = np.zeros((lifted.cost.size, lifted.cost.size))
    square[:n, :n] = hessian.loadings @ hessian.loadings.T + np.diag(hessian.specific)
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-11
    solver = clarabel.DefaultSolver(
        sp.csc_matrix(sp.triu(square)),
        lifted.cost,
        sp.csc_matrix(np.array(lifted.rows)),
        np.array(lifted.limits),
        [clarabel.NonnegativeConeT(len(lifted.limits))],
        settings,
    )
    answer = solver.solve()
    assert str(answer.status) in ("Solved", "AlmostSolved")
    return np.array(answer.x)


def nowhere(program: Program) -> Candidate:
    """A start that knows nothing."""
    m, b = program.rows.shape[0], program.bends.count
    return Candidate(np.zeros(program.size), np.zeros(m), 0, np.zeros(b))


@pytest.mark.parametrize("kind", [HARD, SOFT])
@pytest.mark.parametrize("b", [0, 1, 2, 3])
def test_agrees_with_clarabel(b: int, kind: str) -> None:
    for seed in range(12):
        program = random_program(seed, b, kind)
        ended = dual_newton.minimise(program.hessian, program, nowhere(program))
        assert ended.status == "solved", f"seed {seed}"
        np.testing.assert_allclose(ended.candidate.x, by_clarabel(program), atol=3e-6, err_msg=f"seed {seed}")


@pytest.mark.parametrize("kind", [HARD, SOFT])
@pytest.mark.parametrize("b", [1, 3])
def test_the_active_set_says_where_everything_stands(b: int, kind: str) -> None:
    broken = 0
    for seed in range(12):
        program = random_program(seed, b, kind)
        ended = dual_newton.minimise(program.hessian, program, nowhere(program))
        x, active, points = ended.candidate.x, ended.active, program.bends.points
        for i, place in enumerate(active.places):
            below, odd = divmod(int(place), 2)
            if odd:
                assert points[i, below] < x[i] < points[i, below + 1]
            else:
                assert x[i] == points[i, below]
        row_duals, bent_duals = ended.candidate.row_duals, ended.candidate.bent_duals
        reached = program.rows @ x
        at_ceiling = np.abs(active.rows) == 2
        np.testing.assert_array_equal(np.abs(row_duals)[at_ceiling], program.row_ceiling[at_ceiling])
        above = np.where(active.rows > 0, reached - program.row_upper, program.row_lower - reached)
        assert (above[at_ceiling] > -1e-10).all()
        np.testing.assert_allclose(above[np.abs(active.rows) == 1], 0.0, atol=1e-10)
        over = program.bends.reached(x) - program.bends.upper
        assert (over[active.bends == 0] <= 1e-10).all()
        np.testing.assert_allclose(over[active.bends == 1], 0.0, atol=1e-10)
        assert (over[active.bends == 2] > -1e-10).all()
        np.testing.assert_array_equal(bent_duals[active.bends == 2], program.bends.ceiling[active.bends == 2])
        broken += int(at_ceiling.sum() + (active.bends == 2).sum())
    assert (broken > 0) == (kind == SOFT)


def piece(program: Program, slope: Vector, prices: Vector, i: int, x: Vector) -> Vector:
    """What the inner minimum is the least of: one variable's share of the Lagrangian."""
    bent = program.bends
    distance = (prices[:, None] * bent.bend[:, [i]] * np.abs(x - bent.at[:, [i]])).sum(axis=0)
    return 0.5 * program.hessian.specific[i] * x * x + slope[i] * x + distance


def test_the_inner_minimum_is_least_on_a_fine_grid() -> None:
    for b in (1, 2, 3):
        program = random_program(7, b, HARD)
        data = separable(program.hessian, program)
        rng = np.random.default_rng(b)
        slope, prices = 2.0 * rng.standard_normal(program.size), rng.uniform(0.0, 40.0, b)
        duals = np.zeros(data.columns.shape[1])
        duals[-b:] = prices
        found = data.primal(slope, duals)
        for i in range(program.size):
            grid = np.linspace(program.lower[i], program.upper[i], 2001)
            least = piece(program, slope, prices, i, np.append(grid, found[i]))
            assert least[-1] <= least.min() + 1e-14


def test_no_room_for_the_distances_is_proved() -> None:
    """Every weight must leave its bend by 1 to keep the row, and the distances allow half of that."""
    n = 5
    lower, upper = np.zeros(n), np.full(n, 3.0)
    bent = bends.within(
        np.zeros((1, n)),
        np.full((1, n), 1.0 / n),
        np.full((1, n), 0.5),
        np.array([0.5]),
        np.full(1, np.inf),
        lower,
        upper,
    )
    rows: Matrix = np.ones((1, n)) / n
    program = Program(
        FactorHessian(np.ones((n, 1)), np.ones(n)),
        np.zeros(n),
        lower,
        upper,
        rows,
        np.array([1.5]),
        np.array([1.5]),
        1,
        np.full(1, np.inf),
        bent,
    )
    assert dual_newton.minimise(program.hessian, program, nowhere(program)).status == "infeasible"


def test_without_bends_the_inner_minimum_is_a_clip() -> None:
    program = random_program(1, 0, HARD)
    data = separable(program.hessian, program)
    slope = np.random.default_rng(0).standard_normal(program.size)
    expected = np.clip(-slope / program.hessian.specific, program.lower, program.upper)
    np.testing.assert_allclose(data.primal(slope, np.zeros(data.columns.shape[1])), expected, rtol=1e-15)


def without_turnover(seed: int) -> Program:
    """The first bent row admits only its own least value; the second never binds."""
    program = random_program(seed, 2, HARD)
    least, most = program.bends.reach(program.lower, program.upper)
    bent = replace(program.bends, upper=np.array([least[0], most[1] + 0.1]))
    none = np.empty(0)
    return replace(
        program,
        rows=np.empty((0, program.size)),
        row_lower=none,
        row_upper=none,
        equalities=0,
        row_ceiling=none,
        bends=bent,
    )


def test_presolve_fixes_what_a_bent_row_forces_and_prices_it() -> None:
    """The restored multiplier makes a slope to the right of every weight rise, and to its left fall."""
    for seed in range(8):
        program = without_turnover(seed)
        presolved = presolve(program)
        assert presolved.kept_bends.size == 0
        assert presolved.program.fixed.sum() > 0.8 * program.size
        ended = dual_newton.minimise(program.hessian, presolved.program, nowhere(presolved.program))
        whole = restored(presolved, ended.candidate)
        np.testing.assert_allclose(program.bends.reached(whole.x)[0], program.bends.upper[0], atol=1e-14)
        slope = program.hessian.product(whole.x) + program.linear
        left, right = (
            slope + whole.bent_duals @ np.array([program.bends.turned(k, whole.x)[side] for k in range(2)])
            for side in (0, 1)
        )
        tolerance = 1e-13 * np.abs(whole.bent_duals).max()
        assert (left[whole.x > program.lower] <= tolerance).all()
        assert (right[whole.x < program.upper] >= -tolerance).all()


def test_reach_of_bent_rows_by_hand() -> None:
    """2x + abs(x − 1) over [0, 3] runs from 1 to 8; over all numbers without end; −x + abs(x − 1) levels out at −1."""
    slope, bend, at = np.array([[2.0], [-1.0]]), np.ones((2, 1)), np.ones((2, 1))
    limits = np.zeros(2), np.full(2, np.inf)
    box = np.zeros(1), np.full(1, 3.0)
    least, most = bends.within(slope, bend, at, *limits, *box).reach(*box)
    np.testing.assert_array_equal(least, [1.0, -1.0])
    np.testing.assert_array_equal(most, [8.0, 1.0])
    endless = np.full(1, -np.inf), np.full(1, np.inf)
    least, most = bends.within(slope, bend, at, *limits, *endless).reach(*endless)
    np.testing.assert_array_equal(least, [-np.inf, -1.0])
    np.testing.assert_array_equal(most, [np.inf, np.inf])


def test_a_soft_row_over_fixed_names_costs_its_price() -> None:
    """The names are fixed by their limits; the row is 0.2 above its own, and the bent row 0.1 above."""
    n = 2
    fixed = np.array([0.4, 0.8])
    bent = bends.within(
        np.zeros((1, n)), np.ones((1, n)), np.zeros((1, n)), np.array([1.1]), np.array([3.0]), fixed, fixed
    )
    program = Program(
        FactorHessian(np.ones((n, 1)), np.ones(n)),
        np.zeros(n),
        fixed,
        fixed,
        np.ones((1, n)),
        np.array([-np.inf]),
        np.array([1.0]),
        0,
        np.array([5.0]),
        bent,
    )
    [(method, candidate)] = roads.attempts(program, lambda: None)
    assert method == "fixed"
    np.testing.assert_array_equal(candidate.row_duals, [5.0])
    np.testing.assert_array_equal(candidate.bent_duals, [3.0])
