"""Optimise: the best weights for what the workbook's names ask, the trades, and what is said of them, as values."""

from collections.abc import Sequence
from typing import Final

from trackerr_xl.core.words import key
from trackerr_xl.errors import InputError
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.actions.asked import OPTIMISER, Asked, Source, asked_by_names, named_source
from trackerr_xl.workbook.actions.changes import Changes, Plan
from trackerr_xl.workbook.actions.pages import HINT, STRONG, WRAPPED, Page, number
from trackerr_xl.workbook.book import Address, Book, cells_of
from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.file.cell_xml import Content, NewFormula
from trackerr_xl.workbook.replay import recall_models

SHEET: Final = "Optimised"
WEIGHTS, TRADES, DIAGNOSTICS = "Optimised_Weights", "Optimised_Trades", "Optimised_Diagnostics"
"""Names of the cells that take the answer. Where the workbook defines them, they are filled; else a sheet is added."""


def optimise(book: Book) -> Plan:
    """Plan to write the best weights.

    Parameters
    ----------
    book : Book
        The workbook with the values it shows. Its cells named Benchmark and Covariance are needed; Limits, Assets,
        Current and Options are taken where they are there, as tables or names.

    Raises
    ------
    InputError
        If the benchmark or the covariance has no name, or the named cells for the answer are too few or hold
        formulas. Where there is no answer the plan changes nothing and says why.
    """
    recall_models(book)
    asked = asked_by_names(book)
    reply = call(OPTIMISER, asked.given)
    if reply.fault is not None:
        # Said in full by the same words that TE_EXPLAIN has.
        rows = call("TE_EXPLAIN", [OPTIMISER, *asked.given]).grid
        return Plan(Changes(), tuple(f"{row[0]}: {row[1]}" for row in rows))
    notes = [(topic, sentence) for topic, sentence in reply.notes]
    names, weights = _answer(asked, reply.grid)
    trades = _trades(asked, names, weights)
    if trades is None:
        notes.append(("Trades", "None: no cells named Current say what is held now."))
    place = named_source(book, (WEIGHTS,))
    words = tuple(f"{topic}: {sentence}" for topic, sentence in notes[:3])
    if place is None or place.sheet == SHEET:
        if place is None and book.sheet(SHEET) is not None:
            raise InputError(
                f"has a sheet {SHEET} that is not ours: give it another name",
                argument="workbook",
                at=book.name,
            )
        return Plan(
            _new_sheet(asked, names, weights, trades, notes),
            (*words, f"The weights are on the sheet {SHEET}."),
        )
    cells: dict[Address, Content] = {}
    both: list[list[Cell]] = [[name, weight] for name, weight in zip(names, weights, strict=True)]
    cells |= _filled(book, WEIGHTS, place, both)
    moves: list[list[Cell]] = (
        [] if trades is None else [[name, trade] for name, trade in zip(names, trades, strict=True)]
    )
    cells |= _filled(book, TRADES, named_source(book, (TRADES,)), moves)
    cells |= _filled(
        book, DIAGNOSTICS, named_source(book, (DIAGNOSTICS,)), [list(note) for note in notes], cut=True
    )
    return Plan(Changes(cells), (*words, f"The weights are in the cells named {WEIGHTS}."))


def _answer(asked: Asked, grid: Sequence[Sequence[Cell]]) -> tuple[list[str], list[float]]:
    """Names and weights, in the order of the answer."""
    if len(grid[0]) > 2 and len(grid) > 1:
        # The layout with a header row, and columns behind the weights.
        grid = [row[:2] for row in grid[1:]]
    if len(grid[0]) == 2 and isinstance(grid[0][0], str):
        return [str(row[0]) for row in grid], [float(row[1]) for row in grid]  # type: ignore[arg-type]  # weights
    values = [float(cell) for row in grid for cell in row]  # type: ignore[arg-type]  # weights
    return list(asked.case.universe.names), values


def _trades(asked: Asked, names: Sequence[str], weights: Sequence[float]) -> list[float] | None:
    case = asked.case
    if case.current is None:
        return None
    held = {
        key(name): at / case.unit for name, at in zip(case.universe.names, case.current.tolist(), strict=True)
    }
    return [weight - held.get(key(name), 0.0) for name, weight in zip(names, weights, strict=True)]


def _filled(
    book: Book, name: str, source: Source | None, rows: list[list[Cell]], *, cut: bool = False
) -> dict[Address, Content]:
    """Named cells filled from their first one, what is left of them emptied; a single column takes the last of each row."""
    if source is None:
        return {}
    top, left, bottom, right = source.area
    height, width = bottom - top + 1, right - left + 1
    if len(rows) > height and not cut:
        raise InputError(f"has {height} rows, the answer needs {len(rows)}", argument=name, at=source.text)
    if width > 2:
        raise InputError(
            f"has {width} columns, must have one, or two for names and numbers", argument=name, at=source.text
        )
    sheet = book.sheets[source.sheet.lower()]
    for at in cells_of(source.sheet, source.area):
        if at.place in sheet.formulas or at.place in sheet.results:
            raise InputError("holds formulas, must be cells for values", argument=name, at=str(at))
    cells: dict[Address, Content] = dict.fromkeys(cells_of(source.sheet, source.area))
    for row, content in enumerate(rows[:height]):
        for column, value in enumerate(content[-width:]):
            cells[Address(source.sheet, top + row, left + column)] = value
    return cells


_TOP = 6
_NAME, _WEIGHT, _TRADE, _BENCHMARK, _ACTIVE, _CURRENT, _TOPIC = range(2, 9)


def _new_sheet(
    asked: Asked,
    names: Sequence[str],
    weights: Sequence[float],
    trades: Sequence[float] | None,
    notes: Sequence[tuple[str, str]],
) -> Changes:
    case, page = asked.case, Page(SHEET)
    page.band(
        "Optimised", "The best weights within the limits, as values", (2, 28, 12, 12, 12, 12, 12, 24, 100)
    )
    page.put(
        3, 2, "Press Optimise again after a change of the inputs; press Write audit formulas to verify.", HINT
    )
    titles = ("Name", "Weight", "Trade", "Benchmark", "Active", "Current", "Topic", "Sentence")
    page.headings(_TOP - 1, 2, titles, ("Name", "Topic", "Sentence"))
    benchmark = _by_name(case.universe.names, (case.benchmark / case.unit).tolist())
    current = (
        None if case.current is None else _by_name(case.universe.names, (case.current / case.unit).tolist())
    )
    form = number("0.00%" if case.unit == 1.0 else "0.00")
    for row, (name, weight) in enumerate(zip(names, weights, strict=True), start=_TOP):
        page.put(row, _NAME, name, STRONG)
        page.put(row, _WEIGHT, weight, form)
        page.put(row, _TRADE, None if trades is None else trades[row - _TOP], form)
        page.put(row, _BENCHMARK, benchmark.get(key(name), 0.0), form)
        page.put(row, _ACTIVE, NewFormula(f"=C{row}-E{row}"), form)
        page.put(row, _CURRENT, None if current is None else current.get(key(name), 0.0), form)
    for row, (topic, sentence) in enumerate(notes, start=_TOP):
        page.put(row, _TOPIC, topic, STRONG)
        page.put(row, _TOPIC + 1, sentence, WRAPPED)
    last, last_note = _TOP + len(names) - 1, _TOP + len(notes) - 1
    return Changes(
        sheets=(page.finished(frozen=(_TOP, 3)),),
        names={
            WEIGHTS: Source(SHEET, Area(_TOP, _NAME, last, _WEIGHT)).text,
            TRADES: Source(SHEET, Area(_TOP, _TRADE, last, _TRADE)).text,
            DIAGNOSTICS: Source(SHEET, Area(_TOP, _TOPIC, last_note, _TOPIC + 1)).text,
        },
    )


def _by_name(names: Sequence[str], values: Sequence[float]) -> dict[str, float]:
    return {key(name): value for name, value in zip(names, values, strict=True)}
