"""From the arguments of a backtest to its policy: when it trades, how it sees risk, and what it trades to."""

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.arrays import Mask, Vector
from trackerr_xl.core.table.limits import Attributes, Limit, Universe
from trackerr_xl.errors import InputError, ShapeError
from trackerr_xl.functions.backtest_index import Benchmark, Past, benchmark_of, days_of, past_of
from trackerr_xl.functions.mandate import Case, attempt, best, case_of
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.track import tracking_weights
from trackerr_xl.functions.values import Labelled, LabelledMatrix, Panel

if TYPE_CHECKING:
    from trackerr_xl.core.backtest import Policy, Question
    from trackerr_xl.core.backtest_risk import Estimator, SeenCovariance, SeenReturns
    from trackerr_xl.core.mandates.costs import CostRow

_OF_TRADES = ("Turnover", "Trade", "Hold", "Cost")
"""Rows that the first portfolio, which is bought with cash, does not know."""


_OPTIONS = {"missing": "Missing returns", "halflife": "Halflife"}
"""What arguments of COV_ESTIMATE are called in the options."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A backtest in fractions and in the order of time.

    Parameters
    ----------
    past : Past
        Returns.
    benchmark : Benchmark
        The index.
    first : int
        Row that it starts with.
    rebalance : str or tuple of str
        Calendar, trigger or dates.
    declared : tuple of Limit
        Rows of the table.
    attributes : Attributes or None
        Their table.
    options : Options
        In force.
    unit : float
        A unit of the weights in the cells, as a fraction.
    """

    past: Past
    benchmark: Benchmark
    first: int
    rebalance: str | tuple[str, ...]
    declared: tuple[Limit, ...]
    attributes: Attributes | None
    options: Options
    unit: float

    def estimator(self) -> "Estimator":
        """How risk is estimated."""
        from trackerr_xl.core.backtest_risk import Estimator

        options = self.options
        return Estimator(
            self.first, options.history, options.covariance, options.missing_returns, options.halflife
        )

    def policy(self) -> "Policy":
        """When it trades, and to what."""
        from trackerr_xl.core.backtest import Policy

        due, trigger = _due(self)
        return Policy(self.first, due, trigger, self.view, self.choose, self.cost())

    def view(self, day: int) -> "SeenCovariance | SeenReturns":
        """Risk as it was seen at a close."""
        from trackerr_xl.core.backtest_risk import seen_covariance, seen_returns

        series, how = self.benchmark.series, self.estimator()
        try:
            if series is not None:
                return seen_returns(self.past.returns, series, day, how)
            return seen_covariance(self.past.returns, day, self.past.names, how)
        except InputError as error:
            # The estimators know arguments of COV_ESTIMATE, and no dates.
            option = _OPTIONS.get(error.argument or "")
            error.argument, error.at = (
                ("options", option) if option else ("returns", f"up to {self.past.shown(day)}")
            )
            raise

    def choose(self, question: "Question") -> Vector:
        """The best weights for the table of limits, as seen at a close."""
        from trackerr_xl.core.backtest import HELD
        from trackerr_xl.core.backtest_risk import SeenReturns

        if isinstance(question.view, SeenReturns):
            return self._followed(question, question.view)
        case = self.case(question)
        # Why there are none is told for the first refusal only, by whoever asks: it may take seconds.
        achieved = best(case) if question.first else attempt(case, np.abs(question.held) > HELD)
        return achieved.solution.weights

    def case(self, question: "Question") -> Case:
        """The optimisation at a close."""
        from trackerr_xl.core.backtest_risk import SeenCovariance

        seen, names = question.view, self.past.names
        assert isinstance(seen, SeenCovariance)
        return case_of(
            Labelled(seen.index(question.index) / self.unit, names),
            LabelledMatrix(seen.cov),
            self._limits(question, seen.holdable),
            self.attributes,
            Labelled(self._current(question) / self.unit, names),
            self.options,
        )

    def _followed(self, question: "Question", seen: "SeenReturns") -> Vector:
        return tracking_weights(
            Panel(seen.returns, None, self.past.names),
            Labelled(seen.series),
            self._limits(question, seen.holdable),
            self.attributes,
            Labelled(self._current(question) / self.unit, self.past.names),
            self.options,
        )

    def _current(self, question: "Question") -> Vector:
        """What is held; a name without a return on the day has left, and its value is cash."""
        gone = np.isnan(self.past.returns[question.day])
        return np.where(gone, 0.0, question.held)

    def _limits(self, question: "Question", holdable: Mask) -> tuple[Limit, ...]:
        others = [name for name, holds in zip(self.past.names, holdable.tolist(), strict=True) if not holds]
        kept = (limit for limit in self.declared if not (question.first and limit.kind in _OF_TRADES))
        return (*kept, *(Limit("Exclude", name) for name in others))

    def cost(self) -> "_Cost":
        """What a trade costs by the columns of the attributes."""
        from trackerr_xl.core.table.cost_limits import cost_of_trading

        names = self.past.names
        return _Cost(
            cost_of_trading(Universe(names, np.zeros(len(names)), np.zeros(len(names)), self.attributes))
        )


@dataclass(frozen=True, slots=True)
class _Cost:
    row: "CostRow | None"

    def __call__(self, before: Vector, after: Vector) -> float:
        """Cost of a trade, fraction of capital."""
        return 0.0 if self.row is None else replace(self.row, at=before).cost(after)


def plan_of(
    returns: Panel,
    benchmark: Panel,
    rebalance: str | tuple[str, ...],
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    options: Options | None,
) -> Plan:
    """The arguments of a backtest, matched and brought to fractions.

    Raises
    ------
    TrackerrError
        If they do not fit together; the sentence says which and where.
    """
    options = options or Options()
    unit = 0.01 if options.units == "Percent" else 1.0
    past = past_of(returns, None if attributes is None else attributes.names)
    first = round(options.lookback)
    if first >= len(past.returns):
        raise ShapeError(
            f"has {len(past.returns)} dates, must have more than the {first} of option Look-back",
            argument="returns",
        )
    index = benchmark_of(benchmark, past, first, unit)
    return Plan(past, index, first, rebalance, constraints or (), attributes, options, unit)


def _due(plan: Plan) -> tuple[Mask, float]:
    """The rows at whose close it is traded, and the tracking error per period above which it is."""
    from trackerr_xl.core.backtest_calendar import every, last_of_period, on_or_before

    count = len(plan.past.returns)
    if isinstance(plan.rebalance, tuple):
        wanted = days_of(plan.rebalance)
        if wanted is None:
            raise InputError(
                "is not a list of dates, must be one, or a word such as Monthly", argument="rebalance"
            )
        return on_or_before(_days(plan, "a list of dates"), wanted), np.inf
    word, _, number = plan.rebalance.partition(" ")
    if word == "TE":
        return every(count, plan.first, count), float(number) / 100.0 / float(np.sqrt(plan.options.periods))
    if word == "Daily":
        return every(count, plan.first, 1), np.inf
    if word == "Every":
        return every(count, plan.first, max(round(float(number)), 1)), np.inf
    return last_of_period(_days(plan, word), word), np.inf


def _days(plan: Plan, needed_by: str) -> tuple[date, ...]:
    if plan.past.days is None:
        raise InputError(
            f"has no dates at the left, rebalance {needed_by} needs them: put them there, or rebalance Every 21",
            argument="returns",
        )
    return plan.past.days
