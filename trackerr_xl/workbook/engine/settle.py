"""The workbook and our calls in turn, until no argument changes any more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trackerr_xl.errors import ForgottenModelError
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError, Given
from trackerr_xl.sheet.reply import Reply
from trackerr_xl.workbook.engine.engine_book import EngineBook
from trackerr_xl.workbook.formula.lift import Argument, Literal, OwnCall
from trackerr_xl.workbook.formula.tree import FormulaError, Lifted, Reference


@dataclass(frozen=True, slots=True)
class Settled:
    """Where the turns ended.

    Parameters
    ----------
    replies : dict of int to Reply
        Answer of each call that could be given its arguments.
    failed : dict of int to str
        The other calls, with the reason.
    passes : int
        Times the engine evaluated the workbook.
    """

    replies: Mapping[int, Reply]
    failed: Mapping[int, str]
    passes: int


def settle(book: EngineBook, calls: Sequence[OwnCall], told: Callable[[int], None]) -> Settled:
    """Evaluate the workbook and answer our calls until nothing changes.

    Parameters
    ----------
    book : EngineBook
        The workbook.
    calls : sequence of OwnCall
        Our calls; those among the arguments of another come before it.
    told : callable
        Called with the number of calls answered so far.
    """
    turns = _Turns(book, calls, told)
    # A chain in which each call reads the one before is settled after as many turns, and one to see it.
    for turn in range(1, len(calls) + 3):
        book.evaluate()
        changed = turns.take()
        if not changed:
            return Settled(turns.replies, turns.failed, turn)
    failed = dict.fromkeys(changed, "its arguments never settle: they depend on its own answer")
    return Settled(turns.replies, {**turns.failed, **failed}, len(calls) + 2)


class _Turns:
    def __init__(self, book: EngineBook, calls: Sequence[OwnCall], told: Callable[[int], None]) -> None:
        self._book = book
        self._calls = calls
        self._told = told
        self._given: dict[int, list[Given]] = {}
        self._answered = 0
        self.replies: dict[int, Reply] = {}
        self.failed: dict[int, str] = {}

    def take(self) -> set[int]:
        """Answer every call whose arguments changed; returns those calls."""
        changed, moved = set(), set()
        for index, own in enumerate(self._calls):
            try:
                given = [self._value(argument) for argument in own.arguments]
            except FormulaError as error:
                if self.failed.get(index) != str(error):
                    self.failed[index] = str(error)
                    changed.add(index)
                continue
            again = index in self._given and index not in self.failed and _same(given, self._given[index])
            if again and not _lacks_a_model(self.replies[index]):
                continue
            reply = call(own.name, given)
            if again and _lacks_a_model(reply):
                continue
            changed.add(index)
            self.failed.pop(index, None)
            self._given[index] = given
            self.replies[index] = reply
            self._answered += 1
            self._told(self._answered)
            if self._book.answer(index, self.replies[index].grid):
                moved.add(index)
        if moved:
            self._book.put_formulas(moved)
        return changed

    def _value(self, argument: Argument) -> Given:
        match argument:
            case Literal(value):
                return value
            case Reference():
                return self._book.read(argument)
            case Lifted(call=index):
                if index in self.failed:
                    raise FormulaError(self.failed[index])
                grid = self.replies[index].grid
                return grid[0][0] if len(grid) == 1 and len(grid[0]) == 1 else grid
        return self._book.expression(argument.index)


def _lacks_a_model(reply: Reply) -> bool:
    """Whether a call was given the name of a risk model that another cell may make yet."""
    return reply.fault is not None and isinstance(reply.fault.error, ForgottenModelError)


def _same(given: Sequence[Given], before: Sequence[Given]) -> bool:
    return all(_equal(one, other) for one, other in zip(given, before, strict=True))


def _equal(one: Given, other: Given) -> bool:
    if one is other:
        return True
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        both = isinstance(one, np.ndarray) and isinstance(other, np.ndarray)
        return both and np.array_equal(np.asarray(one), np.asarray(other))
    if isinstance(one, float | str | bool | CellError | None):
        return type(one) is type(other) and one == other
    # TRUE equals 1 in Python but not in a cell, hence the comparison of what they look like.
    return repr(one) == repr(other)
