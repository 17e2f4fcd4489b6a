"""Covariance times a column of weights where the covariance is a factor model, and the sheet with its factors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from trackerr_xl.core.words import key
from trackerr_xl.errors import InputError
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.values import Labelled, LabelledMatrix, Panel
from trackerr_xl.sheet.read import read_arguments, read_ranges
from trackerr_xl.workbook.actions.asked import MODEL, Asked, ModelCells, Source, range_cells
from trackerr_xl.workbook.actions.audit.layout import ACTIVE, BENCHMARK, FACTORS_SHEET, formula, names_column
from trackerr_xl.workbook.actions.pages import HINT, STRONG, Page, number
from trackerr_xl.workbook.file.new_sheet import NewSheet

FIRST_FACTOR: Final = 7
"""Row of the first factor on the sheet of factors."""

_EXPOSED, _MOVED = {ACTIVE: "C", BENCHMARK: "E"}, {ACTIVE: "D", BENCHMARK: "F"}
"""Columns there, by the column of weights: the exposures of the weights, and the factors' covariance times them."""


@dataclass(frozen=True, slots=True)
class Factors:
    """The cells of a factor model, name by name and factor by factor.

    Parameters
    ----------
    names, factors : tuple of str
        What they are called, in the order of the exposures.
    rows, columns : sequence of str
        Exposures of each name, and to each factor.
    labels : sequence of str
        Cells that spell each name; empty where none does.
    covariance : sequence of str
        The factors' covariance, row by row.
    specific : sequence of str
        Formula of the specific variance of each name.
    scale : str
        What brings the factors' covariance to fractions squared, as a factor in front; empty for nothing.
    """

    names: tuple[str, ...]
    factors: tuple[str, ...]
    rows: Sequence[str]
    columns: Sequence[str]
    labels: Sequence[str]
    covariance: Sequence[str]
    specific: Sequence[str]
    scale: str

    def product(self, line: int, letter: str, row: int) -> str:
        """Covariance times a column of weights, for one name."""
        last = FIRST_FACTOR + len(self.factors) - 1
        moved = _MOVED[letter]
        across = f"'{FACTORS_SHEET}'!${moved}${FIRST_FACTOR}:${moved}${last}"
        return f"SUM(MMULT({self.rows[line]},{across}))+({self.specific[line]})*{letter}{row}"


def factors_of(asked: Asked, model: ModelCells, names: Sequence[str]) -> Factors:
    """Find the cells of a factor model.

    Parameters
    ----------
    asked : Asked
        The optimisation.
    model : ModelCells
        Its covariance.
    names : sequence of str
        What the names are called where the model has none.

    Raises
    ------
    InputError
        If the factors' covariance lists other factors, or in another order, than the exposures do.
    """
    given = [range_cells(asked.book, each) for each in (model.exposures, model.factor_cov, model.specific)]
    function = CATALOGUE[MODEL]
    typed = read_arguments(function, read_ranges(function, [*given, model.units]))
    panel, square, own = typed["exposures"], typed["factor_cov"], typed["specific"]
    assert isinstance(panel, Panel)
    assert isinstance(square, LabelledMatrix)
    assert isinstance(own, Labelled)
    size, width = panel.values.shape
    if square.size != width or (
        square.labels and panel.columns and list(map(key, square.labels)) != list(map(key, panel.columns))
    ):
        raise InputError(
            "must list the factors of the exposures in their order for an audit", argument="factor_cov"
        )
    top, left, edge = (
        int(panel.columns is not None),
        int(panel.rows is not None),
        int(square.labels is not None),
    )
    exposures, covariance = model.exposures, model.factor_cov
    return Factors(
        tuple(panel.rows or names),
        tuple(panel.columns or square.labels or [f"Factor {at + 1}" for at in range(width)]),
        [exposures.cells(top + at, left, top + at, left + width - 1) for at in range(size)],
        [exposures.cells(top, left + at, top + size - 1, left + at) for at in range(width)],
        [exposures.cell(top + at, 0) if left else "" for at in range(size)],
        [covariance.cells(edge + at, edge, edge + at, edge + width - 1) for at in range(width)],
        _specific(own, model, panel.rows or tuple(names)),
        "0.0001*" if model.units.startswith("Percent") else "",
    )


def factors_sheet(factors: Factors) -> NewSheet:
    """The sheet with the exposures of the active weights and of the benchmark."""
    page = Page(FACTORS_SHEET)
    page.band(
        "Audit factors",
        "Exposures to the factors, and the factors' covariance times them",
        (2, 34, 18, 18, 18, 18),
    )
    page.put(
        3,
        2,
        "The covariance is a factor model: exposures × factors × exposures, and what is each name's own.",
        HINT,
    )
    titles = ("Factor", "Active exposure", "Factors × active", "Benchmark exposure", "Factors × benchmark")
    page.headings(FIRST_FACTOR - 1, 2, titles, ("Factor",))
    size, count = len(factors.names), len(factors.factors)
    last = FIRST_FACTOR + count - 1
    for at, name in enumerate(factors.factors):
        row = FIRST_FACTOR + at
        page.put(row, 2, name, STRONG)
        for letter in (ACTIVE, BENCHMARK):
            exposed = _EXPOSED[letter]
            weights = names_column(letter, size)
            column = 3 if letter == ACTIVE else 5
            page.put(row, column, formula(f"SUMPRODUCT({factors.columns[at]},{weights})"), number("0.000000"))
            down = f"{exposed}${FIRST_FACTOR}:{exposed}${last}"
            moved = f"{factors.scale}SUM(MMULT({factors.covariance[at]},{down}))"
            page.put(row, column + 1, formula(moved), number("0.00E+00"))
    return page.finished(frozen=(FIRST_FACTOR, 3))


def _specific(own: Labelled, model: ModelCells, names: Sequence[str]) -> list[str]:
    """Formula of each name's specific variance."""
    source = model.specific
    if own.labels is None:
        cells = [_nth(source, at, across=own.across) for at in range(own.values.size)]
    else:
        rows = {key(label): at for at, label in enumerate(own.labels)}
        cells = [source.cell(rows[key(name)], 1) for name in names]
    squared = [f"{cell}^2" if model.units.endswith("sd") else cell for cell in cells]
    return [f"0.0001*{each}" if model.units.startswith("Percent") else each for each in squared]


def _nth(source: Source, at: int, *, across: bool) -> str:
    return source.cell(0, at) if across else source.cell(at, 0)
