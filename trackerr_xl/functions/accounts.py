"""Accounts solved: what they share is worked out once, plain problems go through the stack, the others one by one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.risk import tracking_error
from trackerr_xl.core.risk_model import RiskModel
from trackerr_xl.core.table.limits import Attributes, Limit
from trackerr_xl.core.words import listed
from trackerr_xl.errors import (
    InputError,
    LabelError,
    NoAnswerError,
    NumericalError,
    TrackerrError,
)
from trackerr_xl.functions.account_limits import HouseTable
from trackerr_xl.functions.mandate import (
    Case,
    best,
    case_of,
    in_fractions,
    limit_in_fractions,
    mandate_of,
    with_limits,
)
from trackerr_xl.functions.match import not_listed, places_of
from trackerr_xl.functions.optimize import check_proof
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.proof import proof
from trackerr_xl.functions.values import Accounts, Covariance, Labelled, LimitColumn

if TYPE_CHECKING:
    from trackerr_xl.core.problem import TrackingProblem
    from trackerr_xl.core.solution import Solution

SOLVED = ("Optimal", "Within gap", "Best found")
"""How it may go with weights: proved; names counted and the gap asked for proved; not proved in the time allowed."""

TOGETHER = 256
"""Accounts solved in one go, always cut at the same places: the answers do not depend on who solves which."""


@dataclass(frozen=True, slots=True, eq=False)
class House:
    """What all accounts share, as the arguments of an optimisation.

    Parameters
    ----------
    weights : Labelled
        Benchmark.
    cov : LabelledMatrix or LabelledModel
        Covariance.
    constraints : tuple of Limit or None
        Limits of the house.
    attributes : Attributes or None
        Columns that limits speak of.
    options : Options or None
        In force.
    """

    weights: Labelled
    cov: Covariance
    constraints: tuple[Limit, ...] | None = None
    attributes: Attributes | None = None
    options: Options | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What came of accounts, a row each.

    Parameters
    ----------
    names, status : tuple of str
        Account, and how it went.
    error, turnover : ndarray of shape (a,)
        Tracking error a year and turnover in the unit of the weights, NaN where there is none.
    weights : ndarray of shape (a, n)
        Best weights, NaN where there are none.
    sentences : tuple of str
        Why there are no weights, or what is proved where names are counted; else empty.
    """

    names: tuple[str, ...]
    status: tuple[str, ...]
    error: Vector
    turnover: Vector
    weights: Matrix
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Weights of an account, how it went, and what there is to say."""

    weights: Vector
    status: str = "Optimal"
    sentence: str = ""


class Desk:
    """The house with all that is the same for every account worked out.

    Parameters
    ----------
    house : House
        What the accounts share.
    assets : sequence of str
        Headers of the columns of weights held now.
    columns : sequence of LimitColumn
        Columns of own limits.

    Raises
    ------
    TrackerrError
        If the arguments do not fit together, whatever an account asks.
    """

    def __init__(self, house: House, assets: Sequence[str], columns: Sequence[LimitColumn]) -> None:
        case = case_of(house.weights, house.cov, None, house.attributes, None, house.options)
        self._table = HouseTable.of(house.constraints or (), columns)
        self._places = _places(case, assets)
        self._case = replace(case, cov=_checked(case))
        self._check_house(house.constraints or ())

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the assets, in the order of the weights."""
        return self._case.universe.names

    def outcomes(self, accounts: Accounts) -> Outcomes:
        """What comes of some accounts; none stops another."""
        answers: list[_Found | TrackerrError] = []
        cases: list[Case | None] = []
        for first in range(0, accounts.size, TOGETHER):
            some = accounts.part(first, first + TOGETHER)
            asked = [self._asked(some, at) for at in range(some.size)]
            answers += _answers(asked)
            cases += [each if isinstance(each, Case) else None for each in asked]
        return self._outcomes(accounts.names, answers, cases)

    def _check_house(self, constraints: tuple[Limit, ...]) -> None:
        """Refuse a table that no account could use; one that needs holdings gets some, to be read at all."""
        held = replace(self._case, universe=self._case.universe.holding(self._case.benchmark))
        try:
            with_limits(held, tuple(limit_in_fractions(limit, self._case.unit) for limit in constraints))
        except NoAnswerError:
            # An account may have limits of its own in place of those that clash.
            return

    def _asked(self, accounts: Accounts, at: int) -> Case | TrackerrError:
        if at in accounts.faults:
            return accounts.faults[at]
        try:
            return self._case_of(accounts, at)
        except TrackerrError as error:
            return error.with_traceback(None)

    def _case_of(self, accounts: Accounts, at: int) -> Case:
        case = self._case
        declared = self._table.of_account(accounts.limits[at], accounts.excluded[at])
        current = self._current(accounts.holdings[at])
        case = replace(case, current=current, universe=case.universe.holding(current))
        return with_limits(case, tuple(limit_in_fractions(limit, case.unit) for limit in declared))

    def _current(self, holdings: Vector) -> Vector | None:
        """Weights held now in the order of the names; None where all cells are blank."""
        known = ~np.isnan(holdings)
        if not known.any():
            return None
        given = np.where(known, holdings, 0.0)
        current = np.zeros(len(self.names))
        current[self._places] = in_fractions(Labelled(given), "accounts", self._case.unit).values
        return current

    def _outcomes(
        self, names: tuple[str, ...], answers: Sequence[_Found | TrackerrError], cases: Sequence[Case | None]
    ) -> Outcomes:
        weights = np.full((len(names), len(self.names)), np.nan)
        error, turnover = np.full(len(names), np.nan), np.full(len(names), np.nan)
        house, unit = self._case, self._case.unit
        share = 1.0 if house.options.turnover == "Two-way" else 0.5
        for at, (answer, case) in enumerate(zip(answers, cases, strict=True)):
            if isinstance(answer, TrackerrError):
                continue
            weights[at] = answer.weights
            error[at] = tracking_error(weights[at], house.benchmark, house.cov, house.options.periods)
            if case is not None and case.current is not None:
                turnover[at] = share * float(np.abs(weights[at] - case.current).sum())
        return Outcomes(
            names,
            tuple(_status(answer) for answer in answers),
            error / unit,
            turnover / unit,
            weights / unit,
            tuple(answer.sentence for answer in answers),
        )

    def failed(self, accounts: Accounts, error: TrackerrError) -> Outcomes:
        """The outcomes of accounts that all met the same error."""
        return self._outcomes(accounts.names, [error] * accounts.size, [None] * accounts.size)


def _checked(case: Case) -> RiskModel:
    """The covariance, looked through once for all accounts."""
    from trackerr_xl.core.problem import TrackingProblem

    return TrackingProblem.build(case.benchmark, case.cov, budget=None).risk


def _places(case: Case, assets: Sequence[str]) -> list[int]:
    strangers = not_listed(assets, case.universe.names)
    if strangers:
        raise LabelError(
            f"has columns for {listed(strangers)}, must be names of weights or cov, or limits such as Turnover Max",
            argument="accounts",
        )
    return places_of(assets, case.universe.names)


def _answers(asked: Sequence[Case | TrackerrError]) -> Iterator[_Found | TrackerrError]:
    """Weights of each case, in order; plain ones together."""
    from trackerr_xl.core.batch import solve_all

    plain: dict[int, TrackingProblem] = {}
    refused: dict[int, TrackerrError] = {}
    for at, case in enumerate(asked):
        if isinstance(case, TrackerrError):
            continue
        try:
            problem = _plain(case)
        except TrackerrError as error:
            refused[at] = error
            continue
        if problem is not None:
            plain[at] = problem
    together = dict(zip(plain, solve_all(list(plain.values())), strict=True))
    for at, case in enumerate(asked):
        if isinstance(case, TrackerrError):
            yield case
        elif at in refused:
            yield refused[at]
        else:
            yield _answer(case, together.get(at))


def _plain(case: Case) -> "TrackingProblem | None":
    """The problem whose answer is that of the case, None where it takes more than one."""
    limits, options = case.limits, case.options
    soft = limits.rows.penalty is not None or bool(np.isfinite(limits.bent.penalty).any())
    if soft or limits.costs or limits.cap is not None or limits.holdings.limiting:
        return None
    if options.objective not in ("Min TE", "Min variance", "Max utility"):
        return None
    mandate = mandate_of(case)
    if options.objective == "Min variance":
        return replace(mandate.problem, benchmark=np.zeros(case.benchmark.size))
    if mandate.alpha is not None:
        return replace(mandate.problem, linear=-mandate.alpha / options.risk_aversion)
    return mandate.problem


def _answer(case: Case, found: "Solution | TrackerrError | None") -> _Found | TrackerrError:
    try:
        if found is not None and not isinstance(found, TrackerrError):
            check_proof(found, case.options.tolerance)
            return _Found(found.weights)
        # What the stack cannot answer is asked alone: it refuses in the words of the table.
        achieved = best(case)
        check_proof(achieved.solution, case.options.tolerance)
    except TrackerrError as error:
        return error.with_traceback(None)
    if achieved.whole is None:
        return _Found(achieved.solution.weights)
    names = next(sentence for topic, sentence in proof(achieved, case) if topic == "Names")
    return _Found(achieved.solution.weights, SOLVED[1] if achieved.whole.finished else SOLVED[2], names)


def _status(answer: _Found | TrackerrError) -> str:
    if isinstance(answer, _Found):
        return answer.status
    if isinstance(answer, InputError):
        return "Refused"
    if isinstance(answer, NoAnswerError):
        return "No answer"
    return "Not proved" if isinstance(answer, NumericalError) else "Failed"
