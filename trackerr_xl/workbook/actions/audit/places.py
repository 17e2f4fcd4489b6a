"""Which cells of a workbook speak of which name: what the native formulas of an audit point at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from trackerr_xl.core.words import key
from trackerr_xl.errors import InputError
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.mandate import Case
from trackerr_xl.functions.values import Labelled, LabelledMatrix
from trackerr_xl.sheet.cells import shape_of
from trackerr_xl.sheet.ranges import Range, range_of
from trackerr_xl.sheet.read import READERS
from trackerr_xl.workbook.actions.asked import OPTIMISER, Asked, Source, range_cells
from trackerr_xl.workbook.actions.audit.factors import Factors, factors_of
from trackerr_xl.workbook.actions.audit.layout import down


@dataclass(frozen=True, slots=True)
class Held:
    """Where a range says what it says of one name: the cell of its value and that of its name, empty without names."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Places:
    """Cells by name, in the order of the covariance.

    Parameters
    ----------
    names : tuple of str
        Names.
    portfolio, benchmark, current : sequence of Held or None
        Cells of the weights, None where a range does not list the name; no current ones where they are not given.
    covariance : sequence of str or Factors
        The row of the covariance of each name, or the cells of a factor model.
    covariance_labels : sequence of str
        Its label cells; empty without names.
    attribute_rows : mapping of str to int
        Row of each name in the attributes, counted from 0, by the name's key.
    attribute_columns : mapping of str to int
        Column of each header, by its key.
    attributes : Source or None
        Cells of the attributes table.
    order : sequence of int
        Position of each name in the case.
    """

    names: tuple[str, ...]
    portfolio: Sequence[Held | None]
    benchmark: Sequence[Held | None]
    current: Sequence[Held | None]
    covariance: Sequence[str] | Factors
    covariance_labels: Sequence[str]
    attribute_rows: Mapping[str, int]
    attribute_columns: Mapping[str, int]
    attributes: Source | None
    order: Sequence[int]

    def attribute(self, name: str, header: str) -> str:
        """The cell of an attribute of a name, empty where the table has not got the name or the column."""
        row, column = self.attribute_rows.get(key(name)), self.attribute_columns.get(key(header))
        if row is None or column is None or self.attributes is None:
            return ""
        return self.attributes.cell(row, column)

    def product(self, line: int, letter: str, row: int) -> str:
        """Covariance times the weights in a column, for one name, as a formula of the sheet of names."""
        if isinstance(self.covariance, Factors):
            return self.covariance.product(line, letter, row)
        return f"SUM(MMULT({self.covariance[line]},{down(letter, len(self.names))}))"

    def labels(self, line: int) -> list[str]:
        """Every cell that spells one of the names."""
        lists = (self.portfolio, self.benchmark, self.current)
        cells = [held.label for held in (each[line] for each in lists if each) if held is not None]
        row = self.attribute_rows.get(key(self.names[line]))
        if row is not None and self.attributes is not None:
            cells.append(self.attributes.cell(row, 0))
        return [cell for cell in (*cells, self.covariance_labels[line]) if cell]


def places(asked: Asked, case: Case, portfolio: Source) -> Places:
    """Find every cell an audit needs.

    Raises
    ------
    InputError
        If the covariance is not a square of cells, or the portfolio cannot be read as weights.
    """
    labels, covariance, spelt = _covariance(asked, case)
    universe = case.universe.names
    position = {key(name): at for at, name in enumerate(universe)}
    strangers = [] if labels is None else [label for label in labels if key(label) not in position]
    if strangers:
        raise InputError(
            f"has {strangers[0]}, which takes no part: an audit needs every name", argument="cov"
        )
    order = list(range(len(universe))) if labels is None else [position[key(label)] for label in labels]
    names = tuple(universe[at] for at in order)
    rows, columns = _attributes(asked)
    return Places(
        names,
        _cells(asked, portfolio, names, "portfolio"),
        _cells(asked, asked.sources["weights"], names, "weights"),
        _cells(asked, asked.sources["current"], names, "current") if "current" in asked.sources else [],
        covariance,
        spelt,
        rows,
        columns,
        asked.sources.get("attributes"),
        order,
    )


def _covariance(
    asked: Asked, case: Case
) -> tuple[tuple[str, ...] | None, Sequence[str] | Factors, Sequence[str]]:
    """Names of the covariance, its cells name by name, and the cells that spell the names."""
    if asked.model is not None:
        factors = factors_of(asked, asked.model, case.universe.names)
        return (factors.names if factors.labels[0] else None), factors, factors.labels
    cov = _read(asked, asked.sources["cov"], "covariance", "cov")
    if not isinstance(cov, LabelledMatrix):
        raise InputError("is a risk model whose RISK_MODEL formula is not found", argument="cov")
    source, edge, size = asked.sources["cov"], int(cov.labels is not None), cov.size
    rows = [source.cells(at + edge, edge, at + edge, size - 1 + edge) for at in range(size)]
    return cov.labels, rows, [source.cell(at + 1, 0) if edge else "" for at in range(size)]


def _read(asked: Asked, source: Source, kind: str, argument: str) -> object:
    cells = range_of(range_cells(asked.book, source))
    if cells is None:
        raise InputError("is empty", argument=argument)
    declared = next(each for each in CATALOGUE[OPTIMISER].arguments if each.kind == kind)
    return READERS[kind](declared, cells)


def _cells(asked: Asked, source: Source, names: tuple[str, ...], argument: str) -> list[Held | None]:
    vector = _read(asked, source, "weights", argument)
    assert isinstance(vector, Labelled)
    if vector.labels is None:
        if vector.values.size != len(names):
            raise InputError(
                f"has {vector.values.size} weights, an audit needs {len(names)} like the covariance",
                argument=argument,
            )
        at = [(0, k) if vector.across else (k, 0) for k in range(len(names))]
        return [Held(source.cell(*place), "") for place in at]
    row = {key(label): at for at, label in enumerate(vector.labels)}
    strangers = [label for label in vector.labels if key(label) not in {key(name) for name in names}]
    if strangers:
        raise InputError(f"names {strangers[0]}, which the covariance has not", argument=argument)
    return [
        Held(source.cell(row[key(name)], 1), source.cell(row[key(name)], 0)) if key(name) in row else None
        for name in names
    ]


def _attributes(asked: Asked) -> tuple[dict[str, int], dict[str, int]]:
    if "attributes" not in asked.sources:
        return {}, {}
    cells = range_of(asked.cells("attributes"))
    assert isinstance(cells, Range)
    height, width = shape_of(cells.cells)
    rows = {key(cells.name(row, 0)): row for row in range(1, height) if not cells.is_blank_row(row)}
    return rows, {key(cells.text(0, column)): column for column in range(1, width)}
