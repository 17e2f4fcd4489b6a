"""One call of a worksheet function: ranges in, a rectangle of cells out, never an exception."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from trackerr_xl.core.words import key, not_known
from trackerr_xl.errors import ChoiceError, ForgottenModelError, InternalError, TrackerrError
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.spec import Answer, SheetFunction
from trackerr_xl.sheet import memo
from trackerr_xl.sheet.cells import Given
from trackerr_xl.sheet.faults import Fault, fault_of, passed_through, unknown_function
from trackerr_xl.sheet.log import log_to_file
from trackerr_xl.sheet.ranges import Range
from trackerr_xl.sheet.read import read_arguments, read_ranges
from trackerr_xl.sheet.reply import Reply
from trackerr_xl.sheet.write import spill

Result = TypeVar("Result")

_LOGGER = logging.getLogger("trackerr_xl")


def call(name: str, given: Sequence[Given]) -> Reply:
    """Answer one function of the catalogue. Never raises.

    Parameters
    ----------
    name : str
        Name of the function, in any case.
    given : sequence of Given
        Its arguments in Excel's order, None where one is left out.
    """
    try:
        reply = safely(lambda: _answer(name, given), name)
    except TrackerrError as error:
        return _refused(fault_of(error))
    return _refused(fault_of(reply)) if isinstance(reply, InternalError) else reply


def safely(work: Callable[[], Result], name: str = "The work") -> Result | InternalError:
    """What some work gives, or a calm sentence in place of a mistake of ours, which goes to the log file.

    Raises
    ------
    TrackerrError
        If the work does.
    """
    try:
        return work()
    except TrackerrError:
        raise
    except Exception:
        log_to_file(_LOGGER)
        _LOGGER.exception("%s failed", name)
        return InternalError("Something went wrong inside trackerr_xl: the inputs are not at fault")


def find(name: str) -> SheetFunction | None:
    """The function of a name in any case, None if the catalogue has not got it."""
    wanted = key(name)
    return next((function for known, function in CATALOGUE.items() if key(known) == wanted), None)


def _answer(name: str, given: Sequence[Given]) -> Reply:
    function = find(name)
    if function is None:
        return _refused(unknown_function(not_known(name, tuple(CATALOGUE))))
    if function.variadic:
        return _explained(function, given)
    ranges = read_ranges(function, given)
    if not function.kept:
        return _passed_through(ranges) or _computed(function, ranges)
    content = memo.content_of(function.name, ranges.values())
    reply = memo.remembered(content)
    if reply is None:
        reply = _passed_through(ranges) or _computed(function, ranges)
        # The model may be made at any moment, by a cell that this one does not depend on.
        if reply.fault is None or not isinstance(reply.fault.error, ForgottenModelError):
            memo.remember(content, reply)
    return reply


def _passed_through(ranges: Mapping[str, Range | None]) -> Reply | None:
    for argument, cells in ranges.items():
        if cells is not None and cells.error is not None:
            return _refused(passed_through(*cells.error, argument))
    return None


def _computed(function: SheetFunction, ranges: Mapping[str, Range | None]) -> Reply:
    try:
        # An overflow is found by `spill`, which refuses what is not finite; a warning on the way helps nobody.
        with np.errstate(all="ignore"):
            answer: Answer = function.run(**read_arguments(function, ranges))
        return Reply(spill(answer), notes=tuple(answer.notes))
    except TrackerrError as error:
        # A refusal is remembered like an answer; its traceback would keep all the arrays with it.
        return _refused(fault_of(error.with_traceback(None)))


def _explained(function: SheetFunction, given: Sequence[Given]) -> Reply:
    """Answer TE_EXPLAIN: call the function it names, and put into words what came of it."""
    ranges = read_ranges(function, given[:1])
    refused = _passed_through(ranges)
    if refused is not None:
        return refused
    name = str(read_arguments(function, ranges)["function_name"])
    explained = find(name)
    if explained is None or explained.variadic:
        known = [function.name for function in CATALOGUE.values() if not function.variadic]
        raise ChoiceError(not_known(name, known), argument="function_name")
    reply = call(explained.name, given[1:])
    value = None if reply.fault is None else str(reply.fault.value)
    error = None if reply.fault is None else reply.fault.error
    return Reply(spill(function.run(explained.name, value, error, reply.notes)))


def _refused(fault: Fault) -> Reply:
    return Reply([[fault.value]], fault)
