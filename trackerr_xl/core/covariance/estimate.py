"""One door to all estimators: a panel of returns with gaps becomes a covariance and what there is to tell of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from trackerr_xl.core.arrays import Mask, Matrix
from trackerr_xl.core.covariance import shrinkage
from trackerr_xl.core.covariance.denoise import denoised
from trackerr_xl.core.covariance.expectation import most_likely_covariance
from trackerr_xl.core.covariance.moments import pairwise_covariance, weighted_covariance
from trackerr_xl.core.covariance.nearest import nearest_correlations
from trackerr_xl.core.covariance.nonlinear import nonlinear_shrinkage
from trackerr_xl.core.history import decay
from trackerr_xl.core.threads import one_thread
from trackerr_xl.core.words import shorten
from trackerr_xl.errors import InputError, ShapeError

Method = Literal[
    "Sample", "EWMA", "LW Identity", "LW Index", "LW Correlation", "LW Nonlinear", "OAS", "Denoise"
]
Missing = Literal["Complete", "Pairwise", "EM"]

_LINEAR: dict[str, Callable[[Matrix], shrinkage.Shrunk]] = {
    "LW Identity": shrinkage.towards_identity,
    "LW Index": shrinkage.towards_index,
    "LW Correlation": shrinkage.towards_correlation,
    "OAS": shrinkage.oracle_approximating,
}

_NOTHING = 1e-100
"""A name that moves by less, beside the largest return, does not move: its square would vanish."""
_ROUNDING = 1e-12
"""A negative eigenvalue this small beside the largest is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """A covariance and what it rests on.

    Parameters
    ----------
    matrix : ndarray of shape (n, n)
        Symmetric, positive semidefinite, fraction squared per period.
    dates : int
        Dates used.
    effective : float
        Equally weighted dates that carry as much: one over the sum of squared weights.
    intensity : float or None
        Share of the target of a linear shrinkage.
    kept : int or None
        Eigenvalues that denoising kept.
    repaired : float
        Relative distance by which a pairwise covariance was moved to become positive semidefinite; 0 if it was.
    moving : ndarray of bool of shape (n,)
        Names that moved; the others have zeros whatever the method.
    """

    matrix: Matrix
    dates: int
    effective: float
    intensity: float | None = None
    kept: int | None = None
    repaired: float = 0.0
    moving: Mask = field(default_factory=lambda: np.ones(0, dtype=np.bool_))


def estimate(
    returns: Matrix, names: Sequence[str], method: Method, missing: Missing, halflife: float
) -> Estimate:
    """Estimate a covariance.

    Parameters
    ----------
    returns : ndarray of shape (t, n)
        Simple returns per period, fractions, oldest first, NaN where data are missing.
    names : sequence of str
        Names for sentences.
    method : str
        How the covariance is estimated.
    missing : str
        What is done about gaps; without gaps it makes no difference.
    halflife : float
        Periods after which a weight of EWMA has halved.

    Raises
    ------
    ShapeError
        If there are too few dates.
    InputError
        If the method cannot do with gaps what `missing` asks for.
    """
    has_gaps = bool(np.isnan(returns).any())
    if has_gaps and missing == "Complete":
        _refuse_unseen(returns, names)
        returns, has_gaps = returns[~np.isnan(returns).any(axis=1)], False
    if len(returns) < 2:
        raise ShapeError(
            f"has {len(returns)} complete date{'s' if len(returns) != 1 else ''}, must have 2 or more",
            argument="returns",
        )
    _refuse_unseen(returns, names)
    if has_gaps:
        _refuse_gaps(method, missing)
    # Squares of tiny returns underflow.
    scale = float(np.nanmax(np.abs(returns))) or 1.0
    scaled = returns / scale
    moving = np.nanmax(scaled, axis=0) - np.nanmin(scaled, axis=0) > _NOTHING
    found = _of_moving(
        scaled[:, moving],
        [name for name, moves in zip(names, moving, strict=True) if moves],
        method,
        missing if has_gaps else "Complete",
        halflife,
    )
    return replace(found, matrix=among(moving, found.matrix * scale * scale), moving=moving)


def among(chosen: Mask, matrix: Matrix) -> Matrix:
    """A matrix of some names among all of them, zeros for the others."""
    if chosen.all():
        return matrix
    every = np.zeros((chosen.size, chosen.size))
    every[np.ix_(chosen, chosen)] = matrix
    return every


def _refuse_unseen(returns: Matrix, names: Sequence[str]) -> None:
    seen = (~np.isnan(returns)).sum(axis=0)
    if seen.size and seen.min() < 2:
        at = int(seen.argmin())
        raise ShapeError(
            f"has {seen[at]} return{'s' if seen[at] != 1 else ''} of {shorten(names[at])}, must have 2 or more",
            argument="returns",
        )


def _refuse_gaps(method: Method, missing: Missing) -> None:
    allowed = ("Sample", "EWMA") if missing == "Pairwise" else ("Sample",)
    if method not in allowed:
        raise InputError(
            f"is {missing} for the method {method}, must be Complete: only {' and '.join(allowed)} can do with gaps so",
            argument="missing",
        )


def _of_moving(
    returns: Matrix, names: Sequence[str], method: Method, missing: Missing, halflife: float
) -> Estimate:
    """The estimate for names that move."""
    t = len(returns)
    weights = decay(t, halflife) if method == "EWMA" else np.full(t, 1.0 / t)
    effective = 1.0 / float(weights @ weights)
    if not len(names):
        return Estimate(np.zeros((0, 0)), t, effective)
    if missing == "EM":
        return Estimate(most_likely_covariance(returns), t, effective)
    if missing == "Pairwise":
        matrix, moved = _possible(pairwise_covariance(returns, weights, names))
        return Estimate(matrix, t, effective, repaired=moved)
    if method in _LINEAR:
        shrunk = _LINEAR[method](returns)
        return Estimate(shrunk.matrix, t, effective, intensity=shrunk.intensity)
    if method == "LW Nonlinear":
        return Estimate(nonlinear_shrinkage(returns), t, effective)
    sample = weighted_covariance(returns, weights)
    if method == "Denoise":
        matrix, kept = denoised(sample, t)
        return Estimate(matrix, t, effective, kept=kept)
    return Estimate(sample, t, effective)


def _possible(matrix: Matrix) -> tuple[Matrix, float]:
    """A pairwise covariance, moved to the nearest possible one if need be, and how far relatively."""
    with one_thread():
        values = np.linalg.eigvalsh(matrix)
    if values[0] >= -_ROUNDING * values[-1]:
        return matrix, 0.0
    near = nearest_correlations(matrix)
    return near, float(np.linalg.norm(near - matrix) / np.linalg.norm(matrix))
