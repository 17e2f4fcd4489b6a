"""Which formulas of a workbook are ours, and which cells they read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.workbook.book import Address, Book, FormulaCell
from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.formula.own_names import own_function
from trackerr_xl.workbook.formula.resolve import resolved
from trackerr_xl.workbook.formula.tree import Call, FormulaError, Nodes, Reference, parse, walk

_OURS = re.compile(rf"(?<![\w.])(?:{'|'.join(CATALOGUE)})\s*\(", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A formula with what is known of it.

    Parameters
    ----------
    cell : FormulaCell
        The formula.
    tree : tuple
        Its tree with names resolved; empty where it cannot be read.
    """

    cell: FormulaCell
    tree: Nodes

    @property
    def ours(self) -> bool:
        """Whether it calls one of our functions."""
        if not self.tree:
            return _OURS.search(self.cell.text) is not None
        return any(isinstance(node, Call) and own_function(node.name) for node in walk(self.tree))

    def references(self, book: Book) -> Iterator[tuple[str, Area]]:
        """Rectangles it reads, spills as far as they reach, as sheet and area."""
        for node in walk(self.tree):
            if isinstance(node, Reference):
                sheet = node.sheet or self.cell.address.sheet
                yield sheet, spilled_area(node, sheet, book)

    @property
    def anchors(self) -> Iterator[Address]:
        """Cells whose spill it asks for, as in ``A2#``."""
        for node in walk(self.tree):
            if isinstance(node, Reference) and node.spilled:
                yield Address(node.sheet or self.cell.address.sheet, node.area.top, node.area.left)


def formulas_of(book: Book) -> list[Found]:
    """Every formula of a workbook, sheet by sheet."""
    return [
        Found(cell, _tree(cell, book)) for sheet in book.sheets.values() for cell in sheet.formulas.values()
    ]


def spilled_area(reference: Reference, sheet: str, book: Book) -> Area:
    """The rectangle a reference stands for."""
    data = book.sheet(sheet)
    if reference.spilled and data is not None and reference.area[:2] in data.formulas:
        return data.formulas[reference.area[:2]].area
    return reference.area


def _tree(cell: FormulaCell, book: Book) -> Nodes:
    try:
        return resolved(parse(cell.text), book, cell.address)
    except FormulaError:
        return ()
