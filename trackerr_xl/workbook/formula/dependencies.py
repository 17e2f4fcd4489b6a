"""Which formulas read which cells: who depends on whom, without a list of all pairs.

A running total over ten thousand rows has fifty million pairs of cells. References are therefore kept as rectangles,
and formulas are found in them by column and row.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.formula.tree import Reference

if TYPE_CHECKING:
    from trackerr_xl.core.arrays import Indices

Region = tuple[str, Area]
"""Cells of one sheet."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What a formula fills and what it reads.

    Parameters
    ----------
    fills : tuple of (str, Area)
        Its own cell or cells.
    cells : tuple of Reference
        The cells it reads.
    perhaps : tuple of Reference
        Cells among which it computes what it reads, with OFFSET.
    anywhere : bool
        Whether it may read any cell, with INDIRECT.
    """

    fills: Region
    cells: tuple[Reference, ...]
    perhaps: tuple[Reference, ...]
    anywhere: bool


def dependents(formulas: Sequence[Reads], sources: Mapping[int, Region]) -> dict[int, int]:
    """Formulas that read a source, directly or through others.

    Parameters
    ----------
    formulas : sequence of Reads
        All formulas.
    sources : dict of int to (str, Area)
        Formulas to start from, by index, with the cells they fill.

    Returns
    -------
    dict of int to int
        Each dependent formula and the formula through which it was reached; sources are not among them. One that
        may read any cell depends on every source.
    """
    found: dict[int, int] = {}
    if not sources:
        return found
    readers = _Readers(formulas)
    first = next(iter(sources))
    waiting = list(sources.items())
    for index, formula in enumerate(formulas):
        if formula.anywhere and index not in sources:
            found[index] = first
            waiting.append((index, formula.fills))
    while waiting:
        source, region = waiting.pop()
        for reader in readers.of(region):
            if reader not in found and reader not in sources:
                found[reader] = source
                waiting.append((reader, formulas[reader].fills))
    return found


def direct_readers(formulas: Sequence[Reads], regions: Iterable[Region]) -> set[int]:
    """Formulas that name a cell of one of the regions."""
    readers = _Readers(formulas)
    return {reader for region in regions for reader in readers.of(region)}


class _Readers:
    """References of all formulas, sheet by sheet: single cells by their place, others as arrays of corners."""

    def __init__(self, formulas: Sequence[Reads]) -> None:
        rows: dict[str, list[tuple[int, ...]]] = {}
        self._single: dict[str, dict[tuple[int, int], list[int]]] = {}
        for index, formula in enumerate(formulas):
            for reference in (*formula.cells, *formula.perhaps):
                sheet, area = reference.sheet or "", reference.area
                if area[:2] == area[2:]:
                    self._single.setdefault(sheet, {}).setdefault(area[:2], []).append(index)
                else:
                    rows.setdefault(sheet, []).append((*area, index))
        self._corners: dict[str, Indices] = {
            sheet: np.array(found, dtype=np.intp) for sheet, found in rows.items()
        }

    def of(self, region: Region) -> Iterator[int]:
        """Formulas that name a cell of the region."""
        yield from self._of_single(*region)
        yield from self._of_ranges(*region)

    def _of_single(self, sheet: str, area: Area) -> Iterator[int]:
        known = self._single.get(sheet, {})
        top, left, bottom, right = area
        if (bottom - top + 1) * (right - left + 1) <= len(known):
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    yield from known.get((row, column), ())
            return
        for (row, column), readers in known.items():
            if top <= row <= bottom and left <= column <= right:
                yield from readers

    def _of_ranges(self, sheet: str, area: Area) -> Iterable[int]:
        corners = self._corners.get(sheet)
        if corners is None:
            return ()
        top, left, bottom, right, index = corners.T
        meets = (top <= area.bottom) & (bottom >= area.top) & (left <= area.right) & (right >= area.left)
        readers: list[int] = index[meets].tolist()
        return readers


class Precedents:
    """Formulas in the cells that a formula reads, leaving out those marked as done."""

    def __init__(self, formulas: Sequence[Reads]) -> None:
        self._formulas = formulas
        cells: dict[tuple[str, int], dict[int, int]] = {}
        for index, formula in enumerate(formulas):
            sheet, area = formula.fills
            for column in range(area.left, area.right + 1):
                rows = cells.setdefault((sheet, column), {})
                rows.update((row, index) for row in range(area.top, area.bottom + 1))
        self._columns = {key: _Column(rows) for key, rows in cells.items()}
        self._used: dict[str, list[int]] = {}
        for sheet, column in sorted(self._columns):
            self._used.setdefault(sheet, []).append(column)

    def of(self, index: int) -> Iterator[int]:
        """Formulas that a formula reads and that are not done, in no order, perhaps more than once."""
        for reference in self._formulas[index].cells:
            sheet = reference.sheet or ""
            used = self._used.get(sheet, [])
            left, right = reference.area.left, reference.area.right
            for column in used[bisect_left(used, left) : bisect_left(used, right + 1)]:
                yield from self._columns[sheet, column].within(reference.area.top, reference.area.bottom)

    def done(self, index: int) -> None:
        """Leave a formula out from now on."""
        sheet, area = self._formulas[index].fills
        for column in range(area.left, area.right + 1):
            self._columns[sheet, column].drop(area.top, area.bottom)


class _Column:
    """Formulas of one column by row; dropped ones are skipped in nearly constant time (union-find)."""

    def __init__(self, formulas: Mapping[int, int]) -> None:
        self._rows = sorted(formulas)
        self._formulas = [formulas[row] for row in self._rows]
        self._next = list(range(len(self._rows) + 1))

    def within(self, top: int, bottom: int) -> Iterator[int]:
        at = self._alive(bisect_left(self._rows, top))
        while at < len(self._rows) and self._rows[at] <= bottom:
            yield self._formulas[at]
            at = self._alive(at + 1)

    def drop(self, top: int, bottom: int) -> None:
        at = bisect_left(self._rows, top)
        while at < len(self._rows) and self._rows[at] <= bottom:
            self._next[at] = at + 1
            at += 1

    def _alive(self, at: int) -> int:
        root = at
        while self._next[root] != root:
            root = self._next[root]
        while self._next[at] != root:
            self._next[at], at = root, self._next[at]
        return root
