"""Weights that nobody trades move with the returns."""

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.errors import InputError


def drifted(weights: Vector, returns: Vector, argument: str = "weights") -> Vector:
    r"""Weights after a period in which nothing is traded.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        Weights at its start, fractions of capital; what they lack to 1 is cash that earns nothing.
    returns : ndarray of shape (n,)
        Simple returns over it, fractions.
    argument : str, optional
        What the weights are called in an error.

    Returns
    -------
    ndarray of shape (n,)
        :math:`w_i (1 + r_i) / (1 + \sum_j w_j r_j)`.

    Raises
    ------
    InputError
        If the returns leave nothing.
    """
    growth = 1.0 + float(weights @ returns)
    if growth <= 0.0:
        raise InputError(
            f"earn {growth - 1.0:.6g} over the period, must earn more than -1: nothing is left",
            argument=argument,
        )
    return np.asarray(weights * (1.0 + returns) / growth)
