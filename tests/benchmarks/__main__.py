"""`python -m tests.benchmarks`: print the tables, and with --write put them into docs/benchmarks.md."""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from threadpoolctl import threadpool_limits

from tests.benchmarks.backtest import backtest_table
from tests.benchmarks.batch import FIRMS, batch_table
from tests.benchmarks.batch_command import batch_command_table
from tests.benchmarks.busy_machine import busy_machine_table
from tests.benchmarks.cardinality import SIZES, cardinality_table
from tests.benchmarks.end_to_end import end_to_end_table
from tests.benchmarks.excel_call import conversion_table, excel_call_table
from tests.benchmarks.families import families_table
from tests.benchmarks.hostile import ALL, hostile_table
from tests.benchmarks.index_tracking import index_tracking_table
from tests.benchmarks.load import load_table
from tests.benchmarks.portfolio_libraries import portfolio_libraries_table
from tests.benchmarks.refusals import refusals_table
from tests.benchmarks.report import Table, machine
from tests.benchmarks.speed import (
    accuracy_table,
    costs_table,
    dense_results,
    factor_results,
    times_table,
)
from tests.benchmarks.start_up import start_up_table
from tests.benchmarks.te_cap import frontier_table, te_cap_table

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `python -m tests.benchmarks --write` (`pip install -e ".[bench]"` brings the rivals); do not edit. Times are
never asserted by a test: they depend on the machine, and so do the ratios.

"""


def dense_tables(quick: bool) -> Iterator[Table]:
    """Times and accuracy on dense covariances."""
    results = dense_results(quick=quick)
    yield times_table("Dense covariance: time", results)
    yield costs_table("Dense covariance: what a solve costs", results)
    yield accuracy_table("Dense covariance: accuracy", results)


def factor_tables(quick: bool) -> Iterator[Table]:
    """Times and accuracy on factor models."""
    results = factor_results(quick=quick)
    yield times_table("Factor model: time", results)
    yield costs_table("Factor model: what a solve costs", results)
    yield accuracy_table("Factor model: accuracy", results)


TABLES: dict[str, Callable[[bool], Iterator[Table]]] = {
    "dense": dense_tables,
    "factor": factor_tables,
    "families": lambda quick: iter([families_table(quick=quick)]),
    "te-cap": lambda quick: iter([te_cap_table()]),
    "frontier": lambda quick: iter([frontier_table()]),
    "formula": lambda quick: iter([end_to_end_table(sizes=(50, 500) if quick else (50, 500, 1000))]),
    "excel": lambda quick: iter(
        [excel_call_table(rounds=1 if quick else 15), conversion_table(rounds=1 if quick else 9)]
    ),
    "refusals": lambda quick: iter([refusals_table(rounds=1 if quick else 7)]),
    "libraries": lambda quick: iter([portfolio_libraries_table(quick=quick)]),
    "names": lambda quick: iter([cardinality_table(SIZES[:2], 1) if quick else cardinality_table()]),
    "index-tracking": lambda quick: iter([index_tracking_table(seconds=1.0 if quick else 10.0)]),
    "batch": lambda quick: iter([batch_table(FIRMS[:2], 128, 1) if quick else batch_table()]),
    "accounts": lambda quick: iter([batch_command_table(500) if quick else batch_command_table()]),
    "backtest": lambda quick: iter([backtest_table(rounds=1 if quick else 5)]),
    "load": lambda quick: iter([load_table(1_000 if quick else 100_000)]),
    "hostile": lambda quick: iter([hostile_table(150 if quick else ALL)]),
    "start-up": lambda quick: iter([start_up_table(rounds=1 if quick else 9)]),
    "busy": lambda quick: iter([busy_machine_table(rounds=1 if quick else 15)]),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the wanted tables as they come."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "tables", nargs="*", metavar="TABLE", help=f"one of {', '.join(TABLES)}; all when none is named"
    )
    parser.add_argument(
        "--write", action="store_true", help="write docs/benchmarks.md, or the named tables in it"
    )
    parser.add_argument(
        "--quick", action="store_true", help="one instance and one round of each, to look around"
    )
    wanted = parser.parse_args(arguments)
    if unknown := set(wanted.tables) - set(TABLES):
        parser.error(f"no table called {', '.join(sorted(unknown))}")
    if wanted.write and wanted.quick:
        parser.error("one round is too few to be published: --write or --quick")
    where, tables = machine(), []
    sys.stdout.write(f"{where}\n\n")
    with threadpool_limits(1):
        for name in wanted.tables or TABLES:
            for table in TABLES[name](wanted.quick):
                tables.append(table)
                sys.stdout.write(table.markdown() + "\n")
                sys.stdout.flush()
    if wanted.write:
        known = PAGE.read_text(encoding="utf-8") if wanted.tables else f"{HEAD}{where}\n"
        for table in tables:
            known = with_table(known, table, f"Measured {where}" if wanted.tables else "")
        PAGE.write_text(known, encoding="utf-8")


def with_table(page: str, table: Table, where: str) -> str:
    """A page with a table in the place of an older one of its title, or at its end.

    Parameters
    ----------
    page : str
        The page as it was.
    table : Table
        The new table.
    where : str
        The machine, when it is not that of the head of the page.
    """
    head, *sections = page.rstrip("\n").split("\n## ")
    text = table.markdown().removeprefix("## ").rstrip("\n") + (f"\n\n{where}" if where else "")
    titles = [section.partition("\n")[0] for section in sections]
    if table.title in titles:
        sections[titles.index(table.title)] = text
    else:
        sections.append(text)
    return "\n## ".join(section.rstrip("\n") + "\n" for section in (head, *sections))


if __name__ == "__main__":
    main()
