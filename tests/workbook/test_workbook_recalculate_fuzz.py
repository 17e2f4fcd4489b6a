"""Any formula, however odd, is calculated or reported: nothing raises and no cell is left without a word."""

import random
from pathlib import Path

import pytest
from written_book import F, Plain, written

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.workbook.recalculate import recalculate

EXCEL = (
    "SUM AVERAGE COUNT IF IFERROR INDEX MATCH VLOOKUP OFFSET INDIRECT ROUND MOD TEXT DATE YEAR LEFT LEN SUMPRODUCT MMULT "
    "TRANSPOSE SUMIF COUNTIFS LARGE RANK NPV IRR CHOOSE SUBTOTAL STDEV MEDIAN PRODUCT N T ROW COLUMNS FILTER SORT UNIQUE "
    "SEQUENCE XLOOKUP HSTACK TAKE DROP EXPAND TOCOL RAND CELL AGGREGATE NOSUCH"
)
FUNCTIONS = [*EXCEL.split(), *CATALOGUE]
OPERATORS = ["+", "-", "*", "/", "^", "&", "=", "<>", "<", ">=", ":", " "]
OPERANDS = [
    "A1",
    "A1:A3",
    "B1:C2",
    "Z9",
    "A1#",
    "D1:D4",
    "weights",
    "rate",
    "E1",
    "E2:F4",
    "A:A",
    "Gone!A1",
    "[1]S!A1",
]
CONSTANTS = ["1", "-2.5", '"x"', "TRUE", "#N/A", "{1,2;3,4}", "1E300", "0", "40000"]
TYPED: dict[str, Plain] = {
    "A1": 0.6,
    "A2": 0.4,
    "A3": "x",
    "B1": 0.04,
    "B2": 0.01,
    "C1": 0.01,
    "C2": 0.09,
    "D1": True,
    "D2": "#DIV/0!",
}


def expression(chance: random.Random, depth: int) -> str:
    kind = chance.random()
    if depth == 0 or kind < 0.3:
        return chance.choice(OPERANDS + CONSTANTS)
    inner = [expression(chance, depth - 1) for _ in range(chance.randint(0, 4))]
    first, second = (*inner, "1", "A1")[:2]
    if kind < 0.5:
        # A whole column in arithmetic is a million cells: right, but slow.
        return (first + chance.choice(OPERATORS) + second).replace("A:A", "A1:A9")
    if kind < 0.6:
        return f"-({first})%"
    if kind < 0.65:
        return f"LET(q,{first},q+{second})"
    if kind < 0.7:
        return f"{chance.choice(['MAP', 'BYROW', 'SCAN'])}({first},LAMBDA(q,{second}&q))"
    return f"{chance.choice(FUNCTIONS)}({','.join(inner)})".replace("A:A", "A1:A9")


@pytest.mark.parametrize("seed", range(150))
def test_every_formula_has_a_value_or_a_reason(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    cells: dict[str, Plain | F] = dict(TYPED)
    for _ in range(12):
        where = f"{chance.choice('EFGHIJ')}{chance.randint(1, 6)}"
        text = expression(chance, 3)
        cells[where] = chance.choice(
            [F(text, -1.0), F(text, -1.0, where), F(text, -1.0, where, dynamic=False)]
        )
    names = [("weights", "Sheet1!$A$1:$A$2"), ("rate", "0.5")]
    done = recalculate(written(tmp_path, cells, names=names))
    reported = {kept.address for kept in done.not_evaluated}
    assert all((where in done.values) != (where in reported) for where in done.formulas)
    assert all(kept.reason for kept in done.not_evaluated)
