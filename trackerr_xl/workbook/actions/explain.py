"""Explain: what stands behind a cell, in the words of TE_EXPLAIN."""

from trackerr_xl.errors import InputError
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.explain import te_explain
from trackerr_xl.sheet.reply import Reply
from trackerr_xl.sheet.write import spill
from trackerr_xl.workbook.book import Address, Book, FormulaCell
from trackerr_xl.workbook.formula.tree import FormulaError
from trackerr_xl.workbook.replay import recall_models, replies


def explain(book: Book, at: Address) -> tuple[str, ...]:
    """What every call of ours in the formula of a cell says of its answer; nothing is changed.

    Parameters
    ----------
    book : Book
        The workbook with the values it shows.
    at : Address
        The cell; one of a spill or an array stands for its formula.

    Raises
    ------
    InputError
        If the cell has no formula of ours, or one whose arguments cannot be told without calculating.
    """
    formula = formula_at(book, at)
    recall_models(book)
    try:
        answers = [] if formula is None else replies(book, formula)
    except FormulaError as error:
        raise InputError(f"cannot be explained: {error}; put it into cells of its own", at=str(at)) from None
    if formula is None or not answers:
        raise InputError(
            "holds no formula of ours: select a cell that calls one of our functions", at=str(at)
        )
    words = [f"{formula.address}  {formula.text}"]
    for name, reply in answers:
        words += _sentences(name, reply)
    return tuple(words)


def formula_at(book: Book, at: Address) -> FormulaCell | None:
    """The formula that fills a cell: its own, or that of the array or spill it lies in."""
    sheet = book.sheet(at.sheet)
    if sheet is None:
        return None
    if at.place in sheet.formulas:
        return sheet.formulas[at.place]
    for formula in sheet.formulas.values():
        top, left, bottom, right = formula.area
        if formula.kind != "normal" and top <= at.row <= bottom and left <= at.column <= right:
            return formula
    return None


def _sentences(name: str, reply: Reply) -> list[str]:
    if CATALOGUE[name].variadic:
        return [f"{row[0]}: {row[1]}" for row in reply.grid]
    value = None if reply.fault is None else str(reply.fault.value)
    error = None if reply.fault is None else reply.fault.error
    return [f"{topic}: {sentence}" for topic, sentence in spill(te_explain(name, value, error, reply.notes))]
