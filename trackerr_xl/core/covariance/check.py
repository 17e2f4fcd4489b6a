"""What can be seen of a matrix that is meant as a covariance, by itself and beside returns."""

from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix
from trackerr_xl.core.covariance.moments import weighted_covariance

PERIODS = (1.0, 4.0, 12.0, 52.0, 250.0, 252.0, 260.0, 365.0)
"""Periods a year that people multiply by."""

_RANK = 1e-10
"""An eigenvalue this small beside the largest is none."""
_ALIKE = 1e-9
"""Correlations this near to one are one."""
_MULTIPLE = 1e-4
"""Relative distance within which numbers of cells, rounded as they are, count as equal."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Findings:
    """What a square of numbers shows.

    Parameters
    ----------
    size : int
        Number of names.
    asymmetry : float
        Largest difference across the diagonal, relative to the largest entry.
    uneven : (int, int)
        Where it is.
    smallest, largest : float
        Extreme eigenvalues of the matrix averaged with its transpose.
    rank : int
        Eigenvalues above 1e-10 of the largest.
    still : tuple of int
        Names without variance.
    duplicates : tuple of (int, int)
        Names that move exactly together by the same amount.
    impossible : tuple of (int, int)
        Names whose correlation is beyond one, or that have covariances without variance.
    """

    size: int
    asymmetry: float
    uneven: Pair
    smallest: float
    largest: float
    rank: int
    still: tuple[int, ...]
    duplicates: tuple[Pair, ...]
    impossible: tuple[Pair, ...]

    @property
    def dates(self) -> int | None:
        """Dates of a sample covariance of this rank; None where the rank is full or short for another reason."""
        repeated = {other for _, other in self.duplicates}
        short = self.size - self.rank - len(self.still) - len(repeated)
        return self.rank + 1 if short > 0 and self.smallest >= -_RANK * self.largest else None

    @property
    def condition(self) -> float | None:
        """Largest over smallest eigenvalue; None where that is zero but for rounding, or negative."""
        return self.largest / self.smallest if self.smallest > 1e-15 * self.largest else None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a covariance compares with the sample covariance of returns.

    Parameters
    ----------
    multiple : float
        Middle ratio of the variances to those of the sample, divided by T − 1.
    variances, all_entries : bool
        Whether the variances, and all entries, are this multiple.
    periods : float or None
        Periods a year that explain the multiple with the two below; None if none do.
    by_dates : bool
        Whether the divisor was T.
    percent : bool
        Whether it is in percent squared.
    """

    multiple: float
    variances: bool
    all_entries: bool
    periods: float | None
    by_dates: bool
    percent: bool


def examined(matrix: Matrix) -> Findings:
    """What a square of numbers shows by itself.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        Finite; anything else is a finding.
    """
    difference = np.abs(matrix - matrix.T)
    size = float(np.abs(matrix).max())
    uneven = divmod(int(difference.argmax()), len(matrix))
    # In units of the largest entry, so that squares neither overflow nor vanish.
    even = 0.5 * (matrix / (size or 1.0) + matrix.T / (size or 1.0))
    values = np.linalg.eigvalsh(even)
    variance = even.diagonal()
    product = np.outer(variance, variance)
    beside = ~np.eye(len(matrix), dtype=np.bool_)
    # Squares, as a negative variance has no root.
    impossible = beside & (even**2 > np.maximum(product, 0.0) * (1.0 + _ALIKE))
    gap = variance[:, None] + variance[None, :] - 2.0 * even
    alike = beside & (variance[:, None] > 0.0) & (np.abs(gap) <= _ALIKE * variance[:, None]) & ~impossible
    return Findings(
        size=len(matrix),
        asymmetry=float(difference.max()) / size if size > 0.0 else 0.0,
        uneven=uneven,
        smallest=float(values[0]) * size,
        largest=float(values[-1]) * size,
        rank=int((values > _RANK * max(float(values[-1]), 0.0)).sum()),
        still=tuple(int(at) for at in np.flatnonzero(variance == 0.0)),
        duplicates=_pairs(alike),
        impossible=_pairs(impossible),
    )


def compared(matrix: Matrix, returns: Matrix) -> Likeness | None:
    """A covariance beside the sample covariance of returns, None if no name moves in both.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        The covariance.
    returns : ndarray of shape (t, n)
        Simple returns of the same names, without gaps, two dates or more.
    """
    t = len(returns)
    sample = weighted_covariance(returns, np.full(t, 1.0 / t))
    moving = (returns.max(axis=0) > returns.min(axis=0)) & (matrix.diagonal() > 0.0)
    if not moving.any():
        return None
    part, own = matrix[np.ix_(moving, moving)], sample[np.ix_(moving, moving)]
    ratios = part.diagonal() / own.diagonal()
    multiple = float(np.median(ratios))
    volatility = np.sqrt(own.diagonal())
    distance = np.abs(part / multiple - own) / np.outer(volatility, volatility)
    variances = bool((np.abs(ratios / multiple - 1.0) <= _MULTIPLE).all())
    choices = [
        (periods, by_dates, percent)
        for percent in (False, True)
        for by_dates in (False, True)
        for periods in PERIODS
    ]
    off = [
        abs(multiple / (periods * ((t - 1.0) / t if by_dates else 1.0) * (1e4 if percent else 1.0)) - 1.0)
        for periods, by_dates, percent in choices
    ]
    best = int(np.argmin(off))
    periods, by_dates, percent = choices[best]
    return Likeness(
        multiple,
        variances,
        variances and bool((distance <= _MULTIPLE).all()),
        periods if variances and off[best] <= _MULTIPLE else None,
        by_dates,
        percent,
    )


def _pairs(where: Mask) -> tuple[Pair, ...]:
    return tuple((int(row), int(column)) for row, column in np.argwhere(np.triu(where)))
