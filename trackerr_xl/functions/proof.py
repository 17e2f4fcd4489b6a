"""What TE_EXPLAIN says of an optimisation: its proof, and the limits that bind."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.arrays import Mask
from trackerr_xl.core.optimism import expected_realised, sampling_band

if TYPE_CHECKING:
    from trackerr_xl.core.mandates.mandate import Achieved
    from trackerr_xl.core.table.constraints import Limits
    from trackerr_xl.functions.mandate import Case
    from trackerr_xl.functions.options import Options

_BINDING = 1e-9
"""A weight or row this close to its limit, relative to the row's largest coefficient, is called binding."""

_NO_VARIANCE = 1e-14
"""An active variance below this share of a name's own is rounding about zero, and so would prices be."""

_FINEST = 1e-12
"""Smaller residuals are not told apart: they are rounding, and a workbook would read differently on every machine."""


_EQUAL = 1e-6
"""Where names are counted, a bound this near to the value, relative to it, is the value: the bound is found by smoothing."""

VALUES = {
    "Min TE": "tracking error",
    "Min variance": "volatility",
    "Max return": "return per period",
    "Max utility": "utility",
    "Min turnover": "turnover",
}
"""What each objective makes best, in words."""


def proof(achieved: "Achieved", case: "Case") -> Iterator[tuple[str, str]]:
    """Status, tracking error, objective, residuals, gap and method, as topic and sentence."""
    solution, options = achieved.solution, case.options
    certificate = solution.certificate
    error = float(np.sqrt(solution.active_variance) * np.sqrt(options.periods))
    yield "Status", _status(achieved)
    yield "Tracking error", f"{error:.10g} ex-ante, a fraction; periods a year: {options.periods:g}."
    yield from _honest(error, achieved, case)
    if options.objective != "Min TE":
        value = achieved.value * root_of(options)
        yield "Objective", f"{options.objective}: {VALUES[options.objective]} {value:.10g}."
    yield (
        "Residuals",
        f"No limit is broken by more than {_power_of_ten(certificate.violation)}, "
        f"stationarity holds to {_power_of_ten(certificate.stationarity)}.",
    )
    yield "Gap", _gap(achieved, options.objective)
    yield from _whole(achieved, case)
    steps = "step" if solution.iterations == 1 else "steps"
    yield "Method", f"{solution.method}, {solution.iterations} {steps}."


def _status(achieved: "Achieved") -> str:
    if achieved.whole is None:
        return "Solved, and the answer proved."
    if achieved.whole.finished:
        return "Solved, and the names held proved to within the gap asked for."
    return "The best found in the time allowed; how much better others could be is told below."


def _whole(achieved: "Achieved", case: "Case") -> Iterator[tuple[str, str]]:
    """What is proved of the choice of names, where they are counted."""
    whole = achieved.whole
    if whole is None:
        return
    value, bound = achieved.value * root_of(case.options), whole.bound * root_of(case.options)
    what = VALUES[case.options.objective]
    share = abs(value - bound) / abs(value) if value else 0.0
    held = int(whole.held.sum())
    if share <= _EQUAL:
        proved = f"none reach a better {what}"
    else:
        proved = f"none reach a {what} of {'more' if bound > value else 'less'} than {bound:.6g}, a gap of {100.0 * share:.2g} %"
    yield "Names", f"{held} names are held. Of all choices of names within the limits {proved}."
    yield "Search", f"{whole.nodes} nodes of the tree of choices were looked at."
    yield "Prices", "What a limit costs below is for the names that are held."


def _honest(error: float, achieved: "Achieved", case: "Case") -> Iterator[tuple[str, str]]:
    """What tracking error to expect, where the table of options says how many periods are behind the covariance."""
    periods = case.options.observations
    if periods is None:
        return
    weights, limits = achieved.solution.weights, case.limits
    free = int(((weights > limits.lower + _BINDING) & (weights < limits.upper - _BINDING)).sum())
    expected = expected_realised(error, free, periods)
    if np.isinf(expected):
        yield (
            "Warning",
            f"{free} weights are free and cov rests on {periods:g} periods: the tracking error in sample says nothing about "
            "the one to come. Use a factor model, a shrunk covariance, or tighter limits.",
        )
        return
    band = sampling_band(expected, periods)
    yield (
        "Expected realised TE",
        f"{expected:.4g}, give or take {band:.2g}: {free} weights were free to fit {periods:g} periods.",
    )


def _gap(achieved: "Achieved", objective: str) -> str:
    if achieved.whole is not None:
        return f"On the names that are held no weights have a better {VALUES[objective]}."
    if objective == "Min TE":
        small = _power_of_ten(achieved.solution.certificate.relative_gap)
        return f"No weights within the limits have a lower active variance, to {small} of its scale."
    size = max(abs(achieved.value), 1e-300)
    small = _power_of_ten(abs(achieved.value - achieved.bound) / size)
    return f"No weights within the limits have a better {VALUES[objective]}, to {small} of it."


def root_of(options: "Options") -> float:
    """What makes a value of the objective one a year: risks grow with the root of time, the others are as they come."""
    return float(np.sqrt(options.periods)) if options.objective in ("Min TE", "Min variance") else 1.0


def binding(achieved: "Achieved", case: "Case") -> Iterator[tuple[str, str]]:
    """The limits that bind, and what each costs where that is determined."""
    # Behind this import are the parts of SciPy, and `import trackerr_xl` must cost no more than NumPy.
    from trackerr_xl.core.prices import prices

    solution, limits = achieved.solution, case.limits
    rows, weights = limits.rows, solution.weights
    values = rows.matrix @ weights
    slack = np.maximum(rows.sizes, 1.0) * _BINDING
    at_lower, at_upper = values <= rows.lower + slack, values >= rows.upper - slack
    at_min, at_max = weights <= limits.lower + _BINDING, weights >= limits.upper - _BINDING
    bent = limits.bent
    # A name that stands on a bend, such as one not traded under a limit on turnover, is not free to set a price.
    on_bend = ((bent.bend > 0.0) & (np.abs(weights - bent.at) <= _BINDING)).any(axis=0)
    cost = prices(solution, rows, at_lower | at_upper, ~(at_min | at_max | on_bend))
    rate = rate_of(achieved, case)
    unit = VALUES[case.options.objective]
    for at in np.flatnonzero(at_lower | at_upper).tolist():
        sign = "=" if at_lower[at] and at_upper[at] else "≤" if at_upper[at] else "≥"
        limit = rows.upper[at] if at_upper[at] else rows.lower[at]
        yield "Binding", f"{rows.labels[at]} {sign} {limit:.6g}{_cost(cost.rows[at], rate, unit)}."
    yield from _bent(achieved, case, rate, unit)
    yield from _caps(achieved, case, unit)
    yield from _names(cost.bounds, at_min, at_max, limits, rate, unit)
    if np.isnan(rate):
        yield "Prices", "The tracking error is 0: what a limit costs is not defined."


def rate_of(achieved: "Achieved", case: "Case") -> float:
    """Change of the objective, a year where it is a risk, per unit of a multiplier; NaN where it is not defined."""
    typical = float(case.cov.diagonal().mean())
    if case.options.objective == "Min TE" and achieved.solution.active_variance <= _NO_VARIANCE * typical:
        return np.nan
    return achieved.rate * root_of(case.options)


def _bent(achieved: "Achieved", case: "Case", rate: float, unit: str) -> Iterator[tuple[str, str]]:
    bent, duals = case.limits.bent, achieved.solution.bent_duals
    over = bent.reached(achieved.solution.weights) - bent.upper
    hard = np.isinf(bent.penalty)
    # A soft row of names has no limit of its own to be at: it is broken or it is not.
    of_names = bent.slope.any(axis=1)
    pulling = (over > _BINDING) | (~of_names & (duals > 0.0)) | (hard & (over >= -_BINDING))
    for at in np.flatnonzero(pulling).tolist():
        standing = _standing(float(over[at] + bent.upper[at]), float(bent.upper[at]))
        yield "Binding", f"{bent.labels[at]}: {standing}{_cost(float(duals[at]), rate, unit)}."


def _caps(achieved: "Achieved", case: "Case", unit: str) -> Iterator[tuple[str, str]]:
    """The cap on tracking error and the limits on cost, where they hold or are broken at a price."""
    root, cap, weights = root_of(case.options), case.limits.cap, achieved.solution.weights
    if cap is not None and achieved.te_price > 0.0:
        error = float(np.sqrt(achieved.solution.active_variance * case.options.periods))
        price = achieved.te_price * root / float(np.sqrt(case.options.periods))
        yield "Binding", f"{cap.label}: {_standing(error, cap.upper)}{_cost(price, 1.0, unit)}."
    for row, price in zip(case.limits.costs, achieved.cost_prices.tolist(), strict=True):
        if price > 0.0:
            standing = _standing(row.cost(weights), row.upper)
            yield "Binding", f"{row.label}: {standing}{_cost(price * root, 1.0, unit)}."


def _standing(value: float, limit: float) -> str:
    over = value - limit
    return f"broken by {over:.6g}" if over > _BINDING else f"at its limit {limit:.6g}"


def _names(
    slopes: Sequence[float | None], at_min: Mask, at_max: Mask, limits: "Limits", rate: float, unit: str
) -> Iterator[tuple[str, str]]:
    alike = np.array(
        [low == high for low, high in zip(limits.lower_labels, limits.upper_labels, strict=True)]
    )
    fixed = alike & (limits.lower == limits.upper)
    below = [None if price is None else max(price, 0.0) for price in slopes]
    above = [None if price is None else min(price, 0.0) for price in slopes]
    for places, labels, word, sides in (
        (fixed, limits.lower_labels, "fixed", slopes),
        (at_min & ~fixed, limits.lower_labels, "at the Min", below),
        (at_max & ~fixed, limits.upper_labels, "at the Max", above),
    ):
        held = np.flatnonzero(places).tolist()
        yield from _held({at: _cost(sides[at], rate, unit) for at in held}, labels, word)


def _power_of_ten(residual: float) -> str:
    """The power of ten that a residual does not exceed, in words that do not change with its last digits."""
    return f"{10.0 ** int(np.ceil(np.log10(max(residual, _FINEST)))):.0e}"


def _cost(slope: float | None, rate: float, unit: str) -> str:
    if np.isnan(rate) or slope == 0.0:
        return ""
    if slope is None:
        return ", no price of its own: other limits that bind could stand in for it"
    price = abs(slope) * rate
    return f", worth {price:.4g} of {unit} per unit" if 0.0 < price < np.inf else ""


def _held(costs: Mapping[int, str], labels: Sequence[str], word: str) -> Iterator[tuple[str, str]]:
    """A sentence a row: with its price where it speaks of one name, else with how many names it holds."""
    if not costs:
        return
    spoken_of = Counter(labels)
    counts = Counter(labels[at] for at in costs)
    cost = {labels[at]: words for at, words in costs.items()}
    for label, count in counts.items():
        if spoken_of[label] == 1:
            yield "Binding", f"{label}: {word}{cost[label]}."
        else:
            yield "Binding", f"{label}: {count} {'name' if count == 1 else 'names'} {word}."
