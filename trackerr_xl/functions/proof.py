"""What TE_EXPLAIN says of an optimisation: its proof, and the limits that bind."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from trackerr_xl.core.constraints import Limits
    from trackerr_xl.core.solution import Solution

_BINDING = 1e-9
"""A weight or row this close to its limit, relative to the row's largest coefficient, is called binding."""

_NO_VARIANCE = 1e-14
"""An active variance below this share of a name's own is rounding about zero, and so would prices be."""

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


def binding(
    solution: "Solution", limits: "Limits", periods: float, typical: float
) -> Iterator[tuple[str, str]]:
    """The limits that bind, and what each costs where that is determined; `typical` is the names' mean variance."""
    # Behind this import are the parts of SciPy, and `import trackerr_xl` must cost no more than NumPy.
    from trackerr_xl.core.prices import prices

    rows, weights = limits.rows, solution.weights
    values = rows.matrix @ weights
    slack = np.maximum(np.abs(rows.matrix).max(axis=1, initial=0.0), 1.0) * _BINDING
    at_lower, at_upper = values <= rows.lower + slack, values >= rows.upper - slack
    at_min, at_max = weights <= limits.lower + _BINDING, weights >= limits.upper - _BINDING
    cost = prices(solution, rows, at_lower | at_upper, ~(at_min | at_max))
    known = solution.active_variance > _NO_VARIANCE * typical
    error = float(np.sqrt(solution.active_variance * periods)) if known else 0.0
    for at in np.flatnonzero(at_lower | at_upper).tolist():
        sign = "=" if at_lower[at] and at_upper[at] else "≤" if at_upper[at] else "≥"
        limit = rows.upper[at] if at_upper[at] else rows.lower[at]
        yield "Binding", f"{rows.labels[at]} {sign} {limit:.6g}{_cost(cost.rows[at], periods, error)}."
    alike = np.array(
        [low == high for low, high in zip(limits.lower_labels, limits.upper_labels, strict=True)]
    )
    fixed = alike & (limits.lower == limits.upper)
    below = [None if price is None else max(price, 0.0) for price in cost.bounds]
    above = [None if price is None else min(price, 0.0) for price in cost.bounds]
    for places, labels, word, slopes in (
        (fixed, limits.lower_labels, "fixed", cost.bounds),
        (at_min & ~fixed, limits.lower_labels, "at the Min", below),
        (at_max & ~fixed, limits.upper_labels, "at the Max", above),
    ):
        costs = [_cost(slope, periods, error) for slope in slopes]
        yield from _held(np.flatnonzero(places).tolist(), labels, word, costs)
    if error == 0.0:
        yield "Prices", "The tracking error is 0: what a limit costs is not defined."


def _power_of_ten(residual: float) -> str:
    """The power of ten that a residual does not exceed, in words that do not change with its last digits."""
    return f"{10.0 ** int(np.ceil(np.log10(max(residual, _FINEST)))):.0e}"


def _cost(slope: float | None, periods: float, error: float) -> str:
    # dTE = d(TE²)/(2 TE): no price exists where the tracking error is zero.
    if error == 0.0 or slope == 0.0:
        return ""
    if slope is None:
        return ", no price of its own: other limits that bind could stand in for it"
    price = abs(slope) * periods / error
    return f", worth {price:.4g} of tracking error per unit" if 0.0 < price < np.inf else ""


def _held(
    places: Sequence[int], labels: Sequence[str], word: str, costs: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """A sentence a row: with its price where it speaks of one name, else with how many names it holds."""
    spoken_of = Counter(labels)
    counts = Counter(labels[at] for at in places)
    cost = {labels[at]: costs[at] for at in places}
    for label, count in counts.items():
        if spoken_of[label] == 1:
            yield "Binding", f"{label}: {word}{cost[label]}."
        else:
            yield "Binding", f"{label}: {count} {'name' if count == 1 else 'names'} {word}."
