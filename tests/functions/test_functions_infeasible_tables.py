"""Random tables that leave no weights: recognised, explained by an irreducible set of rows, and mended by every repair."""

import re

import numpy as np
import pytest

from tests.small_markets import MAX, MIN, Market, breach
from trackerr_xl.errors import NoAnswerError
from trackerr_xl.sheet.call import call

BATCHES, TABLES_A_BATCH = 20, 25
CLEAR = 1e-6
"""Tables this near to being feasible, or to not being, are left to rounding."""


def refusal(market, table):
    """Our refusal, or None where there is an answer."""
    fault = call("TE_OPTIMIZE", market.arguments(table)).fault
    if fault is None:
        return None
    assert isinstance(fault.error, NoAnswerError), (fault.error, table)
    return fault.error


def row_numbers(sentences):
    return sorted({int(number) for part in sentences for number in re.findall(r"\(row (\d+)\)", part)})


MOVE = re.compile(r"(raise|lower) the (Max|Min) of [^()]*\(row (\d+)\) from (\S+) to (\S+)", re.IGNORECASE)
OUT = re.compile(r"take out [^()]*\(row (\d+)\)", re.IGNORECASE)
ADD = re.compile(r"add a Budget row with Min (\S+) and Max (\S+)", re.IGNORECASE)


def mended(table, repair):
    """The table after a repair, applied as it is printed; a row's header is row 1."""
    changed, found = [list(row) for row in table], 0
    for verb, cell, number, before, after in MOVE.findall(repair):
        side = MAX if cell == "Max" else MIN
        assert (verb.lower() == "raise") is (cell == "Max")
        assert float(before) == pytest.approx(changed[int(number) - 2][side], rel=1e-5)
        changed[int(number) - 2][side] = float(after)
        found += 1
    for low, high in ADD.findall(repair):
        changed.append(["Budget", None, float(low), float(high), None])
        found += 1
    for number in OUT.findall(repair):
        changed[int(number) - 2] = None
        found += 1
    assert found == repair.lower().count(" the m") + repair.lower().count("take out") + repair.count(
        "Budget row"
    )
    return [row for row in changed if row is not None]


def infeasible_tables(rng):
    made = 0
    while made < TABLES_A_BATCH:
        market = Market(rng)
        table = [market.row(rng) for _ in range(rng.integers(2, 9))]
        if breach(market, table) > CLEAR:
            made += 1
            yield market, table


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_conflict_is_irreducible_and_every_repair_mends_the_table(batch):
    for market, table in infeasible_tables(np.random.default_rng(batch)):
        error = refusal(market, table)
        assert error is not None, table
        assert len(str(error)) <= 255
        check_conflict(market, table, row_numbers(error.rows))
        assert error.repairs, (table, error.rows)
        for repair in error.repairs:
            after = mended(table, repair)
            assert breach(market, after) <= 1e-8, (table, repair)
            assert refusal(market, after) is None, (table, repair)


def check_conflict(market, table, numbers):
    """Together the rows named leave no weights, and without any one of them they do."""
    clash = [table[number - 2] for number in numbers]
    assert breach(market, clash) > 1e-9, (table, numbers)
    assert refusal(market, clash) is not None, (table, numbers)
    for number in numbers:
        fewer = [table[other - 2] for other in numbers if other != number]
        assert breach(market, fewer) <= 1e-8, (table, numbers, number)
        assert refusal(market, fewer) is None, (table, numbers, number)


@pytest.mark.parametrize("batch", range(4))
def test_a_repair_of_one_cell_goes_no_further_than_it_must(batch):
    for market, table in infeasible_tables(np.random.default_rng(1000 + batch)):
        error = refusal(market, table)
        assert error is not None
        for repair in error.repairs:
            moves = MOVE.findall(repair)
            if len(moves) != 1 or " and " in repair:
                continue
            _, cell, number, before, after = moves[0]
            short = [list(row) for row in table]
            part = float(after) - 0.01 * (float(after) - float(before))
            short[int(number) - 2][MAX if cell == "Max" else MIN] = part
            assert breach(market, short) > 0.0, (table, repair)
