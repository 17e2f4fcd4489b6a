"""How a worksheet function is declared. One value drives every host, the help pages and the tests."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector

Kind = Literal[
    "number",
    "text",
    "choice",
    "weights",
    "covariance",
    "panel",
    "groups",
    "constraints",
    "constraint rows",
    "attributes",
    "options",
    "matrix",
    "terms",
    "calendar",
    "accounts",
]
"""What an argument is read as; `sheet.read` has one reader for each."""


class Required(Enum):
    """Marks an argument that has no default."""

    REQUIRED = "required"


REQUIRED: Final = Required.REQUIRED


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a worksheet function.

    Parameters
    ----------
    name : str
        Lower case, as shown in the formula wizard; never a keyword of VBA.
    kind : str
        What its cells are read as.
    help : str
        One sentence, at most 255 characters.
    unit : str, optional
        Unit of its numbers, such as ``"fraction"``.
    default : object, optional
        Value when it is left out or empty; `REQUIRED` when it must be given.
    minimum, maximum : float, optional
        Limits of a number, both allowed.
    choices : tuple of str, optional
        Words allowed.
    later : str, optional
        Not empty while the feature behind the argument is missing: what cannot be done yet, as the start of a
        sentence. The reader accepts the argument when it is left out and refuses it in these words when given.
    blanks : bool, optional
        Whether cells of a panel may be empty: data that are missing.
    """

    name: str
    kind: Kind
    help: str
    unit: str = ""
    default: object = REQUIRED
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    later: str = ""
    blanks: bool = False

    @property
    def required(self) -> bool:
        """Whether the argument must be given."""
        return self.default is REQUIRED


@dataclass(frozen=True, slots=True)
class Result:
    """What a worksheet function spills.

    Parameters
    ----------
    shape : {"number", "text", "column", "table"}
        One cell, one column (two with names), or a table with a header row.
    help : str
        What it holds.
    unit : str, optional
        Unit of its numbers.
    """

    shape: Literal["number", "text", "column", "table"]
    help: str
    unit: str = ""


Value = float | int | str | bool | None
"""What a function may put into one cell of its answer."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function's `run` returns.

    Parameters
    ----------
    table : float, str, ndarray, or sequence of rows of float, str, bool or None
        The spilled rectangle; a 1-D array is a column.
    notes : sequence of (str, str), optional
        Topic and sentence, in order: what `TE_EXPLAIN` says of this answer. Warnings have the topic ``"Warning"``.
    """

    table: float | str | Vector | Matrix | Sequence[Sequence[Value]]
    notes: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class SheetFunction:
    """One worksheet function, declared once.

    Parameters
    ----------
    name : str
        As typed in a cell.
    category : str
        Heading in the catalogue, such as ``"measuring"``.
    summary : str
        One sentence, at most 255 characters.
    arguments : tuple of Argument
        In Excel's order, required ones first.
    result : Result
        What it spills.
    run : callable
        Takes the typed arguments by name and returns an `Answer`.
    example : str
        A formula, starting with ``=``, that the tests evaluate.
    variadic : bool, optional
        Whether any number of further arguments may follow, as for `TE_EXPLAIN`.
    kept : bool, optional
        Whether an answer may be given again without a run; not where a run leaves something behind, as `RISK_MODEL`.
    """

    name: str
    category: str
    summary: str
    arguments: tuple[Argument, ...]
    result: Result
    run: Callable[..., Answer]
    example: str
    variadic: bool = False
    kept: bool = True


def column(values: Vector) -> Matrix:
    """An array of shape (n,) as a column of shape (n, 1)."""
    return np.asarray(values)[:, None]
