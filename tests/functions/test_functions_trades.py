"""TE_TRADES: whole lots, cash never negative, money to the cent, and the nearest lots of all where few names trade."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError

NAMES = ("AAA", "BBB", "CCC")


def rows_of(*arguments: object) -> dict[str, list[object]]:
    header, *rows = evaluate("TE_TRADES", *arguments)
    assert header == ["Name", "Side", "Shares", "Price", "Amount", "Cost", "Weight after", "Shares after"]
    return {str(row[0]): row for row in rows}


def test_two_names_by_hand() -> None:
    # 10,000 in halves: 121 × 41.25 = 4,991.25 and 500 × 9.99 = 4,995.00 leave 13.75; one more of either cannot be paid.
    rows = rows_of([["AAA", 0.5], ["BBB", 0.5]], 0, [["AAA", 41.25], ["BBB", 9.99]], 10000)
    assert rows["AAA"] == ["AAA", "Buy", 121.0, 41.25, 4991.25, 0.0, pytest.approx(0.499125), 121.0]
    assert rows["BBB"][:6] == ["BBB", "Buy", 501.0, 9.99, 5004.99, 0.0]
    assert rows["Cash"] == ["Cash", "", "", "", 3.76, 0.0, pytest.approx(0.000376), ""]


def test_costs_are_rounded_to_the_cent_ticket_by_ticket() -> None:
    # 0.15 % of 33.33 is 0.049995, of 66.67 (a sale) 0.100005: each rounds by itself, then the fee comes on top.
    costs = [["Name", "Cost", "Fee"], ["AAA", 0.0015, None], ["BBB", 0.0015, 1.5]]
    rows = rows_of(
        [["AAA", 1.0], ["BBB", 0.0]], [["BBB", 1.0]], [["AAA", 33.33], ["BBB", 66.67]], 0, None, costs
    )
    assert rows["BBB"][1:6] == ["Sell", 1.0, 66.67, 66.67, 1.6]
    assert rows["AAA"][1:6] == ["Buy", 1.0, 33.33, 33.33, 0.05]
    assert rows["Cash"][4:6] == [pytest.approx(31.69, abs=1e-9), pytest.approx(1.65)]


def test_value_is_cash_and_holdings_together() -> None:
    target, prices = [["AAA", 0.6], ["BBB", 0.4]], [["AAA", 10.0], ["BBB", 20.0]]
    held = [["AAA", 100.0]]
    by_value = rows_of(target, held, prices, [["Value", 5000.0]])
    assert (
        by_value == rows_of(target, held, prices, [["Cash", 4000.0]]) == rows_of(target, held, prices, 4000.0)
    )
    assert by_value["AAA"][-1] == 300.0
    assert by_value["BBB"][-1] == 100.0


def test_bonds_trade_in_increments_above_their_smallest_piece() -> None:
    lots = [
        ["Name", "Lot", "MinPiece"],
        ["AAA", 1000.0, 200000.0],
        ["BBB", 1000.0, 200000.0],
        ["CCC", 1000.0, 200000.0],
    ]
    prices = [["AAA", 1.01], ["BBB", 0.98], ["CCC", 1.1]]
    rows = rows_of([["AAA", 0.6], ["BBB", 0.36], ["CCC", 0.04]], 0, prices, 1_000_000, lots)
    after = {name: float(rows[name][-1]) for name in NAMES}
    assert all(amount == 0.0 or (amount >= 200000.0 and amount % 1000.0 == 0.0) for amount in after.values())
    assert after["CCC"] == 0.0


def test_an_odd_holding_may_be_kept_or_sold_whole() -> None:
    lots, prices = 100, [["AAA", 10.0], ["BBB", 10.0]]
    sold = rows_of([["AAA", 1.0], ["BBB", 0.0]], [["BBB", 37.0]], prices, 630.0, lots)
    assert sold["BBB"][1:3] == ["Sell", 37.0]
    assert sold["AAA"][1:3] == ["Buy", 100.0]
    assert sold["Cash"][4] == 0.0
    kept = rows_of([["AAA", 0.0], ["BBB", 1.0]], [["BBB", 37.0]], prices, 0.0, lots)
    assert kept["BBB"][1:3] == ["Hold", 0.0]


def brute_force(
    target: np.ndarray, prices: list[Fraction], lots: list[int], cash: int, cov: np.ndarray
) -> float:
    """Least variance from the target over every choice of lots that the cash pays for."""
    most = [range(int(Fraction(cash) / price / lot) + 1) for price, lot in zip(prices, lots, strict=True)]
    best = math.inf
    for counts in itertools.product(*most):
        values = [count * lot * price for count, lot, price in zip(counts, lots, prices, strict=True)]
        if sum(values) <= cash:
            away = np.array([float(value / cash) for value in values]) - target
            best = min(best, float(away @ cov @ away))
    return best


@pytest.mark.parametrize("seed", range(40))
def test_few_names_get_the_best_lots_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 5))
    loads = rng.normal(size=(n, 2)) * 0.2
    cov = loads @ loads.T + np.diag(rng.uniform(0.02, 0.2, n) ** 2)
    prices = [Fraction(int(rng.integers(500, 9000)), 100) for _ in range(n)]
    lots = rng.integers(1, 4, n).tolist()
    cash = int(rng.integers(300, 900))
    target = rng.dirichlet(np.ones(n))
    names = [f"N{at}" for at in range(n)]
    given = (
        [list(pair) for pair in zip(names, target.tolist(), strict=True)],
        0,
        [[name, float(price)] for name, price in zip(names, prices, strict=True)],
        cash,
        [[name, float(lot)] for name, lot in zip(names, lots, strict=True)],
        0,
        cov,
    )
    rows = rows_of(*given)
    assert float(rows["TE from rounding"][1]) ** 2 == pytest.approx(
        brute_force(target, prices, lots, cash, cov), rel=1e-9, abs=1e-18
    )
    proof = dict(evaluate("TE_EXPLAIN", "TE_TRADES", *given))["Proof"]
    assert proof.startswith("Every other choice of lots was ruled out")


def market(rng: np.random.Generator) -> tuple[list[object], dict[str, dict[str, Fraction]]]:
    """A random problem, as given and as exact numbers."""
    n = int(rng.integers(1, 7))
    names = [f"N{at}" for at in range(n)]
    facts: dict[str, dict[str, Fraction]] = {}
    for name in names:
        lot = int(rng.choice([1, 1, 5, 100, 1000]))
        facts[name] = {
            "price": Fraction(int(rng.integers(1, 900000)), int(rng.choice([100, 1000, 10000]))),
            "lot": Fraction(lot),
            "piece": Fraction(int(rng.choice([0, 0, 3 * lot]))),
            "rate": Fraction(int(rng.integers(0, 80)), 10000),
            "fee": Fraction(int(rng.choice([0, 0, 250])), 100),
            "held": Fraction(int(rng.choice([0, rng.integers(0, 50) * lot, rng.integers(0, 500)]))),
        }
    worth = sum(float(each["held"] * each["price"]) for each in facts.values())
    cash = round(float(rng.choice([0.0, rng.uniform(0, 1e6), -0.05 * worth])), 2)
    target = rng.dirichlet(np.ones(n)) * rng.choice([1.0, 1.0, 0.97])
    given: list[object] = [
        [[name, weight] for name, weight in zip(names, target.tolist(), strict=True)],
        [[name, float(facts[name]["held"])] for name in names],
        [[name, float(facts[name]["price"])] for name in names],
        cash,
        [
            ["Name", "Lot", "MinPiece"],
            *([name, float(facts[name]["lot"]), float(facts[name]["piece"])] for name in names),
        ],
        [
            ["Name", "Cost", "Fee"],
            *([name, float(facts[name]["rate"]), float(facts[name]["fee"])] for name in names),
        ],
    ]
    return given, facts


def to_cents(amount: Fraction) -> Fraction:
    """Half a cent away from zero, without any arithmetic of ours."""
    sign = -1 if amount < 0 else 1
    return Fraction(sign * math.floor(abs(amount) * 100 + Fraction(1, 2)), 100)


@pytest.mark.parametrize("block", range(10))
def test_ten_thousand_plans_settle(block: int) -> None:
    rng = np.random.default_rng(block)
    settled = 0
    for _ in range(1000):
        given, facts = market(rng)
        reply = call("TE_TRADES", given)
        worth = sum(each["held"] * each["price"] for each in facts.values()) + Fraction(str(given[3]))
        if reply.fault is not None:
            # Only where nothing can be done: worth nothing, or costs beyond what sales bring.
            assert worth <= sum(
                each["fee"] + each["rate"] * each["held"] * each["price"] for each in facts.values()
            )
            continue
        settled += 1
        _, *rows, last = reply.grid
        cash = Fraction(str(given[3]))
        for name, side, shares, _, amount, cost, _, after in rows:
            each = facts[str(name)]
            bought = Fraction(str(after)) - each["held"]
            assert abs(bought) == Fraction(str(shares))
            assert side == ("Buy" if bought > 0 else "Sell" if bought < 0 else "Hold")
            assert after >= 0.0
            whole = bought % each["lot"] == 0 and Fraction(str(after)) >= each["piece"]
            assert after == 0.0 or bought == 0 or whole
            paid = to_cents(bought * each["price"])
            assert Fraction(str(amount)) == abs(paid)
            charged = to_cents(abs(paid) * each["rate"] + each["fee"]) if bought else 0
            assert Fraction(str(cost)) == charged
            cash -= paid + charged
        assert cash >= 0
        assert Fraction(str(last[4])) == cash
    assert settled > 800


def test_rounding_of_an_index_costs_little() -> None:
    rng = np.random.default_rng(3)
    n = 500
    loads, specific = rng.normal(size=(n, 5)) * 0.1, rng.uniform(0.1, 0.4, n) ** 2
    cov = (loads @ loads.T + np.diag(specific)) / 12
    target = rng.dirichlet(np.full(n, 0.5))
    prices = rng.uniform(5, 900, n).round(2)
    _, *rows = evaluate("TE_TRADES", target, 0, prices, 1_000_000, None, 0.0005, cov)
    rounding = float(rows[-1][1])
    values = {str(row[0]): row for row in rows}
    down = np.floor(target * 1_000_000 * 0.999 / prices) * prices / 1_000_000
    away = down - target
    assert rounding < 0.5 * math.sqrt(away @ cov @ away)
    assert 0.0 <= float(values["Cash"][4]) < 10000.0


def test_short_targets_are_sold_short() -> None:
    rows = rows_of([["AAA", 1.3], ["BBB", -0.3]], 0, [["AAA", 10.0], ["BBB", 10.0]], 1000.0)
    assert rows["BBB"][1:3] == ["Sell", 30.0]
    assert rows["AAA"][1:3] == ["Buy", 130.0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ([["AAA", 0.8], ["BBB", 0.5]], 0, [["AAA", 1.0], ["BBB", 1.0]], 100),
            "TE-100 target sums to 1.3, must sum to 1 or less: cash is never borrowed.",
        ),
        (
            ([["AAA", 1.0]], 0, [["AAB", 1.0]], 100),
            'TE-140 prices has no entry for AAA, the nearest to it is "AAB", must have a price for each name.',
        ),
        (([["AAA", 1.0]], 0, [["AAA", 0.0]], 100), "TE-100 prices AAA is 0, must be a price above 0."),
        (([["AAA", 1.0]], 0, [["AAA", 1.0]], 100, 0), "TE-100 lots AAA is 0, must be a lot above 0."),
        (
            ([["AAA", 1.0]], 0, [["AAA", 1.0]], 0),
            "TE-100 value_or_cash and the holdings are worth 0.00 together, must be above 0.",
        ),
        (
            ([["AAA", 1.0]], 0, [["AAA", 1.0]], [["Profit", 5.0]]),
            'TE-100 value_or_cash is "Profit", must be Cash or Value.',
        ),
        (
            ([["AAA", 1.0]], [["AAA", 100.0]], [["AAA", 1.0]], -99.5, 1, [["AAA", 0.01]]),
            "TE-200 value_or_cash is -99.50, and selling everything does not bring the cash to zero.",
        ),
        (
            ([["AAA", 1.0]], 0, [["AAA", 1.0]], 100, [["Name", "Lot"], ["AAA", "ten"]]),
            'TE-100 lots AAA has the Lot "ten", must be a number.',
        ),
    ],
)
def test_what_cannot_be_traded_is_refused_in_words(arguments: tuple[object, ...], sentence: str) -> None:
    fault = call("TE_TRADES", arguments).fault
    assert fault is not None
    assert fault.sentence == sentence


def test_tracking_error_is_shown_before_and_after() -> None:
    cov = [
        [None, "AAA", "BBB", "CCC"],
        ["AAA", 0.04, 0.0, 0.0],
        ["BBB", 0.0, 0.04, 0.0],
        ["CCC", 0.0, 0.0, 0.09],
    ]
    rows = rows_of(
        [["AAA", 0.5], ["BBB", 0.5]],
        [["AAA", 10.0]],
        [["AAA", 10.0], ["BBB", 10.0]],
        0.0,
        None,
        None,
        cov,
        [["AAA", 0.4], ["BBB", 0.4], ["CCC", 0.2]],
    )
    assert rows["TE before"][1] == pytest.approx(math.sqrt(0.6**2 * 0.04 + 0.4**2 * 0.04 + 0.2**2 * 0.09))
    assert rows["TE of the target"][1] == pytest.approx(math.sqrt(2 * 0.1**2 * 0.04 + 0.2**2 * 0.09))
    assert rows["TE after"][1] == rows["TE of the target"][1]
    assert rows["TE from rounding"][1] == 0.0
    without = rows_of([["AAA", 0.5], ["BBB", 0.5]], 0, [["AAA", 10.0], ["BBB", 10.0]], 100.0)
    assert list(without) == ["AAA", "BBB", "Cash"]
    assert CellError("#N/A") not in without["Cash"]
