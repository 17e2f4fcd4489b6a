"""The made-up indexes of the templates: what one is, and how its numbers are kept the same on every machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector

COVARIANCE_DECIMALS = 10
"""Rounding hides the last bits, in which machines differ, and keeps every matrix here positive definite."""


@dataclass(frozen=True, slots=True)
class SyntheticIndex:
    """An index that exists only in a template.

    Parameters
    ----------
    names : sequence of str
        One a holding, all different.
    weights : ndarray of shape (n,)
        Fractions, summing to 1.
    attributes : mapping of str to sequence
        Column heading to one value a holding.
    covariance : ndarray of shape (n, n)
        Annual covariance of returns, fraction squared a year.
    seed : int
        Seed of the random numbers everything came from.
    """

    names: Sequence[str]
    weights: Vector
    attributes: Mapping[str, Sequence[str | float]]
    covariance: Matrix
    seed: int


def rounded_weights(sizes: Vector, decimals: int = 4) -> Vector:
    """Sizes as weights of so many decimals that still sum to 1: the largest takes the rounding."""
    weights = np.round(sizes / sizes.sum(), decimals)
    largest = int(np.argmax(weights))
    weights[largest] = round(1.0 - float(np.delete(weights, largest).sum()), decimals)
    return np.asarray(weights)


def decaying_correlation(count: int, decay: float) -> Matrix:
    """Correlation exp(-decay × distance) between neighbours in an order, such as the key rates of a curve."""
    places = np.arange(count)
    return np.asarray(np.exp(-decay * np.abs(places[:, None] - places[None, :])))


def rounded_covariance(parts: Sequence[Matrix]) -> Matrix:
    """Sum of covariance matrices, exactly symmetric and rounded to `COVARIANCE_DECIMALS`."""
    total = sum(parts[1:], start=parts[0])
    return np.asarray(np.round((total + total.T) / 2.0, COVARIANCE_DECIMALS))
