"""TE_TRADES: weights become whole lots or bond pieces, with tickets that settle to the cent."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core import risk
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.risk_model import RiskModel
from trackerr_xl.core.table.limits import Attributes
from trackerr_xl.core.words import key, shorten
from trackerr_xl.errors import InputError, LabelError, ShapeError
from trackerr_xl.functions.match import (
    check_fractions,
    covariance_of,
    no_entry,
    not_listed,
    risk_warnings,
    spread,
    union,
)
from trackerr_xl.functions.measure import COV_HELP
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.terms import per_name
from trackerr_xl.functions.values import Covariance, Labelled

if TYPE_CHECKING:
    from trackerr_xl.core.trades.money import Terms
    from trackerr_xl.core.trades.plan import Plan

HEADERS = ("Name", "Side", "Shares", "Price", "Amount", "Cost", "Weight after", "Shares after")
"""Columns of the tickets."""

_OVER = 1e-5
"""Targets may sum to this much more than one: cells are rounded."""


def te_trades(
    target: Labelled,
    current_shares: Labelled,
    prices: Labelled,
    value_or_cash: Labelled,
    lots: Labelled | Attributes | None,
    costs: Labelled | Attributes | None,
    cov: Covariance | None,
    benchmark: Labelled | None,
) -> Answer:
    """Tickets in whole lots from what is held to the weights wanted."""
    # Decimal arithmetic and the search are behind this import, and `import trackerr_xl` must stay light.
    from trackerr_xl.core.trades.plan import trade_plan

    check_fractions(target, "target")
    held = None if _nothing(current_shares) else current_shares
    names = union({"target": target} | ({"current_shares": held} if held is not None else {}), {})
    wanted = spread(target, names)
    if wanted.sum() > 1.0 + _OVER:
        raise InputError(
            f"sums to {wanted.sum():.6g}, must sum to 1 or less: cash is never borrowed", argument="target"
        )
    terms = _terms(names, wanted, held, prices, lots, costs)
    model = covariance_of(cov, names, wanted.size) if cov is not None else None
    plan = trade_plan(wanted, terms, _cash(value_or_cash, terms), model)
    labels = (
        names
        or (cov.labels if cov is not None else None)
        or tuple(f"Asset {at + 1}" for at in range(wanted.size))
    )
    rows: list[list[Value]] = [list(HEADERS), *_tickets(labels, plan, terms), _cash_row(plan)]
    if cov is not None and model is not None:
        rows += _tracking(names, wanted, plan, model, cov, benchmark)
    return Answer(rows, (*_notes(plan, wanted, model), *(risk_warnings(model) if model is not None else ())))


def _nothing(current: Labelled) -> bool:
    """Whether a single zero says that nothing is held."""
    return current.labels is None and current.values.size == 1 and current.values[0] == 0.0


def _terms(
    names: tuple[str, ...] | None,
    wanted: Vector,
    current: Labelled | None,
    prices: Labelled,
    lots: Labelled | Attributes | None,
    costs: Labelled | Attributes | None,
) -> list["Terms"]:
    from trackerr_xl.core.trades.money import Terms, exact

    size = wanted.size
    held = spread(current, names) if current is not None else np.zeros(size)
    columns = {
        "price": _prices(prices, names, size),
        "lot": per_name(lots, "Lot", names, size, 1.0, "lots"),
        "piece": per_name(lots, "MinPiece", names, size, 0.0, "lots", first=False),
        "rate": per_name(costs, "Cost", names, size, 0.0, "costs"),
        "fee": per_name(costs, "Fee", names, size, 0.0, "costs", first=False),
    }
    _check(columns, names)
    return [
        Terms(
            exact(held[at]),
            **{word: exact(numbers[at]) for word, numbers in columns.items()},
            short=bool(wanted[at] < 0.0 or held[at] < 0.0),
        )
        for at in range(size)
    ]


def _prices(prices: Labelled, names: tuple[str, ...] | None, size: int) -> Vector:
    if prices.labels is None or names is None:
        if prices.values.size != size:
            raise ShapeError(
                f"has {prices.values.size} rows, must have {size} like target", argument="prices"
            )
        return prices.values
    missing = not_listed(names, prices.labels)
    if missing:
        raise LabelError(no_entry(missing, prices.labels, "a price for each name"), argument="prices")
    return spread(prices, names)


def _check(columns: dict[str, Vector], names: tuple[str, ...] | None) -> None:
    bounds = (
        ("price", "prices", columns["price"] > 0.0, "a price above 0"),
        ("lot", "lots", columns["lot"] > 0.0, "a lot above 0"),
        ("piece", "lots", columns["piece"] >= 0.0, "a smallest piece of zero or more"),
        (
            "rate",
            "costs",
            (columns["rate"] >= 0.0) & (columns["rate"] < 1.0),
            "a fraction of the amount, from 0 to below 1",
        ),
        ("fee", "costs", columns["fee"] >= 0.0, "a fee of zero or more"),
    )
    for word, argument, good, needed in bounds:
        if not good.all():
            at = int(np.flatnonzero(~good)[0])
            where = shorten(names[at]) if names else f"row {at + 1}"
            raise InputError(f"is {columns[word][at]:.6g}, must be {needed}", argument=argument, at=where)


def _cash(given: Labelled, terms: Sequence["Terms"]) -> Decimal:
    """Cash beside the holdings: the number, or the value wanted less what is held."""
    from trackerr_xl.core.trades.money import cents, exact

    if given.values.size != 1:
        raise ShapeError(
            f"has {given.values.size} numbers, must be one amount of cash, or [Value, amount]",
            argument="value_or_cash",
        )
    amount = exact(float(given.values[0]))
    word = key(given.labels[0]) if given.labels is not None else key("Cash")
    if word == key("Cash"):
        return amount
    if word != key("Value"):
        raise InputError(
            f'is "{shorten(given.labels[0] if given.labels else word)}", must be Cash or Value',
            argument="value_or_cash",
        )
    return amount - cents(sum((each.held * each.price for each in terms), Decimal(0)))


def _tickets(labels: Sequence[str], plan: "Plan", terms: Sequence["Terms"]) -> Iterator[list[Value]]:
    rows = zip(labels, plan.tickets, terms, plan.weights.tolist(), plan.after, strict=True)
    for label, ticket, each, weight, after in rows:
        side = "Buy" if ticket.shares > 0 else "Sell" if ticket.shares < 0 else "Hold"
        amounts = (abs(ticket.shares), each.price, abs(ticket.amount), ticket.cost)
        yield [label, side, *map(float, amounts), weight, float(after)]


def _cash_row(plan: "Plan") -> list[Value]:
    costs = sum((ticket.cost for ticket in plan.tickets), Decimal(0))
    return ["Cash", "", "", "", float(plan.cash), float(costs), 1.0 - float(plan.weights.sum()), ""]


def _tracking(
    names: tuple[str, ...] | None,
    wanted: Vector,
    plan: "Plan",
    model: RiskModel,
    cov: Covariance,
    benchmark: Labelled | None,
) -> Iterator[list[Value]]:
    """Tracking errors against the benchmark, and against the target: what rounding cost."""
    blank: list[Value] = [""] * (len(HEADERS) - 2)
    if benchmark is not None:
        check_fractions(benchmark, "benchmark")
        labels = (*names, *not_listed(benchmark.labels, names)) if names and benchmark.labels else names
        whole = covariance_of(cov, labels, benchmark.values.size if labels is None else len(labels))
        index = spread(benchmark, labels)
        if index.size != (len(labels) if labels else wanted.size):
            raise ShapeError(
                f"has {index.size} rows, must have {wanted.size} like target", argument="benchmark"
            )
        for label, weights in (
            ("TE before", plan.before),
            ("TE of the target", wanted),
            ("TE after", plan.weights),
        ):
            held = np.zeros(index.size)
            held[: wanted.size] = weights
            yield [label, risk.tracking_error(held, index, whole, 1.0), *blank]
    else:
        yield ["TE before", risk.tracking_error(plan.before, wanted, model, 1.0), *blank]
        yield ["TE of the target", 0.0, *blank]
        yield ["TE after", risk.tracking_error(plan.weights, wanted, model, 1.0), *blank]
    yield ["TE from rounding", risk.tracking_error(plan.weights, wanted, model, 1.0), *blank]


def _notes(plan: "Plan", wanted: Vector, model: RiskModel | None) -> Iterator[tuple[str, str]]:
    traded = [ticket for ticket in plan.tickets if ticket.shares]
    costs = sum((ticket.cost for ticket in traded), Decimal(0))
    tickets = "1 ticket costs" if len(traded) == 1 else f"{len(traded)} tickets cost"
    yield (
        "Trades",
        f"{tickets} {costs:,.2f}; the cash left is {plan.cash:,.2f}. Amounts and costs are exact to the cent.",
    )
    if model is None:
        yield (
            "Rounding",
            "Lots are chosen by the sum of squared differences from the target: without cov, tracking error is not known.",
        )
    else:
        rounding = risk.tracking_error(plan.weights, wanted, model, 1.0)
        yield (
            "Rounding",
            f"Lots are chosen by tracking error from the target, which is {rounding:.4g} per period of cov.",
        )
    if plan.proved:
        yield (
            "Proof",
            "Every other choice of lots was ruled out: none comes nearer to the target for its cash.",
        )
    else:
        yield (
            "Proof",
            "Lots are improved one by one and in pairs until nothing helps; that no other is better is not proved.",
        )


TE_TRADES = SheetFunction(
    name="TE_TRADES",
    category="trading",
    summary="Tickets in whole lots or bond pieces from the holdings to a target, by tracking error, cash never negative, costs to the cent.",
    arguments=(
        Argument(
            "target",
            "weights",
            "Weights wanted, one column, one row or [name, weight]; what they leave is cash.",
            unit="fraction",
        ),
        Argument(
            "current_shares",
            "weights",
            "Shares or nominal held now, like the target or [name, shares]; 0 where nothing is held.",
            unit="shares",
        ),
        Argument(
            "prices",
            "weights",
            "Price of one share, or of one unit of nominal with accrued interest, like the target or [name, price].",
            unit="money",
        ),
        Argument(
            "value_or_cash",
            "weights",
            "Cash to invest beside the holdings; or two cells, Value and what holdings and cash are worth together.",
            unit="money",
        ),
        Argument(
            "lots",
            "terms",
            "Lot of each name: one number, [name, lot], or a table with columns Lot and MinPiece (the smallest holding). Left out: 1.",
            unit="shares",
            default=None,
        ),
        Argument(
            "costs",
            "terms",
            "Cost per amount traded: one number, [name, cost], or a table with columns Cost and Fee (money a ticket). Left out: none.",
            unit="fraction",
            default=None,
        ),
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period", default=None),
        Argument(
            "benchmark",
            "weights",
            "Benchmark weights for the tracking errors shown. Left out: the target.",
            unit="fraction",
            default=None,
        ),
    ),
    result=Result(
        "table",
        "A row per name: side, shares, price, amount, cost, weight and shares after; then cash, and with cov the tracking error before, "
        "of the target, after, and from rounding.",
    ),
    run=te_trades,
    example="=TE_TRADES(Benchmark, Shares, Prices, 50000, Lots, 0.0005, Cov)",
)
