"""Mandates that count names: the tree finds which are held, the convex road proves the weights of those."""

from dataclasses import replace
from time import perf_counter

import numpy as np

from trackerr_xl.core.arrays import Mask
from trackerr_xl.core.mandates.achieve import achieve
from trackerr_xl.core.mandates.mandate import Achieved, Mandate, WholeProof
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.whole.holdings import Holdings
from trackerr_xl.core.whole.tree import best_whole
from trackerr_xl.errors import InputError, NoAnswerError, NotYetError, NumericalError

_OBJECTIVES = ("Min TE", "Min variance", "Max utility")


def achieve_whole(mandate: Mandate, holdings: Holdings, gap: float, first: Mask | None = None) -> Achieved:
    """The best weights on whole names.

    Parameters
    ----------
    mandate : Mandate
        Min TE, Min variance or Max utility, without soft rows, caps on tracking error and costs.
    holdings : Holdings
        How many names and how small.
    gap : float
        Largest share of the value by which better weights may remain unfound.
    first : ndarray of shape (n,), optional
        Names of a good answer, to begin with.

    Returns
    -------
    Achieved
        The best weights on the names that are held, with `whole` saying what is known of others; prices are those of
        the names held.

    Raises
    ------
    NotYetError
        If the mandate asks for more.
    NoAnswerError
        If no such weights exist.
    NumericalError
        If none were found in time.
    """
    _check(mandate)
    begun = perf_counter()
    problem = _objective(mandate)
    # The tree's gap is one of variances: half of it is one of tracking error.
    share = 1.0 - (1.0 - gap) ** 2 if mandate.objective != "Max utility" else gap
    found = best_whole(problem, holdings, share, mandate.seconds, first)
    if found.portfolio is None:
        raise _none(holdings, mandate.seconds, finished=found.finished)
    held = found.portfolio.weights != 0.0
    achieved = achieve(_on(mandate, holdings, held))
    # That a name is not held is no limit of the table: it has no price.
    gradient = np.where(held, achieved.solution.reduced_gradient, 0.0)
    achieved = replace(achieved, solution=replace(achieved.solution, reduced_gradient=gradient))
    bound = _value(mandate, found.bound)
    best = max if mandate.objective == "Max utility" else min
    seconds = perf_counter() - begun
    proof = WholeProof(best(bound, achieved.value), found.nodes, seconds, found.finished, held)
    return replace(achieved, whole=proof)


def _check(mandate: Mandate) -> None:
    problem = mandate.problem
    soft = problem.rows.penalty is not None or bool(np.isfinite(problem.bent.penalty).any())
    what = (
        f"with the objective {mandate.objective}"
        if mandate.objective not in _OBJECTIVES
        else "beside a limit on TE"
        if np.isfinite(mandate.te_cap)
        else "beside Cost rows"
        if mandate.costs
        else "beside rows with a Penalty"
        if soft
        else ""
    )
    if what:
        raise NotYetError(f"counts names {what}, which cannot be carried out yet", argument="constraints")


def _objective(mandate: Mandate) -> TrackingProblem:
    """The problem whose objective, half a variance and a linear term, is the mandate's."""
    if mandate.objective == "Min variance":
        return replace(mandate.problem, benchmark=np.zeros(mandate.problem.benchmark.size))
    if mandate.objective == "Max utility":
        if mandate.alpha is None:
            raise InputError("is missing, Max utility needs it", argument="alpha")
        return replace(mandate.problem, linear=-mandate.alpha / mandate.risk_aversion)
    return mandate.problem


def _value(mandate: Mandate, bound: float) -> float:
    """What the objective of the tree comes to in the mandate's unit."""
    if mandate.objective == "Max utility":
        assert mandate.alpha is not None
        return float(mandate.alpha @ mandate.problem.benchmark) - mandate.risk_aversion * bound
    return float(np.sqrt(max(2.0 * bound, 0.0)))


def _on(mandate: Mandate, holdings: Holdings, held: Mask) -> Mandate:
    """The mandate on the names that are held alone."""
    problem = mandate.problem
    lower = np.where(held, np.maximum(problem.lower, holdings.least), 0.0)
    upper = np.where(held, problem.upper, 0.0)
    return replace(mandate, problem=replace(problem, lower=lower, upper=upper))


def _none(holdings: Holdings, seconds: float, *, finished: bool) -> NoAnswerError | NumericalError:
    rows = holdings.labels or ("the smallest holdings",)
    named = ", ".join(rows[:3]) + (f" and {len(rows) - 3} more" if len(rows) > 3 else "")
    if finished:
        return NoAnswerError(
            f"No weights hold whole names within all limits: {named} cannot hold with the others", rows=rows
        )
    return NumericalError(f"no weights that hold whole names were found within {seconds:g} seconds: {named}")
