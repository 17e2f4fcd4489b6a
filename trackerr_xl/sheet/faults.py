"""Errors become error values: which one a cell shows, and the sentence behind it."""

from dataclasses import dataclass

from trackerr_xl.errors import (
    ChoiceError,
    InputError,
    InternalError,
    NoAnswerError,
    NumericalError,
    SetupError,
    TrackerrError,
)
from trackerr_xl.sheet.cells import CellError

_VALUES: dict[type[TrackerrError], str] = {
    InputError: "#VALUE!",
    NoAnswerError: "#N/A",
    NumericalError: "#NUM!",
    SetupError: "#N/A",
    InternalError: "#VALUE!",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell shows an error value.

    Parameters
    ----------
    value : CellError
        What it shows.
    error : TrackerrError
        Why.
    """

    value: CellError
    error: TrackerrError

    @property
    def sentence(self) -> str:
        """The reason in words."""
        return self.error.sentence


def error_value_of(kind: type[TrackerrError]) -> CellError:
    """The error value a cell shows for a kind of error."""
    for ancestor, value in _VALUES.items():
        if issubclass(kind, ancestor):
            return CellError(value)
    return CellError("#VALUE!")


def fault_of(error: TrackerrError) -> Fault:
    """The fault of an error."""
    return Fault(error_value_of(type(error)), error)


def passed_through(value: CellError, at: str, argument: str) -> Fault:
    """The fault of an error value found in a range: it passes through as itself."""
    return Fault(value, InputError(f"is {value}, must be mended there", argument=argument, at=at))


def unknown_function(message: str) -> Fault:
    """The fault of a function that is not in the catalogue."""
    return Fault(CellError("#NAME?"), ChoiceError(message, argument="function"))
