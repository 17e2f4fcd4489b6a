"""What is to be calculated and what is not, decided for every formula before the engine sees any."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trackerr_xl.workbook.book import Address, Book, FormulaCell, SheetData
from trackerr_xl.workbook.engine.ironcalc import unknown_functions
from trackerr_xl.workbook.formula.arrays import carried
from trackerr_xl.workbook.formula.computed import EVERYWHERE, fixed_references, possible_references
from trackerr_xl.workbook.formula.cycles import cycles
from trackerr_xl.workbook.formula.dependencies import Reads, dependents
from trackerr_xl.workbook.formula.implicit import intersected
from trackerr_xl.workbook.formula.lift import Lifting, OwnCall
from trackerr_xl.workbook.formula.obstacles import functions, obstacle, pinned
from trackerr_xl.workbook.formula.own_names import own_function
from trackerr_xl.workbook.formula.resolve import references, resolved
from trackerr_xl.workbook.formula.text_growth import MOST_LETTERS, too_long
from trackerr_xl.workbook.formula.tree import Call, FormulaError, Lifted, Nodes, Reference, parse, walk

MOST_READ = 5_000_000
"""Most cells in use that a reference of a formula may take in; the engine needs about 100 bytes for each."""

_SHOWN = 6
"""Cells of a circle that are named."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a workbook is calculated. Formulas are counted in the order of the workbook.

    Parameters
    ----------
    formulas : tuple of FormulaCell
        All of them.
    reads : tuple of Reads
        What each fills and reads.
    kept : dict of int to str
        Formulas that keep their stored values, with the reason.
    ready : dict of int to tuple
        Trees of the others, with our calls lifted out.
    calls : tuple of OwnCall
        What was lifted; `Lifted` in a tree counts into it.
    expressions : tuple of tuple
        Trees of arguments that the engine has to calculate.
    """

    formulas: tuple[FormulaCell, ...]
    reads: tuple[Reads, ...]
    kept: Mapping[int, str]
    ready: Mapping[int, Nodes]
    calls: tuple[OwnCall, ...]
    expressions: tuple[Nodes, ...]


def make_plan(book: Book, serial: float) -> Plan:
    """Decide what to calculate.

    Parameters
    ----------
    book : Book
        The workbook.
    serial : float
        What NOW() gives, in days of the workbook's own calendar.
    """
    formulas = tuple(formula for sheet in book.sheets.values() for formula in sheet.formulas.values())
    kept: dict[int, str] = {}
    trees = _trees(formulas, book, kept)
    unknown = unknown_functions(frozenset().union(*(functions(tree) for tree in trees.values())))
    prepared: dict[int, Nodes] = {}
    for index, tree in trees.items():
        reason = obstacle(tree, formulas[index], book, unknown)
        try:
            prepared[index] = _prepared(tree, formulas[index], serial)
            Lifting().lift(prepared[index], formulas[index].address)
        except FormulaError as error:
            reason = reason or str(error)
        if reason is not None:
            kept[index] = reason
    reads = tuple(_reads(formula, trees.get(index, ()), book) for index, formula in enumerate(formulas))
    _keep_cycles(formulas, reads, trees, kept)
    _keep_floods(formulas, reads, book, kept)
    _keep_long_texts(formulas, reads, trees, book, kept)
    kept.update(kept_dependents(formulas, reads, kept))
    lifting = Lifting()
    ready = {
        index: lifting.lift(tree, formulas[index].address)
        for index, tree in prepared.items()
        if index not in kept
    }
    return Plan(formulas, reads, kept, ready, tuple(lifting.calls), tuple(lifting.expressions))


def kept_dependents(
    formulas: Sequence[FormulaCell], reads: Sequence[Reads], kept: Mapping[int, str]
) -> dict[int, str]:
    """Formulas that read one that is not calculated, with the reason why they are not calculated either."""
    found = dependents(reads, {index: reads[index].fills for index in kept})
    return {
        index: f"it reads {formulas[source].address}, which was not evaluated"
        for index, source in found.items()
    }


def lifted_calls(nodes: Nodes, calls: Sequence[OwnCall]) -> Iterator[int]:
    """Our calls in a formula, with those among their arguments."""
    for node in walk(nodes):
        if isinstance(node, Lifted):
            yield node.call
            yield from lifted_calls(
                tuple(argument for argument in calls[node.call].arguments if isinstance(argument, Lifted)),
                calls,
            )


def _trees(formulas: Sequence[FormulaCell], book: Book, kept: dict[int, str]) -> dict[int, Nodes]:
    trees = {}
    for index, formula in enumerate(formulas):
        try:
            trees[index] = (
                () if formula.kind == "data table" else resolved(parse(formula.text), book, formula.address)
            )
        except FormulaError as error:
            kept[index] = str(error)
    return trees


def _own(tree: Nodes) -> str | None:
    """One of our functions in a formula, or None."""
    names = (own_function(node.name) for node in walk(tree) if isinstance(node, Call))
    return next((name for name in names if name), None)


def _reads(formula: FormulaCell, tree: Nodes, book: Book) -> Reads:
    at = formula.address
    possible = tuple(possible_references(tree, book, at))
    return Reads(
        fills=(at.sheet, formula.area),
        cells=(*references(tree), *fixed_references(tree, book, at)),
        perhaps=tuple(reference for reference in possible if reference is not EVERYWHERE),
        anywhere=EVERYWHERE in possible,
    )


def _keep_cycles(
    formulas: Sequence[FormulaCell], reads: Sequence[Reads], trees: Mapping[int, Nodes], kept: dict[int, str]
) -> None:
    for circle in cycles(reads):
        way = _way([formulas[index].address for index in circle])
        ours = next((name for index in circle if (name := _own(trees.get(index, ())))), None)
        reason = f"it depends on itself{' through ' + ours if ours else ''}: {way}"
        for index in circle:
            kept.setdefault(index, reason)


def _way(circle: Sequence[Address]) -> str:
    """A circle of cells in words, a long one by its beginning."""
    shown = [str(at) for at in circle[:_SHOWN]]
    if len(circle) > _SHOWN:
        shown.append(f"… {len(circle) - _SHOWN:,} more …")
    return " → ".join((*shown, str(circle[0])))


def _keep_floods(
    formulas: Sequence[FormulaCell], reads: Sequence[Reads], book: Book, kept: dict[int, str]
) -> None:
    """Keep formulas that read more cells than fit the memory, for which one cell in the last corner is enough."""
    used = {sheet.name: _used(sheet) for sheet in book.sheets.values()}
    everything = sum(rows * columns for rows, columns in used.values())
    for index, read in enumerate(reads):
        named = (_cells_in_use(reference, used) for reference in (*read.cells, *read.perhaps))
        count = everything if read.anywhere else max(named, default=0)
        if count > MOST_READ:
            perhaps = "may read" if read.anywhere or read.perhaps else "reads"
            kept.setdefault(index, f"it {perhaps} {count:,} cells, at most {MOST_READ:,} are read at once")


def _keep_long_texts(
    formulas: Sequence[FormulaCell],
    reads: Sequence[Reads],
    trees: Mapping[int, Nodes],
    book: Book,
    kept: dict[int, str],
) -> None:
    """Keep formulas whose texts could fill the memory: the engine joins texts of any length."""
    typed = max(
        (
            len(value)
            for sheet in book.sheets.values()
            for value in sheet.constants.values()
            if isinstance(value, str)
        ),
        default=0,
    )
    homes = [formula.address.sheet for formula in formulas]
    open_trees = {index: tree for index, tree in trees.items() if index not in kept}
    for index in too_long(open_trees, reads, homes, typed):
        kept.setdefault(index, f"it joins texts that may come to more than {MOST_LETTERS:,} letters")


def _used(sheet: SheetData) -> tuple[int, int]:
    """Last row and last column that hold anything."""
    areas = [formula.area for formula in sheet.formulas.values()]
    rows = max((*(row for row, _ in sheet.constants), *(area.bottom for area in areas)), default=0)
    columns = max((*(column for _, column in sheet.constants), *(area.right for area in areas)), default=0)
    return rows, columns


def _cells_in_use(reference: Reference, used: Mapping[str, tuple[int, int]]) -> int:
    rows, columns = used.get(reference.sheet or "", (0, 0))
    top, left, bottom, right = reference.area
    return max(0, min(bottom, rows) - top + 1) * max(0, min(right, columns) - left + 1)


def _prepared(tree: Nodes, formula: FormulaCell, serial: float) -> Nodes:
    tree = pinned(tree, serial)
    return carried(intersected(tree, formula.address) if formula.kind == "normal" else tree)
