"""What TE_EXPLAIN says of an optimisation: its proof, and the limits that bind."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.arrays import Vector

if TYPE_CHECKING:
    from trackerr_xl.core.constraints import Limits
    from trackerr_xl.core.solution import Solution

_BINDING = 1e-9
"""A weight or row this close to its limit, relative to the row's largest coefficient, is called binding."""

_FINEST = 1e-12
"""Smaller residuals are not told apart: they are rounding, and a workbook would read differently on every machine."""


def proof(solution: "Solution", periods: float) -> Iterator[tuple[str, str]]:
    """Status, tracking error, residuals, gap and method, as topic and sentence."""
    certificate = solution.certificate
    error = float(np.sqrt(solution.active_variance) * np.sqrt(periods))
    yield "Status", "Solved, and the answer proved."
    yield "Tracking error", f"{error:.10g} ex-ante, a fraction; periods a year: {periods:g}."
    yield (
        "Residuals",
        f"No limit is broken by more than {_power_of_ten(certificate.violation)}, "
        f"stationarity holds to {_power_of_ten(certificate.stationarity)}.",
    )
    yield (
        "Gap",
        f"No weights within the limits have a lower active variance, to {_power_of_ten(certificate.relative_gap)} of its scale.",
    )
    steps = "step" if solution.iterations == 1 else "steps"
    yield "Method", f"{solution.method}, {solution.iterations} {steps}."


def binding(solution: "Solution", limits: "Limits", periods: float) -> Iterator[tuple[str, str]]:
    """The limits that bind: rows with what they cost, and how many names each bound holds."""
    rows = limits.rows
    values = rows.matrix @ solution.weights
    slack = np.maximum(np.abs(rows.matrix).max(axis=1, initial=0.0), 1.0) * _BINDING
    at_lower, at_upper = values <= rows.lower + slack, values >= rows.upper - slack
    error = float(np.sqrt(solution.active_variance * periods))
    for at in np.flatnonzero(at_lower | at_upper).tolist():
        sign = "=" if at_lower[at] and at_upper[at] else "≤" if at_upper[at] else "≥"
        limit = rows.upper[at] if at_upper[at] else rows.lower[at]
        cost = _cost(float(solution.row_duals[at]) * periods, error)
        yield "Binding", f"{rows.labels[at]} {sign} {limit:.6g}{cost}."
    yield from _held(solution.weights, limits.lower, limits.lower_labels, "Min")
    yield from _held(solution.weights, limits.upper, limits.upper_labels, "Max")


def _power_of_ten(residual: float) -> str:
    """The power of ten that a residual does not exceed, in words that do not change with its last digits."""
    return f"{10.0 ** int(np.ceil(np.log10(max(residual, _FINEST)))):.0e}"


def _cost(slope: float, error: float) -> str:
    # dTE = d(TE²)/(2 TE): no price exists where the tracking error is zero.
    if error == 0.0 or not 1e-9 * error < abs(slope / error) < np.inf:
        return ""
    return f", worth {abs(slope / error):.4g} of tracking error per unit"


def _held(weights: Vector, bounds: Vector, labels: Sequence[str], side: str) -> Iterator[tuple[str, str]]:
    counts = Counter(labels[at] for at in np.flatnonzero(np.abs(weights - bounds) <= _BINDING).tolist())
    for label, count in counts.items():
        yield "Binding", f"{label}: {count} {'name' if count == 1 else 'names'} at the {side}."
