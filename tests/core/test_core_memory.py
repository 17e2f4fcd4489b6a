"""What is remembered of a covariance: for that array only, as it was, and no longer than the array lives."""

import gc

import numpy as np

from tests.covariances import FAMILIES
from trackerr_xl.core.solvers import memory
from trackerr_xl.core.solvers.free_block import equalities, last_block
from trackerr_xl.core.solvers.memory import Memory
from trackerr_xl.core.solvers.program import DenseHessian


def hessian(seed: int = 0, unit: float = 1.0) -> DenseHessian:
    return DenseHessian(FAMILIES["factors and noise"](30, np.random.default_rng(seed)), unit)


def test_a_fact_is_recalled_for_the_same_array_and_unit_only() -> None:
    facts: Memory[str] = Memory()
    one = hessian(unit=2.0)
    facts.keep(one, "kept")
    assert facts.recall(DenseHessian(one.matrix, 2.0)) == "kept"
    assert facts.recall(DenseHessian(one.matrix, 1.0)) is None
    assert facts.recall(DenseHessian(one.matrix.copy(), 2.0)) is None


def test_an_array_that_was_overwritten_is_another_one() -> None:
    facts: Memory[str] = Memory()
    one = hessian()
    facts.keep(one, "kept")
    one.matrix[3, 3] *= 1.0 + 1e-12
    assert facts.recall(one) is None


def test_only_the_last_few_are_kept_and_none_longer_than_its_array() -> None:
    facts: Memory[int] = Memory()
    many = [hessian(seed) for seed in range(memory.MOST + 2)]
    for number, each in enumerate(many):
        facts.keep(each, number)
    assert [facts.recall(each) for each in many] == [None, None, *range(2, memory.MOST + 2)]
    del each
    many.pop()
    gc.collect()
    assert len(facts._entries) == memory.MOST - 1


def test_the_last_root_serves_a_block_nearby() -> None:
    rng = np.random.default_rng(1)
    one, free, rows = hessian(), np.ones(30, dtype=np.bool_), np.ones((1, 30))
    assert last_block(one) is None
    first = equalities(one, free, rows, None)
    assert first is not None
    free[4] = False
    again = equalities(one, free, rows, last_block(one))
    afresh = equalities(one, free, rows, None)
    assert again is not None
    assert afresh is not None
    assert (first.fresh, again.fresh, afresh.fresh) == (True, False, True)
    right = rng.standard_normal(30)
    for near, exact in zip(again.solve(right, np.ones(1)), afresh.solve(right, np.ones(1)), strict=True):
        np.testing.assert_allclose(near, exact, atol=1e-10 * np.abs(exact).max())
