"""What TE_CONSTRAINTS says a unit more room in a cell is worth, against moving the cell and optimising again.

Half of the tables say one of their rows twice: then more room in either alone is worth nothing.
"""

import numpy as np
import pytest

from tests.small_markets import MAX, MIN, Market
from trackerr_xl.sheet.call import call

STEP = 1e-5


def optimised(market, table):
    """Tracking error and weights, or None where there are none."""
    reply = call("TE_OPTIMIZE", market.arguments(table))
    if reply.fault is not None:
        return None
    weights = np.array([row[1] for row in reply.grid])
    active = weights - market.benchmark
    return float(np.sqrt(active @ market.cov @ active)), weights


def tables(batch):
    rng = np.random.default_rng(5000 + batch)
    for _ in range(30):
        market = Market(rng)
        table = [market.row(rng) for _ in range(rng.integers(2, 6))]
        if rng.random() < 0.5:
            table.append(list(table[rng.integers(len(table))]))
        yield market, table


@pytest.mark.parametrize("batch", range(8))
def test_prices_are_what_moving_one_cell_brings(batch):
    compared = 0
    for market, table in tables(batch):
        found = optimised(market, table)
        if found is None or found[0] < 1e-3:
            continue
        portfolio = [[name, float(w)] for name, w in zip(market.names, found[1], strict=True)]
        answer = call("TE_CONSTRAINTS", [portfolio, *market.arguments(table)])
        assert answer.fault is None, (answer.fault, table)
        for at, row in enumerate(answer.grid[1:]):
            for cell, price, side in ((MIN, row[5], -1), (MAX, row[6], 1)):
                if table[at][cell] is None:
                    continue
                moved = [list(line) for line in table]
                moved[at][cell] += side * STEP
                there = optimised(market, moved)
                assert there is not None, (table, moved)
                brought = (found[0] - there[0]) / STEP
                assert price == pytest.approx(brought, rel=1e-3, abs=1e-3), (table, at, cell)
                compared += 1
    assert compared > 0
