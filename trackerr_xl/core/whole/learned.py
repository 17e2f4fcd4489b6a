"""What the search has learned of the names: how much deciding each of them raised the bound.

References
----------
.. [1] M. Bénichou et al., "Experiments in Mixed-Integer Linear Programming", *Mathematical Programming* 1, 1971, 76–94:
   pseudo-costs.
"""

import numpy as np

from trackerr_xl.core.arrays import Vector

_DECIDED = 1e-6
"""A share that was this near to being decided teaches nothing."""
_LEAST = 1e-12
"""Stands for a rise of nothing, so that a product keeps the other side."""


class Learned:
    """By how much the bound rose when a name was decided, per unit of its share that was decided away.

    Parameters
    ----------
    size : int
        Number of names.
    """

    def __init__(self, size: int) -> None:
        # Row 0 is of names that were barred, row 1 of names that were held.
        self._rise, self._count = np.zeros((2, size)), np.zeros((2, size))

    def tell(self, name: int, *, held: bool, share: float, rise: float) -> None:
        """Take in what one decision did."""
        away = 1.0 - share if held else share
        if np.isfinite(rise) and away > _DECIDED:
            self._rise[int(held), name] += rise / away
            self._count[int(held), name] += 1.0

    def score(self, share: Vector) -> Vector:
        """The product of what holding and barring each name is expected to add; the usual rise where nothing is known.

        Parameters
        ----------
        share : ndarray of shape (n,)
            How much of each name the relaxation holds.
        """
        told = self._count.sum(axis=1, keepdims=True)
        usual = self._rise.sum(axis=1, keepdims=True) / np.maximum(told, 1.0)
        usual = np.where(usual > 0.0, usual, 1.0)
        rise = np.where(self._count > 0.0, self._rise / np.maximum(self._count, 1.0), usual)
        return np.asarray(np.maximum(rise[0] * share, _LEAST) * np.maximum(rise[1] * (1.0 - share), _LEAST))
