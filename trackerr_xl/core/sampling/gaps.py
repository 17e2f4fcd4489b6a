"""The gaps of a sample as a risk of their own, so that the solver of tracking errors closes them."""

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.core.sampling.cells import Cells

SPREAD = 1e-2
"""Weight of a name's own active weight beside a gap of its cell: keeps the weights even where gaps leave them free."""


def gap_model(cells: Cells, traits: Matrix) -> FactorModel:
    """A covariance whose active variance is the sum of the squared gaps of all cells, and a little of each name's own.

    Parameters
    ----------
    cells : Cells
        The cells.
    traits : ndarray of shape (n, q)
        What is matched beside the weight, in units in which a gap of one is as bad as a gap of one in weight.

    Returns
    -------
    FactorModel
        With a factor for the weight and for each trait of each cell, shape (n, c (1 + q)).
    """
    n, c = cells.of.size, len(cells.labels)
    columns = np.column_stack([np.ones(n), traits])
    loadings = np.zeros((n, c, columns.shape[1]))
    loadings[np.arange(n), cells.of] = columns
    return FactorModel(loadings.reshape(n, -1), np.full(n, SPREAD**2))


def comparable(traits: Matrix, weights: Vector) -> Matrix:
    """Traits over their average in the index, those of no size left as they are."""
    size = np.abs(weights) @ np.abs(traits)
    return np.asarray(traits / np.where(size > 0.0, size, 1.0))
