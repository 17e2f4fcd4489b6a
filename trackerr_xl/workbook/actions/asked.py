"""The optimisation that a workbook asks for: which of its cells are the arguments, by a formula or by names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from trackerr_xl.core.words import key
from trackerr_xl.errors import InputError
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.mandate import Case, case_of
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import Given
from trackerr_xl.sheet.read import read_arguments, read_ranges
from trackerr_xl.workbook.actions.own_formulas import formulas_of
from trackerr_xl.workbook.book import Address, Book, FormulaCell, quoted
from trackerr_xl.workbook.file.addresses import Area, column_letters
from trackerr_xl.workbook.formula.lift import Lifting, Literal, OwnCall
from trackerr_xl.workbook.formula.resolve import resolved
from trackerr_xl.workbook.formula.tree import FormulaError, Lifted, Reference, parse
from trackerr_xl.workbook.replay import stored_range

OPTIMISER: Final = "TE_OPTIMIZE"
MODEL: Final = "RISK_MODEL"

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "weights": ("Benchmark",),
    # Not Risk_Model: a name that is a function's takes the function's place in Excel.
    "cov": ("Covariance", "Cov", "Model"),
    "constraints": ("Limits", "Constraints"),
    "attributes": ("Assets", "Attributes"),
    "current": ("Current", "Current_Weights"),
    "options": ("Options",),
}
"""Defined names and tables that stand for the arguments of the optimiser, where no formula says which cells they are."""


@dataclass(frozen=True, slots=True)
class Source:
    """A rectangle of cells of one sheet."""

    sheet: str
    area: Area

    def cell(self, row: int, column: int) -> str:
        """One of its cells, counted from 0, as a formula spells it."""
        at = f"${column_letters(self.area.left + column)}${self.area.top + row}"
        return f"{quoted(self.sheet)}!{at}"

    def cells(self, top: int, left: int, bottom: int, right: int) -> str:
        """Some of its cells, counted from 0, both corners included, as a formula spells them."""
        return f"{self.cell(top, left)}:{self.cell(bottom, right).rpartition('!')[2]}"

    @property
    def text(self) -> str:
        """The rectangle as a formula spells it."""
        top, left, bottom, right = self.area
        return self.cells(0, 0, bottom - top, right - left)


@dataclass(frozen=True, slots=True)
class ModelCells:
    """The cells of a factor model, the arguments of RISK_MODEL, and the word for its units."""

    exposures: Source
    factor_cov: Source
    specific: Source
    units: str


@dataclass(frozen=True, slots=True)
class Asked:
    """An optimisation and where it stands.

    Parameters
    ----------
    book : Book
        The workbook.
    sources : mapping of str to Source
        Cells of each argument given, by the argument's name.
    formula : FormulaCell or None
        The formula that asks, None where names do.
    model : ModelCells or None
        The covariance where it is a factor model.
    """

    book: Book
    sources: Mapping[str, Source]
    formula: FormulaCell | None
    model: ModelCells | None = None

    @property
    def given(self) -> list[Given]:
        """The arguments as a host would hand them over."""
        return [self.cells(argument.name) for argument in CATALOGUE[OPTIMISER].arguments]

    @property
    def case(self) -> Case:
        """The arguments matched and brought to fractions.

        Raises
        ------
        TrackerrError
            As the optimiser would refuse them.
        """
        function = CATALOGUE[OPTIMISER]
        return case_of(**read_arguments(function, read_ranges(function, self.given)))  # type: ignore[arg-type]  # read as declared

    def cells(self, argument: str) -> Given:
        """Stored cells of one argument, None where it is not given; of a factor model its name, the model being made."""
        if argument == "cov" and self.model is not None:
            parts = (self.model.exposures, self.model.factor_cov, self.model.specific)
            reply = call(MODEL, [*(range_cells(self.book, part) for part in parts), self.model.units])
            return reply.grid[0][0]
        source = self.sources.get(argument)
        return None if source is None else range_cells(self.book, source)


def range_cells(book: Book, source: Source) -> Given:
    """Stored cells of a rectangle, as a host would hand them over."""
    return stored_range(book, Reference(source.sheet, source.area))


def named_source(book: Book, names: tuple[str, ...]) -> Source | None:
    """The rectangle that a defined name or a table stands for; the first of several names that is there."""
    for name in names:
        for table in book.tables:
            if key(table.name) == key(name):
                return Source(table.sheet, table.area)
        defined = book.names.get((None, name.lower()))
        if defined is None:
            continue
        sheet = next(iter(book.sheets.values())).name
        try:
            tree = resolved(parse(f"={defined.text}"), book, Address(sheet, 1, 1))
        except FormulaError:
            continue
        match tree:
            case (Reference(sheet=str() as title, area=area),):
                return Source(title, area)
    return None


def asked_by_names(book: Book) -> Asked:
    """The optimisation that the workbook's names ask for.

    Raises
    ------
    InputError
        If the benchmark or the covariance has no name.
    """
    found = {argument: named_source(book, names) for argument, names in NAMES.items()}
    for argument in ("weights", "cov"):
        if found[argument] is None:
            raise InputError(
                f"has no cells named {NAMES[argument][0]}: name the range of the {_SPOKEN[argument]} so",
                argument="workbook",
                at=book.name,
            )
    sources = {argument: source for argument, source in found.items() if source}
    return Asked(book, sources, None, _model_in_cell(book, sources["cov"]))


def asked_by_formula(book: Book, at: Address | None = None) -> Asked | None:
    """The optimisation of a formula that is one call of the optimiser; None where there is none.

    Parameters
    ----------
    book : Book
        The workbook.
    at : Address, optional
        A cell that it fills; left out, the one that fills most cells.

    Raises
    ------
    InputError
        If the formula at that cell has arguments that are no ranges of cells.
    """
    calls = [
        found.cell
        for found in formulas_of(book)
        if OPTIMISER in found.cell.text.upper() and _is_one_call(found.cell, book)
    ]
    if at is not None:
        calls = [cell for cell in calls if cell.address.sheet == at.sheet and _inside(cell.area, at)]
    if not calls:
        return None
    return _asked(book, max(calls, key=lambda cell: cell.area.bottom - cell.area.top + cell.area.right))


_SPOKEN = {"weights": "benchmark", "cov": "covariance"}


def _inside(area: Area, at: Address) -> bool:
    return area.top <= at.row <= area.bottom and area.left <= at.column <= area.right


def _is_one_call(cell: FormulaCell, book: Book) -> bool:
    lifted = _lifted(cell, book)
    return lifted is not None and lifted.calls[-1].name == OPTIMISER


def _lifted(cell: FormulaCell, book: Book) -> Lifting | None:
    """The calls of a formula that is one call of ours, the outer one last; None for any other formula."""
    lifting = Lifting()
    try:
        tree = lifting.lift(resolved(parse(cell.text), book, cell.address), cell.address)
    except FormulaError:
        return None
    return lifting if len(tree) == 1 and isinstance(tree[0], Lifted) else None


def _asked(book: Book, cell: FormulaCell) -> Asked:
    lifted = _lifted(cell, book)
    assert lifted is not None
    sources: dict[str, Source] = {}
    model = None
    for argument, given in zip(CATALOGUE[OPTIMISER].arguments, lifted.calls[-1].arguments, strict=False):
        match given:
            case Literal(None):
                continue
            case Reference(sheet=str() as sheet, area=area):
                sources[argument.name] = Source(sheet, area)
            case Lifted(call=index) if argument.name == "cov" and lifted.calls[index].name == MODEL:
                model = _model(book, lifted.calls[index], cell)
            case _:
                raise InputError(
                    f"has a {argument.name} that is no range of cells: put it into cells of its own",
                    argument=OPTIMISER,
                    at=str(cell.address),
                )
    if model is None and "cov" in sources:
        model = _model_in_cell(book, sources["cov"])
    return Asked(book, sources, cell, model)


def _model_in_cell(book: Book, source: Source) -> ModelCells | None:
    """The model whose name a single cell shows."""
    sheet = book.sheet(source.sheet)
    cell = None if sheet is None else sheet.formulas.get(source.area[:2])
    lifted = None if cell is None or source.area[:2] != source.area[2:] else _lifted(cell, book)
    if cell is None or lifted is None or lifted.calls[-1].name != MODEL:
        return None
    return _model(book, lifted.calls[-1], cell)


def _model(book: Book, own: OwnCall, cell: FormulaCell) -> ModelCells:
    parts: list[Source] = []
    units = "Decimal variance"
    for at, given in enumerate(own.arguments):
        match given:
            case Reference(sheet=str() as sheet, area=area) if at < _UNITS:
                parts.append(Source(sheet, area))
            case Reference() if at == _UNITS:
                units = str(stored_range(book, given))
            case Literal(str() as word) if at == _UNITS:
                units = word
            case Literal(None) if at == _UNITS:
                continue
            case _:
                raise InputError(
                    "has an argument that is no range of cells: put it into cells of its own",
                    argument=MODEL,
                    at=str(cell.address),
                )
    exposures, factor_cov, specific = parts
    return ModelCells(exposures, factor_cov, specific, units)


_UNITS = 3
"""Place of the word for units among the arguments of a model."""
