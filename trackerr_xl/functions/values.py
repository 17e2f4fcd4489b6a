"""Typed values that the readers hand to the functions: numbers with the names or dates written beside them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.core.table.limits import Basis, Limit, LimitKind
from trackerr_xl.errors import TrackerrError


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """A column or row of numbers, with the names or dates beside it if there are any.

    Parameters
    ----------
    values : ndarray of shape (n,)
        The numbers.
    labels : tuple of str or None
        What stands beside them, trimmed, each once.
    across : bool
        Whether it was a row, so that an answer can be one too.
    """

    values: Vector
    labels: tuple[str, ...] | None = None
    across: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LabelledMatrix:
    """A square of numbers, with the names on both edges if there are any.

    Parameters
    ----------
    values : ndarray of shape (n, n)
        The numbers.
    labels : tuple of str or None
        Names of rows and columns.
    """

    values: Matrix
    labels: tuple[str, ...] | None = None

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.values)


@dataclass(frozen=True, slots=True, eq=False)
class LabelledModel:
    """A factor model made by RISK_MODEL, with the names of its assets if there are any.

    Parameters
    ----------
    model : FactorModel
        The covariance; n × n is never formed.
    labels : tuple of str or None
        Names of the assets.
    """

    model: FactorModel
    labels: tuple[str, ...] | None = None

    @property
    def size(self) -> int:
        """Number of assets."""
        return self.model.size


Covariance = LabelledMatrix | LabelledModel
"""What an argument of the kind covariance is read as; `match.covariance_of` puts it into the order of the names."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Rows of numbers: returns by date and name, or exposures by name and factor.

    Parameters
    ----------
    values : ndarray of shape (rows, columns)
        The numbers; NaN where a cell is blank and the declaration allows it.
    rows : tuple of str or None
        Dates or names at the left, each once; a date is the serial number of its day.
    columns : tuple of str or None
        Names on top, each once.
    """

    values: Matrix
    rows: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.values)

    @property
    def labels(self) -> tuple[str, ...] | None:
        """Names at the left, under the word that all ranges beside weights have for them."""
        return self.rows


@dataclass(frozen=True, slots=True)
class Groups:
    """One group a name.

    Parameters
    ----------
    values : tuple of str
        Groups.
    labels : tuple of str or None
        Names beside them, if there are any.
    """

    values: tuple[str, ...]
    labels: tuple[str, ...] | None = None

    @property
    def size(self) -> int:
        """Number of names."""
        return len(self.values)


@dataclass(frozen=True, slots=True)
class ConstraintLine:
    """A row of the constraints table as it stands: its number, the header being row 1, its type and its item."""

    row: int
    kind: str
    item: str


@dataclass(frozen=True, slots=True)
class ConstraintRows:
    """The constraints table with every row, those that are off among them.

    Parameters
    ----------
    limits : tuple of Limit
        The rows that are on.
    lines : tuple of ConstraintLine
        All of them, in order.
    """

    limits: tuple[Limit, ...]
    lines: tuple[ConstraintLine, ...]


@dataclass(frozen=True, slots=True)
class LimitColumn:
    """A column of limits beside the accounts, such as ``Turnover Max`` or ``Group Sector=Banks Active Min``.

    Parameters
    ----------
    kind, item : str
        As in the constraints table.
    basis : str or None
        None where the header has no word for it: that of the row of the house.
    side : {"Min", "Max"}
        Which limit the column holds.
    """

    kind: LimitKind
    item: str
    basis: Basis | None
    side: Literal["Min", "Max"]


@dataclass(frozen=True, slots=True, eq=False)
class Accounts:
    """Accounts that share a risk model, a row each.

    Parameters
    ----------
    names : tuple of str
        One name an account.
    assets : tuple of str
        Headers of the columns of weights held now.
    holdings : ndarray of shape (a, h)
        These weights, NaN where a cell is blank.
    columns : tuple of LimitColumn
        Columns of own limits.
    limits : ndarray of shape (a, l)
        These limits, NaN where a cell is blank, infinite where the account has none.
    excluded : tuple of tuple of str
        Names and groups that each account must not hold.
    faults : mapping of int to TrackerrError
        Accounts that cannot be read, by their place, and why.
    """

    names: tuple[str, ...]
    assets: tuple[str, ...]
    holdings: Matrix
    columns: tuple[LimitColumn, ...]
    limits: Matrix
    excluded: tuple[tuple[str, ...], ...]
    faults: Mapping[int, TrackerrError]

    @property
    def size(self) -> int:
        """Number of accounts."""
        return len(self.names)

    def part(self, first: int, last: int) -> "Accounts":
        """The accounts from one place to before another."""
        return Accounts(
            self.names[first:last],
            self.assets,
            self.holdings[first:last],
            self.columns,
            self.limits[first:last],
            self.excluded[first:last],
            {at - first: fault for at, fault in self.faults.items() if first <= at < last},
        )
