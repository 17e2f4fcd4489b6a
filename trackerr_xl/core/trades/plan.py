"""Weights wanted become tickets that settle: whole lots, cash never negative, by tracking error."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from trackerr_xl.core.arrays import Indices, Matrix, Vector
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel, RiskModel
from trackerr_xl.core.trades.lattice import best_lots
from trackerr_xl.core.trades.money import CENT, Terms, Ticket, cash_after, exact, levels, ticket
from trackerr_xl.core.trades.rounding import Choices, rounded
from trackerr_xl.errors import InputError, NoAnswerError

PROVED_UP_TO = 25
"""Names among which the best of all choices is looked for."""

_REACH = 3
"""Lots on either side of the target that the search steps through."""
_WIDEST = 2_000
"""Holdings of one name that the proof looks through."""
_PASSES = 3
"""Rounds of working out what trading costs before the value to invest is fixed; each is a hundredth of the last."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Tickets and what they lead to.

    Parameters
    ----------
    tickets : tuple of Ticket
        One a name.
    after : tuple of Decimal
        Holdings when they have settled.
    cash : Decimal
        Cash then, zero or more.
    before, weights : ndarray of shape (n,)
        Weights of the names in what is held and in what is then held, cash included in the whole.
    proved : bool
        Whether no other lots come nearer to the target.
    """

    tickets: tuple[Ticket, ...]
    after: tuple[Decimal, ...]
    cash: Decimal
    before: Vector
    weights: Vector
    proved: bool


def trade_plan(target: Vector, terms: Sequence[Terms], cash: Decimal, risk: RiskModel | None = None) -> Plan:
    """The tickets that bring holdings nearest to a target.

    Parameters
    ----------
    target : ndarray of shape (n,)
        Weights wanted of the whole, fractions; what they leave is cash.
    terms : sequence of Terms
        What is held of each name, its price, lot and costs.
    cash : Decimal
        Cash there is, in the money of the prices; may be negative when sales can mend it.
    risk : RiskModel, optional
        Covariance by which near is measured: the variance of weights less target. Without one, the sum of squares.

    Returns
    -------
    Plan
        Amounts and costs are exact to the cent.

    Raises
    ------
    InputError
        If holdings and cash are worth nothing.
    NoAnswerError
        If selling everything leaves cash negative.
    """
    worth = sum((each.held * each.price for each in terms), cash)
    if worth <= 0:
        raise InputError(
            f"and the holdings are worth {worth:,.2f} together, must be above 0", argument="value_or_cash"
        )
    capital = _after_costs(target, terms, worth)
    measure: RiskModel = (
        risk if risk is not None else FactorModel(np.zeros((target.size, 0)), np.ones(target.size))
    )
    reach = [(_REACH * each.lot, _REACH * each.lot) for each in terms]
    allowed = _allowed(target, terms, capital, reach)
    choices = _choices(allowed, target, terms, cash, capital)
    places = rounded(choices, measure)
    if places is None:
        raise NoAnswerError(
            f"is {cash:,.2f}, and selling everything does not bring the cash to zero",
            argument="value_or_cash",
        )
    after = _at(allowed, places)
    proved = False
    if len(terms) <= PROVED_UP_TO:
        after, proved = _best(target, terms, cash, capital, measure, after)
    return _settled(terms, after, cash, worth, proved=proved)


def _after_costs(target: Vector, terms: Sequence[Terms], worth: Decimal) -> Decimal:
    """What is left to invest when trading has been paid for."""
    capital = worth
    for _ in range(_PASSES):
        paid = Decimal(0)
        for wanted, each in zip(target.tolist(), terms, strict=True):
            amount = abs(exact(wanted) * capital - each.held * each.price)
            paid += amount * each.rate + (each.fee if amount >= each.lot * each.price / 2 else 0)
        capital = max(worth - paid, worth / 100)
    return capital


def _allowed(
    target: Vector, terms: Sequence[Terms], capital: Decimal, reach: Sequence[tuple[Decimal, Decimal]]
) -> list[tuple[Decimal, ...]]:
    """Holdings of each name so far below and above its target; none where none are wanted."""
    found: list[tuple[Decimal, ...]] = []
    for wanted, each, (below, above) in zip(target.tolist(), terms, reach, strict=True):
        if wanted == 0.0 and each.held >= 0:
            # What is not wanted is not kept for the sake of the others: it may be excluded, or one name too many.
            found.append((Decimal(0),))
            continue
        goal = exact(wanted) * capital / each.price
        found.append(levels(each, goal - below, goal + above))
    return found


def _choices(
    allowed: Sequence[Sequence[Decimal]],
    target: Vector,
    terms: Sequence[Terms],
    cash: Decimal,
    capital: Decimal,
) -> Choices:
    width = max(map(len, allowed))
    weights = np.full((len(terms), width), np.nan)
    spent = np.full((len(terms), width), np.nan)
    for row, (each, holdings) in enumerate(zip(terms, allowed, strict=True)):
        for column, holding in enumerate(holdings):
            one = ticket(each, holding)
            weights[row, column] = float(holding * each.price / capital)
            # Whole cents, which a float holds exactly: cash of zero must not come out as less.
            spent[row, column] = float((one.amount + one.cost) / CENT)
    return Choices(weights, spent, target, float((cash / CENT).to_integral_value(ROUND_FLOOR)))


def _at(allowed: Sequence[Sequence[Decimal]], places: Indices) -> tuple[Decimal, ...]:
    return tuple(holdings[place] for holdings, place in zip(allowed, places.tolist(), strict=True))


def _best(
    target: Vector,
    terms: Sequence[Terms],
    cash: Decimal,
    capital: Decimal,
    risk: RiskModel,
    after: tuple[Decimal, ...],
) -> tuple[tuple[Decimal, ...], bool]:
    """The best of all choices and whether it is proved; `after` where the proof would be too wide."""
    covariance = _dense(risk)
    weights = np.array([float(held * each.price / capital) for held, each in zip(after, terms, strict=True)])
    radius = _radius(covariance, risk.variance(weights - target))
    if radius is None:
        return after, False
    reach = []
    for far, each in zip(radius.tolist(), terms, strict=True):
        shares = exact(far) * capital / each.price
        if 2 * shares / each.lot > _WIDEST:
            return after, False
        reach.append((shares, shares))
    allowed = [
        tuple(sorted({*holdings, present}))
        for holdings, present in zip(_allowed(target, terms, capital, reach), after, strict=True)
    ]
    start = np.array([holdings.index(held) for holdings, held in zip(allowed, after, strict=True)])
    places, proved = best_lots(_choices(allowed, target, terms, cash, capital), covariance, start)
    return _at(allowed, places), proved


def _radius(covariance: Matrix, variance: float) -> Vector | None:
    """How far a name's weight can be from its target in a better choice; None for a singular covariance."""
    try:
        root = np.linalg.inv(np.linalg.cholesky(covariance))
    except np.linalg.LinAlgError:
        return None
    far = np.sqrt(variance * np.einsum("ij,ij->j", root, root))
    return far if bool(np.isfinite(far).all()) else None


def _dense(risk: RiskModel) -> Matrix:
    """The covariance of the few names of a proof as a matrix."""
    if isinstance(risk, DenseCovariance):
        return risk.matrix
    return np.column_stack([risk.product(unit) for unit in np.eye(risk.size)])


def _settled(
    terms: Sequence[Terms], after: tuple[Decimal, ...], cash: Decimal, worth: Decimal, *, proved: bool
) -> Plan:
    tickets = tuple(ticket(each, held) for each, held in zip(terms, after, strict=True))
    left = cash_after(cash, tickets)
    values = [held * each.price for held, each in zip(after, terms, strict=True)]
    whole = sum(values, left)
    if whole <= 0:
        raise NoAnswerError("does not pay for the costs of trading", argument="value_or_cash")
    return Plan(
        tickets,
        after,
        left,
        np.array([float(each.held * each.price / worth) for each in terms]),
        np.array([float(value / whole) for value in values]),
        proved,
    )
