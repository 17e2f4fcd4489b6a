"""100,000 random grids through `call`: whatever a person selects, the reply is a rectangle of finite cells."""

import math
import random
from collections.abc import Iterator

import numpy as np
import pytest

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.sheet import memo
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import ERROR_VALUES, Cell, CellError, Given
from trackerr_xl.sheet.reply import Reply

GRIDS = 100_000
CHUNKS = 10

NUMBERS = (0.0, -0.0, 1.0, 0.5, 0.25, -0.3, 0.04, 1e-4, 100.0, 45292.0, 45323.0, 7203.0)
EXTREMES = (
    1e308,
    -1e308,
    1e200,
    1e-200,
    5e-324,
    -1e-308,
    math.inf,
    -math.inf,
    math.nan,
    10**400,
    3,
    1e15,
    1e16,
)
TEXTS = (
    "A",
    "a ",
    "B",
    "c",
    "",
    " ",
    "0.3",
    "1e5",
    "naïve",
    "株式",
    "😀",
    "\x00",
    "=A1",
    "#N/A",
    "x" * 300,
    "Ω=*",
)
LIMIT_WORDS = (
    "Weight",
    "Group",
    "Exposure",
    "Budget",
    "Exclude",
    "Hold",
    "Turnover",
    "Names",
    "Sector=*",
    "*",
)
TABLE_WORDS = (
    "Type",
    "Item",
    "Min",
    "Max",
    "Basis",
    "Penalty",
    "On",
    "Note",
    "Active",
    "Relative",
    "yes",
    "no",
)
OPTION_WORDS = (
    "Option",
    "Value",
    "Units",
    "Percent",
    "Periods",
    "Layout",
    "Full",
    "Cash",
    "Benchmark",
    "Sum to",
)
METHODS = (
    "Std",
    "RMS",
    "MAD",
    "Downside",
    "Geometric",
    "EWMA 2",
    "EWMA -1",
    "Banks",
    "Sector",
    "Sector=Banks",
)
WORDS = (*LIMIT_WORDS, *TABLE_WORDS, *OPTION_WORDS, *METHODS, *CATALOGUE, "Nonsense")
ERRORS = tuple(CellError(value) for value in ERROR_VALUES)
FUNCTIONS = (*CATALOGUE, "te_optimize", "NO_SUCH_FUNCTION", "")
BUSY = ("TRACKING_ERROR", "TE_CONTRIB", "TE_OPTIMIZE", "TE_OPTIMIZE", "TE_EXPLAIN", "ACTIVE_SHARE")


def any_cell(random_: random.Random) -> Cell:
    pick = random_.random()
    if pick < 0.5:
        return random_.choice(NUMBERS)
    if pick < 0.6:
        return random_.choice(EXTREMES)
    if pick < 0.75:
        return random_.choice(TEXTS)
    if pick < 0.87:
        return random_.choice(WORDS)
    if pick < 0.92:
        return None
    return random_.choice(ERRORS) if pick < 0.94 else random_.random() < 0.5


def any_grid(random_: random.Random) -> Given:
    pick = random_.random()
    if pick < 0.15:
        return any_cell(random_)
    rows, columns = random_.choice(
        ((1, 1), (1, 3), (3, 1), (3, 2), (2, 2), (3, 3), (4, 4), (2, 4), (5, 3), (0, 0))
    )
    if pick < 0.45:
        return [[random_.choice(NUMBERS) for _ in range(columns)] for _ in range(rows)]
    if pick < 0.55:
        return np.array(
            [[random_.choice(NUMBERS + EXTREMES[:9]) for _ in range(columns)] for _ in range(rows)]
        )
    return tuple(tuple(any_cell(random_) for _ in range(columns)) for _ in range(rows))


def weights(random_: random.Random, n: int) -> Given:
    cells = [random_.choice((0.2, 0.3, 0.5, 0.0, -0.1, 1e-9)) for _ in range(n)]
    return random_.choice(
        ([[x] for x in cells], [cells], [[name, x] for name, x in zip("ABCD", cells, strict=False)])
    )


def covariance(random_: random.Random, n: int) -> Given:
    scale = random_.choice((1.0, 1e-4, 1e-12, 1e12, 1e-300, 1e300))
    square = [
        [scale * (1.0 if i == j else random_.choice((0.0, 0.3, 0.9))) for j in range(n)] for i in range(n)
    ]
    square = [[square[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)]
    if random_.random() < 0.5:
        return square
    return [[None, *"ABCD"[:n]], *([name, *row] for name, row in zip("ABCD", square, strict=False))]


def likely_limits(random_: random.Random) -> Given:
    """A constraints table whose words are right and whose numbers may clash."""
    rows: list[list[Cell]] = [["Min", "Type", "Basis", "Item", "Max"]]
    for _ in range(random_.randint(0, 3)):
        kind = random_.choice(("Weight", "Group", "Exposure", "Budget", "Exclude", "Hold"))
        item = {
            "Weight": "*",
            "Group": "Sector=*",
            "Exposure": "Duration",
            "Exclude": "Sector=Oil",
            "Hold": "A",
        }.get(kind)
        low, high = random_.choice(
            ((0.0, 0.4), (None, 0.6), (-0.1, 0.1), (0.5, 2.0), (1.0, 1.0), (-1e300, 1e300))
        )
        low, high = (None, None) if kind in ("Exclude", "Hold") else (low, high)
        rows.append([low, kind, random_.choice((None, "Active", "Relative")), item, high])
    return rows


def table(random_: random.Random, header: tuple[str, ...]) -> Given:
    rows = [
        [random_.choice((*WORDS, 0.1, 0.9, None, 1.0)) for _ in header] for _ in range(random_.randint(0, 3))
    ]
    return [list(header), *rows]


def likely_arguments(random_: random.Random, name: str) -> list[Given]:
    """Arguments near enough to sense that calls get past the readers."""
    n = random_.randint(1, 4)
    if name == "TE_EXPLAIN":
        inner = random_.choice(tuple(CATALOGUE))
        return [inner, *likely_arguments(random_, inner)] if inner != "TE_EXPLAIN" else [inner]
    if name == "TE_OPTIMIZE":
        limits = (
            table(random_, ("Type", "Item", "Min", "Max"))
            if random_.random() < 0.3
            else likely_limits(random_)
        )
        attributes: Given = [["Name", "Sector", "Duration"]]
        attributes += [[letter, random_.choice(("Banks", "Oil")), 5.0] for letter in "ABCD"[:n]]
        options = table(random_, ("Option", "Value")) if random_.random() < 0.3 else None
        current = weights(random_, random_.choice((n, n, 3))) if random_.random() < 0.4 else None
        size = n if random_.random() < 0.8 else 4
        return [weights(random_, n), covariance(random_, size), limits, attributes, current, options]
    if name in ("TRACKING_ERROR", "TE_CONTRIB") and random_.random() < 0.5:
        return [weights(random_, n), weights(random_, n), None, None, random_.choice(METHODS)]
    if name == "ACTIVE_SHARE":
        return [weights(random_, n), weights(random_, n)]
    return [weights(random_, n), weights(random_, n), covariance(random_, n)]


def any_call(random_: random.Random) -> tuple[str, list[Given]]:
    name = random_.choice(FUNCTIONS) if random_.random() < 0.3 else random_.choice(BUSY)
    arguments = likely_arguments(random_, name)
    pick = random_.random()
    if pick < 0.35:
        return name, arguments
    if pick < 0.7:
        at = random_.randrange(len(arguments))
        return name, [*arguments[:at], any_grid(random_), *arguments[at + 1 :]]
    return name, [any_grid(random_) for _ in range(random_.randint(0, 7))]


def calls_of(chunk: int) -> Iterator[tuple[str, list[Given]]]:
    """Calls until a tenth of the grids has been handed over."""
    random_ = random.Random(chunk)
    grids = 0
    while grids < GRIDS // CHUNKS:
        name, arguments = any_call(random_)
        grids += len(arguments)
        yield name, arguments


def complaint(reply: Reply) -> str | None:
    """What is wrong with a reply, None when nothing is."""
    grid = reply.grid
    if not grid or not grid[0] or len({len(row) for row in grid}) != 1:
        return f"not a rectangle: {grid!r}"
    for row in grid:
        for cell in row:
            if type(cell) not in (float, str, bool, CellError):
                return f"not a cell: {cell!r}"
            if isinstance(cell, float) and not math.isfinite(cell):
                return f"not finite: {cell!r}"
            if isinstance(cell, str) and (len(cell) > 255 or "TE-900" in cell):
                return cell
    if reply.fault is None:
        return None
    if grid != [[reply.fault.value]]:
        return f"a fault beside an answer: {grid!r}"
    if reply.fault.sentence.startswith("TE-900") or len(reply.fault.sentence) > 255:
        return reply.fault.sentence
    return None


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_random_grids_never_break_a_call(chunk: int) -> None:
    memo.forget()
    answered = 0
    for name, arguments in calls_of(chunk):
        reply = call(name, arguments)
        assert complaint(reply) is None, (name, arguments, complaint(reply))
        answered += reply.fault is None
    # Grids that are all refused would test the readers only.
    assert answered > 400
