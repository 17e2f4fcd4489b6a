"""What was worked out for a covariance, kept for as long as somebody else keeps the covariance."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import ReferenceType, ref

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.solvers.program import DenseHessian

Fact = TypeVar("Fact")
MOST = 4
"""Covariances of which something is kept."""


@dataclass(frozen=True, slots=True, eq=False)
class _Entry(Generic[Fact]):
    matrix: ReferenceType[Matrix]
    unit: float
    diagonal: Vector
    fact: Fact


class Memory(Generic[Fact]):
    """One fact a covariance, of the last few covariances.

    An array that was overwritten is another covariance, and so is a new one in the place of an old one.
    """

    def __init__(self) -> None:
        self._entries: dict[int, _Entry[Fact]] = {}

    def recall(self, hessian: DenseHessian) -> Fact | None:
        """What was kept for this very array, or None."""
        entry = self._entries.get(id(hessian.matrix))
        if entry is None or entry.matrix() is not hessian.matrix or entry.unit != hessian.unit:
            return None
        return entry.fact if np.array_equal(entry.diagonal, hessian.matrix.diagonal()) else None

    def keep(self, hessian: DenseHessian, fact: Fact) -> None:
        """Keep the fact in the place of an older one."""
        key = id(hessian.matrix)
        self._forget(key)
        while len(self._entries) >= MOST:
            self._forget(next(iter(self._entries)))
        held = ref(hessian.matrix, lambda _: self._forget(key))
        self._entries[key] = _Entry(held, hessian.unit, hessian.matrix.diagonal().copy(), fact)

    def _forget(self, key: int) -> None:
        self._entries.pop(key, None)
