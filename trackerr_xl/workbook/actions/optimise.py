"""Optimise: the best weights for what the workbook's names ask, the trades, and what is said of them, as values."""

from collections.abc import Sequence
from typing import Final

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.words import key
from trackerr_xl.errors import InputError
from trackerr_xl.functions.mandate import Case
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import Cell
from trackerr_xl.workbook.actions.asked import OPTIMISER, Asked, Source, asked_by_names, named_source
from trackerr_xl.workbook.actions.changes import Changes, Plan
from trackerr_xl.workbook.actions.pages import HINT, STRONG, WRAPPED, Page, number
from trackerr_xl.workbook.book import Address, Book, cells_of
from trackerr_xl.workbook.file.addresses import Area, column_letters
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
    held = _in_order(names, case, case.current)
    return [weight - before for weight, before in zip(weights, held, strict=True)]


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


def _new_sheet(
    asked: Asked,
    names: Sequence[str],
    weights: Sequence[float],
    trades: Sequence[float] | None,
    notes: Sequence[tuple[str, str]],
) -> Changes:
    case, page = asked.case, Page(SHEET)
    held = ("Trade", "Current") if trades is not None and case.current is not None else ()
    titles = ("Name", "Weight", *held[:1], "Benchmark", "Active", *held[1:])
    columns = {title: at for at, title in enumerate(titles, start=2)}
    topic = len(titles) + 3
    page.band(
        "Optimised",
        "The best weights within the limits, as values",
        (2, 30, *(13,) * (len(titles) - 1), 3, 22, 110),
    )
    page.put(
        3, 2, "Press Optimise again after a change of the inputs; press Write audit formulas to verify.", HINT
    )
    page.headings(_TOP - 1, 2, titles, ("Name",))
    page.headings(_TOP - 1, topic, ("Topic", "Sentence"), ("Topic", "Sentence"))
    facts = {"Weight": weights, "Benchmark": _in_order(names, case, case.benchmark)}
    if trades is not None and case.current is not None:
        facts |= {"Trade": trades, "Current": _in_order(names, case, case.current)}
    form = number("0.00%" if case.unit == 1.0 else "0.00")
    weight, benchmark = (column_letters(columns[title]) for title in ("Weight", "Benchmark"))
    for row, name in enumerate(names, start=_TOP):
        page.put(row, columns["Name"], name, STRONG)
        for title, values in facts.items():
            page.put(row, columns[title], values[row - _TOP], form)
        page.put(row, columns["Active"], NewFormula(f"={weight}{row}-{benchmark}{row}"), form)
    for row, (about, sentence) in enumerate(notes, start=_TOP):
        page.put(row, topic, about, STRONG)
        page.put(row, topic + 1, sentence, WRAPPED)
    last, last_note = _TOP + len(names) - 1, _TOP + len(notes) - 1
    defined = {
        WEIGHTS: Source(SHEET, Area(_TOP, 2, last, columns["Weight"])).text,
        DIAGNOSTICS: Source(SHEET, Area(_TOP, topic, last_note, topic + 1)).text,
    }
    if held:
        defined[TRADES] = Source(SHEET, Area(_TOP, columns["Trade"], last, columns["Trade"])).text
    return Changes(sheets=(page.finished(frozen=(_TOP, 3)),), names=defined)


def _in_order(names: Sequence[str], case: Case, values: Vector) -> list[float]:
    """Weights of the case in the order of the answer, in the unit of the workbook."""
    known = zip(case.universe.names, (values / case.unit).tolist(), strict=True)
    by_name = {key(name): value for name, value in known}
    return [by_name.get(key(name), 0.0) for name in names]
