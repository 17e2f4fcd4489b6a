"""A formula in Excel on Windows as far as it is Python: from what COM delivers to what it takes back.

In a process of its own, where xlwings' unchanged server believes pywin32 is there. What Excel and COM add is not in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

from tests.asked_excel import Excel
from tests.benchmarks.report import Table
from tests.benchmarks.timing import milliseconds
from tests.covariances import FAMILIES

CALL_NOTE = (
    "`=TE_OPTIMIZE(benchmark, cov, limits)`, each weight capped at 1.5 / n, through xlwings' `CallUDF`, from ranges to "
    "weights and back; median and least milliseconds over rounds in turn. *First*: an input never seen. *Again*: the same "
    "cells once more. *Stock*: the same function with its ranges read by xlwings' own converters, `np.array` where all cells "
    "are numbers, and the answer written by them. The last column is the median over the rounds of stock to first."
)
CONVERSION_NOTE = (
    "A range of n × n numbers to a function that counts its rows, through `CallUDF`, median milliseconds; and the way out "
    "of n × n numbers."
)


def excel_call_table(sizes: Sequence[int] = (50, 200, 500, 1000), rounds: int = 15) -> Table:
    """The headline formula by size, with and without names at the edges of its ranges."""
    rows = []
    with _excel() as excel:
        for n in sizes:
            for named in (False, True):
                seconds = excel.ask("seconds_to_optimise", *_ranges(n, named), rounds)
                label = f"n = {n}, named" if named else f"n = {n}"
                rows.append([label, *map(_both, seconds.values()), _ratio(seconds, "stock", "first")])
    header = ("ranges", "first, ms", "again, ms", "stock, ms", "stock / first")
    return Table("A formula in Excel, the Python side", CALL_NOTE, header, rows)


def conversion_table(sizes: Sequence[int] = (500, 1000), rounds: int = 9) -> Table:
    """Only in and out."""
    rows = []
    with _excel() as excel:
        for n in sizes:
            read = excel.ask("seconds_to_convert", n, rounds)
            written = excel.ask("seconds_to_write", n, rounds)
            rows.append(
                [f"n = {n}"]
                + [
                    milliseconds(float(np.median(each[who])))
                    for each in (read, written)
                    for who in ("ours", "stock")
                ]
            )
    header = ("numbers", "in, ours", "in, np.array", "out, ours", "out, stock")
    return Table("In and out of Excel", CONVERSION_NOTE, header, rows)


@contextmanager
def _excel() -> Iterator[Excel]:
    excel = Excel()
    try:
        yield excel
    finally:
        excel.close()


def _ranges(n: int, named: bool) -> list[list[list[object]]]:
    rng = np.random.default_rng(n)
    cov = FAMILIES["factors and noise"](n, rng).tolist()
    benchmark = rng.dirichlet(np.ones(n)).tolist()
    limits = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 1.5 / n]]
    if not named:
        return [[[weight] for weight in benchmark], cov, limits]
    names = [f"Bond {at:04d}" for at in range(n)]
    edged = [[None, *names], *([name, *row] for name, row in zip(names, cov, strict=True))]
    return [[[name, weight] for name, weight in zip(names, benchmark, strict=True)], edged, limits]


def _both(seconds: Sequence[float]) -> str:
    return f"{milliseconds(float(np.median(seconds)))}, {milliseconds(min(seconds))}"


def _ratio(seconds: Mapping[str, Sequence[float]], one: str, to: str) -> str:
    return f"{np.median(np.divide(seconds[one], seconds[to])):.1f}"
