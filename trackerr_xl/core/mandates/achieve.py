"""The best weights for a mandate: the right point of a trade-off, and the proof that nothing is better.

With T the tracking error and f everything else, each objective is V = Ψ(T) + f with Ψ convex: T itself, ½λT², or nothing,
and beyond the cap the price of a breach or infinity. A point of the trade-off with T = t Ψ'(T) is its answer, and what
proves the point proves it too: with s = T / t, any other weights have

    V ≥ (T² + t f − gap/2) / t + Ψ₀(T) − Ψ₀'(T) T − (s − Ψ₀'(T)) cap,

Ψ₀ being Ψ without the cap, since T · TE(w) is at least the product of both active weights with Σ.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.mandates.above_cap import above_cap
from trackerr_xl.core.mandates.crossing import Target, crossing
from trackerr_xl.core.mandates.mandate import Achieved, Mandate
from trackerr_xl.core.mandates.tradeoff import Point, Tradeoff, largest
from trackerr_xl.core.mandates.variance_cap import least_variance_within
from trackerr_xl.core.problem import BentRows, TrackingProblem
from trackerr_xl.core.solution import Solution
from trackerr_xl.errors import InputError, NumericalError

TOLERANCE = 1e-9
"""Largest gap between the value and its bound, relative to the value or to the price of the risk if that is more."""

_NO_RISK = 1e-7
"""A tracking error below this share of the assets' volatility is rounding."""


def achieve(mandate: Mandate) -> Achieved:
    """The best weights for a mandate.

    Raises
    ------
    NoAnswerError
        If no weights satisfy the limits; the sentence names the rows that clash.
    NumericalError
        If the best value was not proved to tolerance, or not in time.
    InputError
        If the objective needs returns or current weights that are missing.
    """
    if mandate.objective == "Min variance" and np.isfinite(mandate.te_cap):
        return least_variance_within(mandate)
    tradeoff = Tradeoff(_objective(mandate), mandate.seconds, mandate.costs)
    achieved = _achieved(mandate, tradeoff, _best(mandate, tradeoff))
    _check(mandate, achieved)
    return achieved


@dataclass(frozen=True, slots=True)
class _Found:
    """A point, whether the cap holds it there, and whether f alone decides."""

    point: Point
    capped: bool = False
    alone: bool = False


def _objective(mandate: Mandate) -> TrackingProblem:
    """The problem with f in place: the returns, the turnover, the point from which risk is counted."""
    problem, n = mandate.problem, mandate.problem.benchmark.size
    if mandate.objective in ("Max return", "Max utility"):
        if mandate.alpha is None:
            raise InputError(f"is missing, {mandate.objective} needs it", argument="alpha")
        return replace(problem, linear=-mandate.alpha)
    if mandate.objective == "Min variance":
        return replace(problem, benchmark=np.zeros(n))
    if mandate.objective == "Min turnover":
        if mandate.current is None:
            raise InputError("is missing, Min turnover needs it", argument="current")
        bent = problem.bent
        turnover = BentRows(
            np.vstack([bent.slope, np.zeros((1, n))]),
            np.vstack([bent.bend, np.full((1, n), 0.5)]),
            np.vstack([bent.at, mandate.current[None, :]]),
            np.append(bent.upper, 0.0),
            np.append(bent.penalty, 1.0),
            (*bent.labels, "Turnover, the objective"),
        )
        return replace(problem, bent=turnover)
    return problem


def _best(mandate: Mandate, tradeoff: Tradeoff) -> _Found:
    risk = float(np.sqrt(tradeoff.problem.risk.diagonal().mean()))
    # Where nothing but the cap speaks of risk, f may have no least value without it.
    if mandate.objective in ("Max return", "Min turnover") and np.isfinite(mandate.te_cap):
        found = _at_cap(mandate, tradeoff, tradeoff.first(mandate.te_cap or 1e-6 * risk))
        if found is not None:
            return found
        natural = _Found(largest(tradeoff, tradeoff.largest), alone=True)
    else:
        natural = _natural(mandate, tradeoff, risk)
    if natural.point.error <= mandate.te_cap * (1.0 + TOLERANCE):
        return natural
    # Weights that stood still may have been at a kink of f and not at its end: then the cap is met from above.
    begin = natural.point.t * min(1.0, mandate.te_cap / natural.point.error)
    return (
        _at_cap(mandate, tradeoff, begin)
        or _at_cap(mandate, tradeoff, natural.point.t)
        or _Found(natural.point, capped=True)
    )


def _natural(mandate: Mandate, tradeoff: Tradeoff, risk: float) -> _Found:
    """The answer if there were no cap."""
    if mandate.objective == "Max utility":
        return _Found(tradeoff.at(1.0 / mandate.risk_aversion))
    if mandate.objective in ("Max return", "Min turnover"):
        return _Found(largest(tradeoff, tradeoff.first(risk)), alone=True)
    if not _is_soft(tradeoff):
        point = tradeoff.at(1.0)
        return _Found(replace(point, t=point.error))
    begin = tradeoff.at(1e-3 * risk).error
    met = crossing(tradeoff, max(begin, 1e-3 * risk), Target(lambda t: t, fixed=False))
    assert met is not None
    return _Found(met)


def _at_cap(mandate: Mandate, tradeoff: Tradeoff, begin: float) -> _Found | None:
    """The answer where the cap binds, None where it does not."""
    cap = mandate.te_cap
    if cap == 0.0:
        raise NumericalError("a tracking error of exactly 0 cannot be proved: give the cap a little room")
    point = crossing(tradeoff, max(begin, 1e-300), Target(lambda _: cap, fixed=True))
    if point is None:
        return None
    if point.error > cap * (1.0 + TOLERANCE) and np.isinf(mandate.te_penalty):
        raise above_cap(mandate, point.solution)
    _, slope = _risk_value(mandate, point.error)
    if point.error / point.t - slope <= mandate.te_penalty and point.error <= cap * (1.0 + TOLERANCE):
        return _Found(point, capped=True)
    beyond = crossing(tradeoff, point.t, Target(_priced(mandate), fixed=False))
    assert beyond is not None
    return _Found(beyond, capped=True)


def _priced(mandate: Mandate) -> Callable[[float], float]:
    """The tracking error at which its price, with that of the cap broken, is T / t."""
    penalty = mandate.te_penalty
    if mandate.objective == "Max utility":
        return lambda t: penalty * t / max(1.0 - mandate.risk_aversion * t, 1e-12)
    own = 1.0 if mandate.objective == "Min TE" else 0.0
    return lambda t: (own + penalty) * t


def _risk_value(mandate: Mandate, error: float) -> tuple[float, float]:
    """Ψ₀ and its derivative."""
    if mandate.objective in ("Min TE", "Min variance"):
        return error, 1.0
    if mandate.objective == "Max utility":
        return 0.5 * mandate.risk_aversion * error**2, mandate.risk_aversion * error
    return 0.0, 0.0


def _achieved(mandate: Mandate, tradeoff: Tradeoff, found: _Found) -> Achieved:
    point, cap = found.point, mandate.te_cap
    solution, t, error = point.solution, point.t, point.error
    own, slope = _risk_value(mandate, error)
    f = tradeoff.value(solution.weights)
    over = mandate.te_penalty * max(error - cap, 0.0) if np.isfinite(mandate.te_penalty) else 0.0
    value, half_gap = own + f + over, 0.5 * solution.certificate.gap
    if found.alone:
        bound, rate = f - half_gap, 1.0
    elif not _is_soft(tradeoff) and mandate.objective in ("Min TE", "Min variance"):
        bound = float(np.sqrt(max(error**2 - 2.0 * half_gap, 0.0)))
        rate = 1.0 / error if error > 0.0 else np.nan
    else:
        price = error / t - slope if found.capped else 0.0
        known = own - slope * error - (price * cap if found.capped else 0.0)
        bound, rate = (error**2 + t * f - half_gap) / t + known, 1.0 / t
    te_price = max(error / t - slope, 0.0) if found.capped else 0.0
    sign = -1.0 if mandate.objective in ("Max return", "Max utility") else 1.0
    cost_prices = rate * solution.bent_duals[solution.bent_duals.size - len(mandate.costs) :]
    return Achieved(_reported(mandate, solution), sign * value, sign * bound, rate, te_price, cost_prices)


def _reported(mandate: Mandate, solution: Solution) -> Solution:
    """The solution as the mandate sees it: risk about its benchmark, multipliers of its own rows."""
    problem = mandate.problem
    return replace(
        solution,
        active_variance=problem.risk.variance(solution.weights - problem.benchmark),
        bent_duals=solution.bent_duals[: problem.bent.upper.size],
    )


def _check(mandate: Mandate, achieved: Achieved) -> None:
    error = float(np.sqrt(achieved.solution.active_variance))
    if np.isinf(mandate.te_penalty) and error > mandate.te_cap * (1.0 + 2.0 * TOLERANCE):
        raise NumericalError(
            f"the cap on tracking error was not met, the nearest weights have {error:.6g} per period"
        )
    gap = abs(achieved.value - achieved.bound)
    price = float(np.sqrt(achieved.solution.active_variance))
    if achieved.rate > 0.0:
        price = max(price, achieved.solution.active_variance * achieved.rate)
    scale = max(abs(achieved.value), price)
    # The square root of a gap that is next to nothing beside the assets' variances may be anything beside a value of zero.
    if gap > TOLERANCE * scale and achieved.solution.certificate.relative_gap > TOLERANCE:
        raise NumericalError(f"the best value was proved to {gap / scale:.1e} only, must be {TOLERANCE:g}")


def _is_soft(tradeoff: Tradeoff) -> bool:
    problem = tradeoff.problem
    priced = (row.penalty for row in tradeoff.costs)
    return problem.rows.penalty is not None or bool(np.isfinite([*problem.bent.penalty, *priced]).any())
