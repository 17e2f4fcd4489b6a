"""Limits on which names are held at all."""

from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Indices, Mask, Matrix, Vector
from trackerr_xl.core.problem import TrackingProblem


@dataclass(frozen=True, slots=True, eq=False)
class Holdings:
    """How many names may be held, and how small a holding may be.

    Parameters
    ----------
    least : ndarray of shape (n,)
        Smallest holding but none, zero where any is allowed; names that may be short have none.
    members : ndarray of shape (g, n)
        One where a name counts in a row, else zero.
    lower, upper : ndarray of shape (g,)
        Limits of each count, infinite where there is none.
    labels : tuple of str
        One label a row, as the user would recognise it.
    """

    least: Vector
    members: Matrix
    lower: Vector
    upper: Vector
    labels: tuple[str, ...]

    @property
    def limiting(self) -> bool:
        """Whether anything is asked that a convex problem does not say."""
        return bool(self.labels) or bool(self.least.any())

    def counts(self, held: Mask) -> Vector:
        """Names held in each row, shape (g,)."""
        return np.asarray(self.members @ held)

    def part(self, names: Indices) -> "Holdings":
        """For some of the names, the others not held."""
        return replace(self, least=self.least[names], members=self.members[:, names])

    def allow(self, held: Mask) -> bool:
        """Whether these names may be the ones held."""
        counts = self.counts(held)
        return bool(((counts >= self.lower) & (counts <= self.upper)).all())


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """What is decided of each name.

    Parameters
    ----------
    held, barred : ndarray of shape (n,)
        Which are held for certain and which are not; the others are open.
    """

    held: Mask
    barred: Mask

    @property
    def open(self) -> Mask:
        """The undecided ones."""
        return ~(self.held | self.barred)

    def part(self, names: Indices) -> "Sides":
        """Of some of the names."""
        return Sides(self.held[names], self.barred[names])


def decided(problem: TrackingProblem, holdings: Holdings) -> Sides:
    """What the limits of each weight decide by themselves."""
    held = (problem.lower > 0.0) | (problem.upper < 0.0)
    barred = ~held & ((problem.upper <= 0.0) & (problem.lower >= 0.0) | (holdings.least > problem.upper))
    return Sides(held, barred)
