"""What TE_EXPLAIN says of a backtest: risk promised and met, trades, refusals, gaps, and what it assumes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.optimism import sampling_band
from trackerr_xl.core.words import listed
from trackerr_xl.errors import NoAnswerError, TrackerrError
from trackerr_xl.functions.backtest_plan import Plan
from trackerr_xl.functions.mandate import warnings
from trackerr_xl.functions.measure import percent_warnings

if TYPE_CHECKING:
    from trackerr_xl.core.backtest import History, Question


def notes(plan: Plan, history: "History") -> Iterator[tuple[str, str]]:
    """Topic and sentence, in order."""
    traded, refused = int(history.traded.sum()), len(history.refused)
    yield (
        "Status",
        f"{_counted(history.portfolio.size, 'period')} from {plan.past.shown(plan.first)} to "
        f"{plan.past.shown(len(plan.past.returns) - 1)}: {_counted(traded, 'rebalance')} carried out, {refused} refused.",
    )
    yield from _risk(plan, history)
    yield from _returns(history)
    yield from _trades(plan, history, traded)
    yield from _refusals(plan, history)
    yield from _conventions(plan)
    yield from _gaps(plan, history)
    names = len(plan.past.names)
    if plan.options.covariance in ("Sample", "EWMA") and names >= plan.first:
        yield (
            "Warning",
            f"{names} names need more than {plan.first} periods of look-back: some portfolios seem to have no risk, and ex-ante "
            "tracking error is too low. Set option Covariance to a shrinkage method.",
        )
    if plan.benchmark.series is None:
        yield from warnings(plan.case(_question(plan, history, 0)))
    yield from percent_warnings({"panel": np.nan_to_num(plan.past.returns).ravel()})


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _risk(plan: Plan, history: "History") -> Iterator[tuple[str, str]]:
    root = float(np.sqrt(plan.options.periods))
    promised = float(np.sqrt(np.mean(history.error**2))) * root
    count = history.portfolio.size
    if count < 2:
        return
    met = float((history.portfolio - history.benchmark).std(ddof=1)) * root
    ratio = f", {met / promised:.4g} times as much" if promised > 0.0 else ""
    yield (
        "Tracking error",
        f"Realised {met:.6g} a year, give or take {sampling_band(met, float(count)):.2g}; ex-ante {promised:.6g}, the root mean "
        f"square of the column{ratio}; periods a year: {plan.options.periods:g}.",
    )


def _returns(history: "History") -> Iterator[tuple[str, str]]:
    ours, theirs = (float(np.prod(1.0 + series) - 1.0) for series in (history.portfolio, history.benchmark))
    yield (
        "Return",
        f"{100.0 * ours:.6g} % after costs, benchmark {100.0 * theirs:.6g} %, over all periods.",
    )


def _trades(plan: Plan, history: "History", traded: int) -> Iterator[tuple[str, str]]:
    ways = 2.0 if plan.options.turnover == "Two-way" else 1.0
    later = history.turnover[1:] * ways
    count = max(traded - 1, 0)
    mean = f", {later.sum() / count:.6g} a rebalance" if count else ""
    yield (
        "Turnover",
        f"{later.sum():.6g} {plan.options.turnover.lower()} after the first purchase{mean}; costs {history.cost.sum():.6g} of "
        f"capital, {history.cost[0]:.6g} of them for the first purchase.",
    )


def _refusals(plan: Plan, history: "History") -> Iterator[tuple[str, str]]:
    if not history.refused:
        return
    rows = list(history.refused)
    first = rows[0]
    reason: TrackerrError = history.refused[first]
    if plan.benchmark.series is None and isinstance(reason, NoAnswerError):
        reason = _why(plan, history, first) or reason
    days = [plan.past.shown(plan.first + row) for row in rows]
    yield "Refused", f"Before {listed(days)}: the drifted weights were kept, nothing was traded."
    yield "First refusal", f"Before {days[0]}: {reason.sentence}"
    if isinstance(reason, NoAnswerError):
        yield from (("Conflict", row) for row in reason.rows)
        yield from (("Repair", f"{repair}.") for repair in reason.repairs)


def _why(plan: Plan, history: "History", row: int) -> NoAnswerError | None:
    try:
        return plan.case(_question(plan, history, row)).why_none()
    except NoAnswerError as error:
        return error


def _question(plan: Plan, history: "History", row: int) -> "Question":
    """What was asked at the start of a row, where what it started with was kept or nothing was held."""
    from trackerr_xl.core.backtest import Question

    day = plan.first + row - 1
    held = history.weights[row] if row else np.zeros(len(plan.past.names))
    return Question(day, held, plan.benchmark.index.weights[day], plan.view(day), row == 0)


def _conventions(plan: Plan) -> Iterator[tuple[str, str]]:
    options = plan.options
    yield (
        "Trades",
        "Made at the close of the date before their row from what was known then, paid from capital at once; they earn from "
        "the row's return on. Between trades weights drift; what they lack to 1 is cash without return.",
    )
    yield (
        "First portfolio",
        "Bought with cash: rows Turnover, Trade, Hold and Cost hold from the next rebalance on.",
    )
    halflife = f", halflife {options.halflife:g}" if options.covariance == "EWMA" else ""
    if plan.benchmark.series is None:
        watched = isinstance(plan.rebalance, str) and plan.rebalance.startswith("TE")
        since = "estimated anew at every close" if watched else "between trades the last one stands"
        yield (
            "Risk",
            f"Covariance {options.covariance}{halflife} of the {plan.first} periods up to the trade; {since}.",
        )
    else:
        yield (
            "Risk",
            f"The index is followed by its returns, loss {options.method}, over the {plan.first} periods up to the trade; ex-ante: "
            "the standard deviation over them of the active return of today's weights.",
        )


def _gaps(plan: Plan, history: "History") -> Iterator[tuple[str, str]]:
    missing = np.isnan(plan.past.returns[plan.first :])
    if not np.isnan(plan.past.returns).any():
        return
    estimator = plan.estimator()
    days = plan.first + np.flatnonzero(history.traded) - 1
    known = np.vstack([estimator.holdable(plan.past.returns, day) for day in days.tolist()])
    ever = np.flatnonzero(known.any(axis=0))
    never = [name for at, name in enumerate(plan.past.names) if at not in ever]
    if never:
        yield "Warning", f"Never with enough returns to be held: {listed(never)}."
    some = ever.size - int(known.all(axis=0).sum())
    if some:
        yield (
            "Names",
            f"{_counted(some, 'name')} could be held at some rebalances only: the others are left out there.",
        )
    stale = int((missing & (history.weights != 0.0)).sum())
    index = plan.benchmark.index.weights[plan.first - 1 : -1]
    of_index = int((missing & (index != 0.0)).sum())
    if stale or of_index:
        yield (
            "Warning",
            f"{_counted(stale, 'return')} of names held and {of_index} of names of the benchmark are missing: their prices were taken "
            "to stand still, and the names were sold at the next rebalance.",
        )
