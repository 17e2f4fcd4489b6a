"""Backtest: what a rule of rebalancing would have earned against its benchmark, from what was known on each day."""

from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.table.limits import Attributes, Limit
from trackerr_xl.functions.backtest_notes import notes
from trackerr_xl.functions.backtest_plan import Plan, plan_of
from trackerr_xl.functions.optimize import ATTRIBUTES_HELP, CONSTRAINTS_HELP
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Panel

if TYPE_CHECKING:
    from trackerr_xl.core.backtest import History

HEADERS = ("Portfolio", "Benchmark", "Active", "Ex-ante TE", "Turnover", "Cost", "Names", "Trade")
"""Columns of the table beside its dates."""


def te_backtest(
    returns: Panel,
    benchmark: Panel,
    rebalance: str | tuple[str, ...],
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    options: Options | None,
) -> Answer:
    """A row for each period after the look-back: returns, risk as it was seen, and what was traded before it."""
    # The solvers are behind this import, and `import trackerr_xl` must cost no more than NumPy.
    from trackerr_xl.core.backtest import run
    from trackerr_xl.core.threads import one_thread

    plan = plan_of(returns, benchmark, rebalance, constraints, attributes, options)
    with one_thread():
        history = run(plan.past.returns, plan.benchmark.index, plan.policy())
    return Answer(_table(plan, history), tuple(notes(plan, history)))


def _table(plan: Plan, history: "History") -> list[list[Value]]:
    options, labels = plan.options, plan.past.labels
    full = options.layout == "Full"
    ways = 2.0 if options.turnover == "Two-way" else 1.0
    numbers = np.column_stack(
        [
            history.portfolio,
            history.benchmark,
            history.portfolio - history.benchmark,
            history.error * np.sqrt(options.periods),
            history.turnover * ways,
            history.cost,
            history.names,
        ]
    ).tolist()
    table: list[list[Value]] = [["Date" if labels else "Row", *HEADERS, *(plan.past.names if full else ())]]
    for row, values in enumerate(numbers):
        at = plan.first + row
        label: Value = at + 1 if labels is None else labels[at]
        if isinstance(label, str) and label.isdecimal():
            label = float(label)
        weights = (history.weights[row] / plan.unit).tolist() if full else ()
        table.append([label, *values, _trade(history, row), *weights])
    return table


def _trade(history: "History", row: int) -> str:
    if row in history.refused:
        return "Refused"
    return "Yes" if history.traded[row] else "No"


TE_BACKTEST = SheetFunction(
    name="TE_BACKTEST",
    category="over time",
    summary="What rebalancing to a benchmark within limits would have earned: dated returns, tracking error, turnover and cost, from what was known on each day.",
    arguments=(
        Argument(
            "returns",
            "panel",
            "Simple returns: a row for each date, oldest first unless dates stand at the left; a column for each name, names on top if wanted. Empty: no return, the name cannot be held.",
            unit="fraction per period",
            blanks=True,
        ),
        Argument(
            "benchmark",
            "panel",
            "[name, weight] at the start, which drift; or weights by date, names on top; or [date, return] of an index whose weights are not known, which is followed by its returns.",
            unit="fraction",
            blanks=True,
        ),
        Argument(
            "rebalance",
            "calendar",
            "Daily; Weekly, Monthly, Quarterly, Semi-annual, Annual: at the close of the last date of each. Every 21: dates. TE 0.5: when the ex-ante tracking error is above 0.5 % a year. Or dates.",
            default="Monthly",
            choices=(
                "Monthly",
                "Daily",
                "Weekly",
                "Quarterly",
                "Semi-annual",
                "Annual",
                "Every 21",
                "TE 0.5",
            ),
        ),
        Argument("constraints", "constraints", CONSTRAINTS_HELP, default=None),
        Argument("attributes", "attributes", ATTRIBUTES_HELP, default=None),
        Argument(
            "options",
            "options",
            "Table with the headers Option and Value: Look-back, Covariance, Halflife, Missing returns, History, Periods, Layout Full for weights, and those of TE_OPTIMIZE.",
            default=None,
        ),
    ),
    result=Result(
        "table",
        "A row per period: its date, returns after costs of portfolio and benchmark, active return, ex-ante tracking error a year, turnover, cost, names held, whether it began with trades.",
        unit="fraction",
    ),
    run=te_backtest,
    example='=TE_BACKTEST(Returns, Benchmark, "Monthly", Limits, Assets, BacktestOptions)',
)
