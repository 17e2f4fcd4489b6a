"""Amounts and costs to the cent. A broker's confirmation is decimal, and so is this."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
"""What amounts and costs are rounded to, half a cent up."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What trading one name means.

    Parameters
    ----------
    held : Decimal
        Shares or nominal held now, negative when short.
    price : Decimal
        Price of one, above zero.
    lot : Decimal
        Trades are whole multiples of it, above zero; a holding may also be sold whole.
    piece : Decimal
        Smallest holding but none, zero or more.
    rate : Decimal
        Cost as a fraction of the amount traded, from 0 to below 1.
    fee : Decimal
        Cost of a ticket whatever its size, zero or more.
    short : bool
        Whether a holding may be negative.
    """

    held: Decimal
    price: Decimal
    lot: Decimal = Decimal(1)
    piece: Decimal = Decimal(0)
    rate: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    short: bool = False


@dataclass(frozen=True, slots=True)
class Ticket:
    """One trade.

    Parameters
    ----------
    shares : Decimal
        Bought, negative when sold, zero for no trade.
    amount : Decimal
        Paid for them, negative when received, to the cent.
    cost : Decimal
        Cost of trading, to the cent.
    """

    shares: Decimal
    amount: Decimal
    cost: Decimal


def exact(number: float) -> Decimal:
    """The decimal a person typed: the shortest that reads back as this number."""
    return Decimal(repr(float(number)))


def cents(amount: Decimal) -> Decimal:
    """An amount to the cent, half a cent away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def ticket(terms: Terms, after: Decimal) -> Ticket:
    """The trade from what is held to a holding of `after`."""
    shares = after - terms.held
    if not shares:
        return Ticket(Decimal(0), Decimal(0), Decimal(0))
    amount = cents(shares * terms.price)
    return Ticket(shares, amount, cents(abs(amount) * terms.rate + terms.fee))


def cash_after(cash: Decimal, tickets: Sequence[Ticket]) -> Decimal:
    """Cash left when every ticket has settled."""
    return cash - sum((each.amount + each.cost for each in tickets), Decimal(0))


def levels(terms: Terms, low: Decimal, high: Decimal) -> tuple[Decimal, ...]:
    """Holdings allowed from `low` to `high`, ascending, with none, the present one and the next allowed on either side.

    Parameters
    ----------
    terms : Terms
        Lot, smallest holding and whether it may be negative.
    low, high : Decimal
        Range of interest.
    """
    found = {Decimal(0), terms.held} | _positive(terms.held, terms.lot, terms.piece, low, high)
    if terms.short:
        found |= {-each for each in _positive(-terms.held, terms.lot, terms.piece, -high, -low)}
    return tuple(sorted(found))


def _positive(held: Decimal, lot: Decimal, piece: Decimal, low: Decimal, high: Decimal) -> set[Decimal]:
    """Positive holdings whole lots away from `held`, from the last below `low` to the first above `high`."""
    first = _lots(piece - held, lot)
    if held + first * lot <= 0:
        first += 1
    start, end = max(first, _lots(low - held, lot) - 1), max(first, _lots(high - held, lot))
    return {held + steps * lot for steps in range(start, end + 1)}


def _lots(shares: Decimal, lot: Decimal) -> int:
    """Whole lots in at least so many shares."""
    return int((shares / lot).to_integral_value(ROUND_CEILING))
