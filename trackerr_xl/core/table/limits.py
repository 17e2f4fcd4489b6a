"""Limits as a user declares them, and the assets that they speak of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from trackerr_xl.core.arrays import Mask, Vector
from trackerr_xl.core.words import key, nearest, not_known, shorten
from trackerr_xl.errors import InputError, LabelError

if TYPE_CHECKING:
    from trackerr_xl.core.rows import LinearRows
    from trackerr_xl.core.table.linear_limits import LinearLimit

LimitKind = Literal[
    "Weight",
    "Group",
    "Exposure",
    "Ratio",
    "Budget",
    "Gross",
    "Turnover",
    "Trade",
    "Cost",
    "Exclude",
    "Hold",
    "TE",
    "Return",
    "Beta",
    "ActiveShare",
    "Names",
    "Position",
]
"""What a row of the constraints table can limit."""

Basis = Literal["Absolute", "Active", "Relative"]
"""What a limit is measured from: nothing, the benchmark, or as a multiple of the benchmark."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of the constraints table, as declared.

    Parameters
    ----------
    kind : str
        What is limited.
    item : str
        A name, ``*``, ``Sector=Banks``, ``Sector=*`` or the name of a column; empty for the budget.
    lower, upper : float
        Limits, infinite where the cell is blank.
    basis : str
        What they are measured from.
    row : int
        Row of the table, its header being row 1.
    penalty : float
        Price of a unit of breach, infinite where the row must hold: tracking error a year for the objectives that
        make a risk least, else in the unit of the objective.
    """

    kind: LimitKind
    item: str = ""
    lower: float = -np.inf
    upper: float = np.inf
    basis: Basis = "Absolute"
    row: int = 0
    penalty: float = np.inf

    @property
    def hard(self) -> bool:
        """Whether the row must hold."""
        return self.penalty == np.inf

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"row {self.row}" if self.row else self.label

    @property
    def label(self) -> str:
        """The row as the user would recognise it."""
        what = f"{self.kind} {shorten(self.item)}" if self.item else self.kind
        return f"{what} (row {self.row})" if self.row else what


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes table: for every name its sector, duration and so on.

    Parameters
    ----------
    names : tuple of str
        First column.
    columns : mapping of str to tuple of str, float or None
        The others by their header; None where a cell is blank.
    """

    names: tuple[str, ...]
    columns: Mapping[str, tuple[str | float | None, ...]]

    def column(self, header: str, names: Sequence[str]) -> tuple[str | float | None, ...]:
        """Entries of one column in the order of `names`, None for a name the table has not.

        Raises
        ------
        LabelError
            If there is no such column.
        """
        by_key = {key(known): cells for known, cells in self.columns.items()}
        cells = by_key.get(key(header))
        if cells is None:
            raise LabelError(f"column {not_known(header, tuple(self.columns))}")
        by_name = dict(zip(map(key, self.names), cells, strict=True))
        return tuple(by_name.get(key(name)) for name in names)


@dataclass(frozen=True, eq=False)
class Universe:
    """The assets that limits speak of.

    Parameters
    ----------
    names : tuple of str
        One name an asset.
    benchmark : ndarray of shape (n,)
        Benchmark weights, fractions.
    current : ndarray of shape (n,), optional
        Weights held now, fractions; needed by rows that speak of trades.
    attributes : Attributes, optional
        Needed by groups, exposures, returns and costs.
    beta : ndarray of shape (n,), optional
        Beta of each asset against the benchmark, Σb / b'Σb; needed by Beta.
    """

    names: tuple[str, ...]
    benchmark: Vector
    current: Vector | None = None
    attributes: Attributes | None = None
    beta: Vector | None = None

    # A table of limits asks for the same names and columns in row after row.
    @cached_property
    def places(self) -> dict[str, int]:
        """Position of each name by its key."""
        return {key(name): at for at, name in enumerate(self.names)}

    @cached_property
    def known_groups(self) -> dict[str, dict[str, list[int]]]:
        """Groups by the key of their column, for the columns that `groups_of` was asked for."""
        return {}

    @cached_property
    def known_columns(self) -> dict[str, tuple[str | float | None, ...]]:
        """Cells in the order of the names by the key of their column, for those that `cells_of` was asked for."""
        return {}

    @cached_property
    def known_numbers(self) -> dict[str, Vector]:
        """The same as arrays, for those that `numbers_of` was asked for."""
        return {}

    @cached_property
    def known_rows(self) -> dict[object, "tuple[list[LinearLimit], LinearRows]"]:
        """Linear rows by the limits they come from, for some that were asked for."""
        return {}

    def holding(self, current: Vector | None) -> "Universe":
        """The same assets with other weights held now, shape (n,); what was looked up once is not looked up again."""
        other = replace(self, current=current)
        for known in ("places", "known_groups", "known_columns", "known_numbers", "known_rows"):
            other.__dict__[known] = getattr(self, known)
        return other


def held(limit: Limit, universe: Universe) -> Vector:
    """Weights held now, shape (n,), for a row that speaks of trades.

    Raises
    ------
    InputError
        If they are not given.
    """
    if universe.current is None:
        raise InputError(f"is missing, {limit.label} needs it", argument="current")
    return universe.current


def members_mask(limit: Limit, universe: Universe) -> Mask:
    """Which assets a row on a sum stands for, shape (n,): all of them where its item is blank."""
    mask = np.zeros(len(universe.names), dtype=np.bool_)
    mask[members_of(limit, universe) if limit.item else slice(None)] = True
    return mask


def numbers_of(limit: Limit, header: str, universe: Universe) -> Vector:
    """A column of the attributes as numbers, shape (n,).

    Raises
    ------
    InputError
        If no attributes are given, or the column has no number for an asset.
    LabelError
        If there is no such column.
    """
    known = universe.known_numbers.get(key(header))
    if known is not None:
        return known
    cells = cells_of(limit, header, universe)
    for name, cell in zip(universe.names, cells, strict=True):
        if not isinstance(cell, float):
            found = "no value" if cell is None else f'the text "{shorten(cell)}"'
            raise InputError(
                f"has {found} for {shorten(name)}, must have a number for {limit.label}",
                argument="attributes",
                at=f"column {shorten(header)}",
            )
    universe.known_numbers[key(header)] = np.array(cells, dtype=np.float64)
    return universe.known_numbers[key(header)]


def split_item(limit: Limit) -> tuple[str, str]:
    """Column and value of an item such as ``Sector=Banks``.

    Raises
    ------
    InputError
        If it has no equals sign.
    """
    header, sign, value = limit.item.partition("=")
    if not (sign and header.strip() and value.strip()):
        raise InputError(
            f'has the Item "{shorten(limit.item)}", must be like Sector=Banks or Sector=*',
            argument="constraints",
            at=limit.place,
        )
    return header.strip(), value.strip()


def members_of(limit: Limit, universe: Universe) -> list[int]:
    """Positions of the assets an item stands for."""
    if limit.item == "*":
        return list(range(len(universe.names)))
    if key(limit.item) in universe.places:
        return [universe.places[key(limit.item)]]
    if "=" not in limit.item:
        raise LabelError(unknown_name(limit.item, universe.names), argument="constraints", at=limit.place)
    header, value = split_item(limit)
    groups = groups_of(limit, header, universe)
    if value == "*":
        return sorted(at for members in groups.values() for at in members)
    for group, members in groups.items():
        if key(group) == key(value):
            return members
    raise LabelError(f"group {not_known(value, tuple(groups))}", argument="constraints", at=limit.place)


def groups_of(limit: Limit, header: str, universe: Universe) -> dict[str, list[int]]:
    """Positions by the value of a column, in order of appearance; a name without one is in no group."""
    known = universe.known_groups.get(key(header))
    if known is not None:
        return known
    members: dict[str, list[int]] = {}
    spelling: dict[str, str] = {}
    for at, cell in enumerate(cells_of(limit, header, universe)):
        if cell is not None:
            text = cell if isinstance(cell, str) else f"{cell:.15g}"
            members.setdefault(spelling.setdefault(key(text), text), []).append(at)
    universe.known_groups[key(header)] = members
    return members


def cells_of(limit: Limit, header: str, universe: Universe) -> tuple[str | float | None, ...]:
    """The column of the attributes that a limit speaks of, in the order of the assets.

    Raises
    ------
    InputError
        If no attributes are given.
    LabelError
        If they have no such column.
    """
    if universe.attributes is None:
        raise InputError(f"is missing, {limit.label} needs it", argument="attributes")
    known = universe.known_columns.get(key(header))
    if known is not None:
        return known
    try:
        universe.known_columns[key(header)] = universe.attributes.column(header, universe.names)
        return universe.known_columns[key(header)]
    except LabelError as error:
        error.argument, error.at = "constraints", limit.place
        raise


def unknown_name(name: str, names: Sequence[str]) -> str:
    """Say that a name is not among the assets, with the nearest one."""
    close = nearest(name, names)
    hint = f', the nearest is "{shorten(close)}"' if close is not None else ""
    return f'"{shorten(name)}" is not among the names{hint}'
