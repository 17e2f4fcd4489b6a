"""A workbook recalculated without a spreadsheet program: `recalculate` is the door to the headless engine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from trackerr_xl.errors import InputError
from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.workbook.book import Address, Book, FormulaCell, cells_of
from trackerr_xl.workbook.engine.engine_book import EngineBook
from trackerr_xl.workbook.engine.ironcalc import EngineFailure, failure_reason
from trackerr_xl.workbook.engine.plan import Plan, kept_dependents, lifted_calls, make_plan
from trackerr_xl.workbook.engine.settle import Settled, settle
from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.file.package import Package
from trackerr_xl.workbook.formula.dependencies import direct_readers
from trackerr_xl.workbook.read_book import read_book

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is."""


@dataclass(frozen=True, slots=True)
class NotEvaluated:
    """A cell that could not be calculated here and keeps its stored value.

    Parameters
    ----------
    address : Address
        The cell.
    formula : str
        Its formula.
    reason : str
        Why, in words for a person.
    """

    address: Address
    formula: str
    reason: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One of our functions answered with an error value: the cell whose formula calls it, and what is wrong."""

    address: Address
    function: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Recalculation:
    """What a workbook shows after recalculation.

    Parameters
    ----------
    values : dict of Address to Cell
        New value of every cell that a formula fills and that could be calculated; spilled cells are among them.
    extents : dict of Address to Area
        Cells that each array and each spill fills now, by its first cell; only those that could be calculated.
    formulas : dict of Address to FormulaCell
        Every formula of the workbook, with its stored area and value.
    stored : dict of Address to Cell
        What the file holds in every cell that a formula filled when it was saved.
    not_evaluated : tuple of NotEvaluated
        Formulas that could not be calculated, or that read one of those. Their cells keep the stored values.
    faults : tuple of Fault
        What our functions say of their error values.
    inputs : dict of Address to Cell
        The inputs that were set.
    passes : int
        Times the engine evaluated the workbook before nothing changed any more.
    calls : int
        Calls of our functions in the formulas.
    """

    values: Mapping[Address, Cell]
    extents: Mapping[Address, Area]
    formulas: Mapping[Address, FormulaCell]
    stored: Mapping[Address, Cell]
    not_evaluated: tuple[NotEvaluated, ...]
    faults: tuple[Fault, ...]
    inputs: Mapping[Address, Cell]
    passes: int
    calls: int


def recalculate(
    source: str | Path | Package,
    *,
    inputs: Mapping[Address, Cell] | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Recalculation:
    """Calculate every formula of a workbook, in memory; the file is only read.

    Excel's own functions are evaluated by IronCalc. Calls of our functions are lifted out of the formulas, answered
    by `sheet.call.call` and put back, until nothing changes.

    Parameters
    ----------
    source : str, Path or Package
        An ``.xlsx`` or ``.xlsm`` file, or one that is open already. Macros are not run.
    inputs : dict of Address to Cell, optional
        Values to put into cells that hold no formula, before calculating.
    now : datetime, optional
        The clock that ``NOW()`` and ``TODAY()`` show, in local time; the machine's own when left out.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    Recalculation

    Raises
    ------
    FileRefusedError
        If the file cannot be opened as a workbook.
    InputError
        If an input names a sheet that does not exist or a cell that holds a formula.
    """
    told = progress or _silent
    told("Reading", 0, 1)
    book = read_book(source)
    values = {input_cell(book, at): value for at, value in (inputs or {}).items()}
    plan = make_plan(book, ((now or datetime.now()) - book.epoch) / timedelta(days=1))
    engine = EngineBook(book, plan, values)
    total = len(plan.calls)
    told("Calculating", 0, total)
    settled = settle(engine, plan.calls, lambda answered: told("Calculating", min(answered, total), total))
    extents = {index: engine.extent(index) for index in plan.ready}
    results = {
        at: engine.result(at)
        for index, area in extents.items()
        for at in cells_of(plan.formulas[index].address.sheet, area)
    }
    kept = _kept(plan, settled, extents, results, engine.refused)
    return _recalculation(book, plan, settled, extents, results, kept, values)


def input_cell(book: Book, at: Address) -> Address:
    """A cell that may be set as an input, its sheet spelt as on the tab.

    Raises
    ------
    InputError
        If the sheet does not exist or the cell holds a formula.
    """
    sheet = book.sheet(at.sheet)
    if sheet is None:
        raise InputError(f"names the sheet {at.sheet}, which {book.name} does not have", argument="inputs")
    found = Address(sheet.name, at.row, at.column)
    if at.place in sheet.formulas or at.place in sheet.results:
        raise InputError(
            "is filled by a formula, an input needs a cell without one", argument="inputs", at=str(found)
        )
    return found


_Results = Mapping[Address, Cell | EngineFailure]


def _silent(_what: str, _done: int, _total: int) -> None:
    pass


def _kept(
    plan: Plan,
    settled: Settled,
    extents: Mapping[int, Area],
    results: _Results,
    refused: Mapping[int, str],
) -> dict[int, str]:
    """Formulas that keep their stored values, with the reason: known before, seen now, and all that read them."""
    failed = dict(refused)
    for index in plan.ready:
        reason = _failed_call(plan, settled, index) or _failed_cell(
            plan.formulas[index], extents[index], results
        )
        if reason is not None:
            failed[index] = reason
    reads = [
        replace(reads, fills=(reads.fills[0], _both(reads.fills[1], extents.get(index, reads.fills[1]))))
        for index, reads in enumerate(plan.reads)
    ]
    # Most failures are the failure of a cell they read: only the first of them is the reason.
    follow = direct_readers(reads, [reads[index].fills for index in failed])
    kept = {**plan.kept, **{index: reason for index, reason in failed.items() if index not in follow}}
    return {**failed, **kept_dependents(plan.formulas, reads, kept), **kept}


def _failed_call(plan: Plan, settled: Settled, index: int) -> str | None:
    calls = lifted_calls(plan.ready[index], plan.calls)
    return next((settled.failed[call] for call in calls if call in settled.failed), None)


def _failed_cell(formula: FormulaCell, area: Area, results: _Results) -> str | None:
    for at in cells_of(formula.address.sheet, area):
        value = results[at]
        if isinstance(value, EngineFailure):
            return failure_reason(value)
        # What can be seen to be unknown was kept before, so this is a word inside the engine unless Excel agrees.
        if value == CellError("#NAME?") and formula.stored != value:
            return "the engine does not know a name in it"
    return None


def _both(one: Area, other: Area) -> Area:
    return Area(
        min(one.top, other.top),
        min(one.left, other.left),
        max(one.bottom, other.bottom),
        max(one.right, other.right),
    )


def _stored(book: Book, at: Address) -> Cell:
    return book.sheets[at.sheet.lower()].stored(at.row, at.column)


def _recalculation(
    book: Book,
    plan: Plan,
    settled: Settled,
    extents: Mapping[int, Area],
    results: _Results,
    kept: Mapping[int, str],
    inputs: Mapping[Address, Cell],
) -> Recalculation:
    formulas = plan.formulas
    done = [index for index in plan.ready if index not in kept]
    values = {
        at: results[at] for index in done for at in cells_of(formulas[index].address.sheet, extents[index])
    }
    homes = {formulas[index].address for index in done}
    return Recalculation(
        values={at: value for at, value in values.items() if not isinstance(value, EngineFailure)},
        extents={
            formulas[index].address: extents[index] for index in done if formulas[index].kind != "normal"
        },
        formulas={formula.address: formula for formula in formulas},
        stored={
            at: _stored(book, at)
            for formula in formulas
            for at in cells_of(formula.address.sheet, formula.area)
        },
        not_evaluated=tuple(
            NotEvaluated(formulas[index].address, formulas[index].text, reason)
            for index, reason in sorted(kept.items())
        ),
        faults=tuple(
            Fault(own.home, own.name, reply.fault.sentence)
            for index, own in enumerate(plan.calls)
            if own.home in homes and (reply := settled.replies.get(index)) and reply.fault
        ),
        inputs=inputs,
        passes=settled.passes,
        calls=len(plan.calls),
    )
