"""A day of recalculation in Excel: what the process of Python needs after thousands of calls."""

from tests.asked_excel import Excel
from tests.benchmarks.report import Table
from tests.example_sheet import parsed
from trackerr_xl.functions import CATALOGUE

NOTE = (
    "Formulas of the whole catalogue, in one process, through xlwings' `CallUDF`: seven of ten with a number nobody has seen, "
    "some again, some with an error value or an unknown name in a cell; and one turn of ten makes a RISK_MODEL that was never "
    "made and measures with it and with an older one. Resident memory of the process, and the objects Python keeps track of. "
    "*Handles*: tracking errors by the name of a model: right to 1e-10, not available because the model was given up, wrong."
)
SEED = 7


def load_table(calls: int = 100_000) -> Table:
    """Memory at tenths of the day; the first tenth fills what is kept on purpose."""
    noted, counts = a_day(calls)
    rows = [
        [
            f"{done:,}",
            f"{seconds:.0f}",
            f"{1e3 * seconds / done:.2f}",
            f"{memory / 2**20:.1f}",
            f"{objects:,}",
            "",
        ]
        for done, seconds, memory, objects in noted
    ]
    rows[-1][-1] = ", ".join(f"{counts[f'handles {word}']:,} {word}" for word in ("right", "gone"))
    rows[-1][-1] += f", {counts['wrong']:,} wrong"
    header = ("calls", "seconds", "ms a call", "memory, MB", "objects", "handles")
    return Table("A day of recalculation", NOTE, header, rows)


def a_day(calls: int) -> tuple[list[tuple[int, float, int, int]], dict[str, int]]:
    """Calls, seconds, bytes and objects at each tenth of a day, and what came of the calls by kind."""
    formulas = [
        (name, [each.tolist() if hasattr(each, "tolist") else each for each in arguments])
        for name, arguments in (parsed(function.example) for function in CATALOGUE.values())
    ]
    marks = [calls * tenth // 10 for tenth in range(1, 11)]
    excel = Excel()
    try:
        noted, counts = excel.ask("day", formulas, calls, marks, SEED)
    finally:
        excel.close()
    return noted, counts
