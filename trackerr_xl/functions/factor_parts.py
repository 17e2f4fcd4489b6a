"""Three ranges become the parts of a factor model: matched by name and brought to fractions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.semidefinite import symmetric_covariance
from trackerr_xl.core.words import listed
from trackerr_xl.errors import InputError, LabelError, ShapeError
from trackerr_xl.functions.match import no_entry, not_listed, places_of
from trackerr_xl.functions.spec import Argument
from trackerr_xl.functions.values import Labelled, LabelledMatrix, Panel

_OF_PERCENT = 1e-4
"""A squared percent as a squared fraction."""

EXPOSURES = Argument(
    "exposures",
    "panel",
    "A row for each name, a column for each factor, with names at the left and factors on top if there are any. "
    "Bonds: key-rate durations, and duration times spread.",
)
FACTOR_COV = Argument(
    "factor_cov",
    "matrix",
    "Covariance of the factors' returns per period: k × k, or with the factors on both edges, matched by name.",
    unit="see units",
)
UNITS = Argument(
    "units",
    "choice",
    "Of factor_cov and specific. Decimal: fractions squared; Percent: percent squared. Variance: specific holds variances; "
    "sd: standard deviations.",
    default="Decimal variance",
    choices=("Decimal variance", "Decimal sd", "Percent variance", "Percent sd"),
)


@dataclass(frozen=True, slots=True, eq=False)
class FactorParts:
    """The parts of a factor model in one order of names and of factors, in fractions squared.

    Parameters
    ----------
    exposures : ndarray of shape (n, k)
        Exposure of each name to each factor.
    factor_cov : ndarray of shape (k, k)
        Covariance of the factors, fraction squared per period.
    specific : ndarray of shape (n,)
        Specific variances, fraction squared per period.
    names : tuple of str or None
        Names of the rows.
    factors : tuple of str
        Names of the columns, numbered where there are none.
    unused : tuple of str
        Factors of the covariance that have no column of exposures.
    """

    exposures: Matrix
    factor_cov: Matrix
    specific: Vector
    names: tuple[str, ...] | None
    factors: tuple[str, ...]
    unused: tuple[str, ...]


def factor_parts(
    exposures: Panel, factor_cov: LabelledMatrix, specific: Labelled | None, units: str
) -> FactorParts:
    """Match factors and names, and bring all to fractions squared.

    Parameters
    ----------
    exposures : Panel
        A row for each name, a column for each factor.
    factor_cov : LabelledMatrix
        Covariance of the factors.
    specific : Labelled or None
        Specific variance or standard deviation of each name; None for none.
    units : str
        One of the choices of `UNITS`.

    Raises
    ------
    ShapeError
        If sizes do not agree where there are no names to go by.
    LabelError
        If a factor or name is not listed.
    InputError
        If a specific risk is below zero.
    """
    scale = _OF_PERCENT if units.startswith("Percent") else 1.0
    matrix, unused = _of_factors(factor_cov, exposures)
    names = exposures.rows or (None if specific is None else specific.labels)
    return FactorParts(
        exposures.values,
        matrix * scale,
        np.zeros(exposures.size)
        if specific is None
        else _variances(specific, exposures, units.endswith("sd")) * scale,
        names,
        exposures.columns or factor_cov.labels or tuple(f"Factor {at + 1}" for at in range(len(matrix))),
        unused,
    )


def part_warnings(parts: FactorParts) -> Iterator[tuple[str, str]]:
    """A note for factors that are not used."""
    if parts.unused:
        yield "Warning", f"factor_cov lists {listed(parts.unused)}, which exposures has not: not used."


def _of_factors(factor_cov: LabelledMatrix, exposures: Panel) -> tuple[Matrix, tuple[str, ...]]:
    """The covariance in the order of the exposures' columns, and the factors they have not."""
    matrix = symmetric_covariance(factor_cov.values, "factor_cov", factor_cov.labels)
    factors, count = exposures.columns, exposures.values.shape[1]
    if factors is None or factor_cov.labels is None:
        if factor_cov.size != count:
            raise ShapeError(
                f"is {factor_cov.size} x {factor_cov.size}, must be {count} x {count} like the columns of exposures",
                argument="factor_cov",
            )
        return matrix, ()
    missing = not_listed(factors, factor_cov.labels)
    if missing:
        raise LabelError(
            no_entry(missing, factor_cov.labels, "a row and a column for each factor of exposures"),
            argument="factor_cov",
        )
    places = places_of(factors, factor_cov.labels)
    return matrix[np.ix_(places, places)], tuple(not_listed(factor_cov.labels, factors))


def _variances(specific: Labelled, exposures: Panel, deviations: bool) -> Vector:
    """Specific variances in the order of the exposures' rows, in the unit given."""
    negative = np.flatnonzero(specific.values < 0.0)
    if negative.size:
        at = int(negative[0])
        raise InputError(
            f"is {specific.values[at]:.6g}, must be zero or more",
            argument="specific",
            at=specific.labels[at] if specific.labels else f"entry {at + 1}",
        )
    values = _in_order(specific, exposures.rows, exposures.size)
    return values**2 if deviations else values


def _in_order(specific: Labelled, names: Sequence[str] | None, size: int) -> Vector:
    if names is None or specific.labels is None:
        if specific.values.size != size:
            raise ShapeError(
                f"has {specific.values.size} rows, must have {size} like exposures", argument="specific"
            )
        return specific.values
    missing = not_listed(names, specific.labels)
    if missing:
        raise LabelError(
            no_entry(missing, specific.labels, "a row for each name of exposures, zeros for cash"),
            argument="specific",
        )
    return specific.values[places_of(names, specific.labels)]
