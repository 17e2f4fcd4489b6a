"""Steps by conjugate gradients beside those of one dense solve of the same system."""

import numpy as np
import pytest

from tests.covariances import FAMILIES
from trackerr_xl.core.arrays import Mask, Matrix, Vector
from trackerr_xl.core.solvers import free_block
from trackerr_xl.core.solvers.conjugate_gradients import Gathered, Iterated
from trackerr_xl.core.solvers.program import DenseHessian, FactorHessian
from trackerr_xl.core.solvers.surrogate import surrogate

N = 160


@pytest.fixture(autouse=True)
def _few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_block, "MANY", 1)


def hessian_of(family: str) -> DenseHessian:
    cov = FAMILIES[family](N, np.random.default_rng(4))
    plain = DenseHessian(cov, 1.0 / cov.diagonal().mean())
    return DenseHessian(plain.matrix, plain.unit, surrogate(plain).model)


def by_one_dense_solve(
    hessian: DenseHessian, free: Mask, rows: Matrix, right: Vector, row_right: Vector
) -> tuple[Vector, Vector]:
    at, m = np.flatnonzero(free), rows.shape[0]
    block = hessian.unit * hessian.matrix[np.ix_(at, at)]
    system = np.block([[block, rows[:, at].T], [rows[:, at], np.zeros((m, m))]])
    solved = np.linalg.solve(system, np.concatenate([right[at], row_right]))
    step = np.zeros(free.size)
    step[at] = solved[: at.size]
    return step, solved[at.size :]


@pytest.mark.parametrize("family", ["factors and noise", "sample, T = 5n", "bond curve, 1 % specific"])
def test_agrees_with_a_dense_solve_while_names_come_and_go(family: str) -> None:
    rng = np.random.default_rng(0)
    hessian = hessian_of(family)
    rows = np.vstack([np.ones(N), rng.standard_normal((2, N))]) / N
    free, block = rng.random(N) < 0.7, None
    for _ in range(3):
        right, row_right = rng.standard_normal(N), rng.standard_normal(3)
        system = free_block.equalities(hessian, free, rows, block)
        assert isinstance(system, Iterated)
        step, duals = system.solve(right, row_right)
        expected, expected_duals = by_one_dense_solve(hessian, free, rows, right, row_right)
        np.testing.assert_allclose(step, expected, atol=1e-6 * np.abs(expected).max())
        np.testing.assert_allclose(duals, expected_duals, atol=1e-6 * np.abs(expected_duals).max())
        np.testing.assert_allclose(rows @ step, row_right, atol=1e-10 * np.abs(step).max())
        block = system.block
        assert isinstance(block, Gathered)
        assert block.names.size < N
        free = free.copy()
        free[rng.choice(N, 8, replace=False)] ^= True


def test_a_rough_step_is_as_rough_as_asked() -> None:
    rng = np.random.default_rng(1)
    hessian = hessian_of("factors and noise")
    free, rows = np.ones(N, dtype=np.bool_), np.ones((1, N)) / N
    right = rng.standard_normal(N)
    system = free_block.equalities(hessian, free, rows, None)
    assert system is not None
    exact, _ = by_one_dense_solve(hessian, free, rows, right, np.zeros(1))
    errors = [np.abs(system.solve(right, np.zeros(1), left)[0] - exact).max() for left in (1e-2, 1e-5, 1e-8)]
    assert errors[0] > 10 * errors[1] > 100 * errors[2]
    assert errors[2] < 1e-6 * np.abs(exact).max()


def test_a_model_that_misleads_is_left_for_a_factorisation() -> None:
    """Variances over seven powers of ten under a model that has them equal: conjugate gradients get nowhere in time."""
    rng = np.random.default_rng(2)
    cov = 1e-7 * np.eye(N) + np.diag(10.0 ** rng.uniform(-6, 0, N))
    hessian = DenseHessian(cov, 1.0, FactorHessian(np.zeros((N, 1)), np.ones(N)))
    free, rows = np.ones(N, dtype=np.bool_), np.ones((1, N)) / N
    right = rng.standard_normal(N)
    system = free_block.equalities(hessian, free, rows, None)
    assert isinstance(system, Iterated)
    step, _ = system.solve(right, np.zeros(1))
    expected, _ = by_one_dense_solve(hessian, free, rows, right, np.zeros(1))
    np.testing.assert_allclose(step, expected, rtol=1e-6, atol=1e-9 * np.abs(expected).max())
