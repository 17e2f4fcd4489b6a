"""Covariance: the nearest one that returns can have, with how far it moved."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from trackerr_xl.core.arrays import Matrix
from trackerr_xl.core.covariance.nearest import (
    clipped_correlations,
    nearest_correlations,
    nearest_covariance,
)
from trackerr_xl.core.semidefinite import symmetric_covariance
from trackerr_xl.core.words import shorten
from trackerr_xl.functions.cov_estimate import edged
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction
from trackerr_xl.functions.values import LabelledMatrix

_WAYS: dict[str, tuple[Callable[[Matrix], Matrix], str]] = {
    "Higham": (
        nearest_correlations,
        "The nearest correlations in Frobenius norm (Higham 2002), variances kept.",
    ),
    "Higham covariance": (
        nearest_covariance,
        "The nearest positive semidefinite matrix in Frobenius norm (Higham 1988); variances may grow.",
    ),
    "Clip": (
        clipped_correlations,
        "Negative eigenvalues of the correlations set to zero, variances kept; near, not nearest.",
    ),
}

_ROUNDING = 1e-14
"""A negative eigenvalue this small beside the largest is rounding, a name of it."""


def cov_nearest(cov: LabelledMatrix, method: str) -> Answer:
    """The matrix itself if it is a covariance, otherwise the nearest by the method."""
    names = cov.labels or tuple(f"column {at + 1}" for at in range(cov.size))
    matrix = symmetric_covariance(cov.values, "cov", cov.labels)
    smallest, largest = (float(value) for value in np.linalg.eigvalsh(matrix)[[0, -1]])
    if smallest >= -_ROUNDING * cov.size * largest:
        kept = ("Status", f"Nothing moved: the smallest eigenvalue is {smallest:.6g}, none is negative.")
        return Answer(edged(matrix, cov.labels), (kept,))
    way, words = _WAYS[method]
    near = way(matrix)
    notes = (("Method", words), *_moves(matrix, near, names, smallest))
    return Answer(edged(near, cov.labels), notes)


def _moves(matrix: Matrix, near: Matrix, names: Sequence[str], smallest: float) -> Iterator[tuple[str, str]]:
    yield (
        "Eigenvalue",
        f"The smallest was {smallest:.6g} and is {_shown_zero(float(np.linalg.eigvalsh(near)[0]), near)}.",
    )
    distance = float(np.linalg.norm(near - matrix))
    share = 100.0 * distance / float(np.linalg.norm(matrix))
    yield "Distance", f"{distance:.6g} in Frobenius norm, {share:.3g} % of the matrix's."
    volatility = np.sqrt(matrix.diagonal())
    unit = np.where(volatility > 0.0, volatility, 1.0)
    change = np.abs(near - matrix) / np.outer(unit, unit)
    row, column = divmod(int(change.argmax()), len(names))
    before = matrix[row, column] / unit[row] / unit[column]
    after = near[row, column] / unit[row] / unit[column]
    yield (
        "Largest move",
        f"{shorten(names[row])} with {shorten(names[column])}: from {before:.4g} to {after:.4g} in units of their volatilities.",
    )


def _shown_zero(value: float, matrix: Matrix) -> str:
    """An eigenvalue, 0 where it is rounding."""
    rounding = 1e-12 * float(np.abs(matrix).max()) * len(matrix)
    return "0" if abs(value) <= rounding else f"{value:.6g}"


COV_NEAREST = SheetFunction(
    name="COV_NEAREST",
    category="covariance",
    summary="The nearest matrix that can be a covariance, when negative eigenvalues show that this one cannot; how far it moved is told.",
    arguments=(
        Argument(
            "cov",
            "matrix",
            "Symmetric matrix that need not be positive semidefinite: n × n, or with the names on both edges. Correlations too.",
            unit="any",
        ),
        Argument(
            "method",
            "choice",
            "Higham: nearest correlations, variances kept. Higham covariance: nearest matrix, variances free. Clip: eigenvalues of the correlations clipped, variances kept.",
            default="Higham",
            choices=tuple(_WAYS),
        ),
    ),
    result=Result(
        "table", "The matrix, n × n, with the names on both edges if it had them.", unit="that of cov"
    ),
    run=cov_nearest,
    example="=COV_NEAREST(Impossible)",
)
