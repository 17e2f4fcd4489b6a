"""The limits of one account: the table of the house with the account's own limits and exclusions put in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.table.limits import Limit
from trackerr_xl.core.words import key
from trackerr_xl.errors import InputError
from trackerr_xl.functions.values import LimitColumn


@dataclass(frozen=True, slots=True, eq=False)
class HouseTable:
    """The constraints table of the house, and where each column of limits goes.

    Parameters
    ----------
    limits : tuple of Limit
        Rows of the house, then one for each further thing that a column limits, without limits yet.
    house : int
        Number of rows of the house.
    targets : tuple of tuple of int
        For each column the rows whose limit it is.
    columns : tuple of LimitColumn
        The columns.
    """

    limits: tuple[Limit, ...]
    house: int
    targets: tuple[tuple[int, ...], ...]
    columns: tuple[LimitColumn, ...]

    @classmethod
    def of(cls, house: Sequence[Limit], columns: Sequence[LimitColumn]) -> "HouseTable":
        """Find the row that each column speaks of: one of the house where type, item and basis are the same."""
        limits, targets = list(house), []
        for column in columns:
            places = _rows_of(limits, column)
            if not places:
                places = (len(limits),)
                limits.append(Limit(column.kind, column.item, basis=column.basis or "Absolute"))
            targets.append(places)
        return cls(tuple(limits), len(house), tuple(targets), tuple(columns))

    def of_account(self, own: Vector, excluded: Sequence[str]) -> tuple[Limit, ...]:
        """The limits of an account.

        Parameters
        ----------
        own : ndarray of shape (columns,)
            Its limits, NaN where the house's holds, infinite where none does.
        excluded : sequence of str
            What it must not hold.

        Raises
        ------
        InputError
            If a Min is above its Max.
        """
        limits = list(self.limits)
        for at in np.flatnonzero(~np.isnan(own)).tolist():
            for place in self.targets[at]:
                limits[place] = _with_side(limits[place], self.columns[at].side, float(own[at]))
        for limit in limits:
            if limit.lower > limit.upper:
                raise InputError(
                    f"has Min {limit.lower:.6g} above Max {limit.upper:.6g}, must not be above",
                    argument="accounts",
                    at=limit.label,
                )
        kept = [
            limit
            for at, limit in enumerate(limits)
            if (at < self.house and limit.row) or np.isfinite([limit.lower, limit.upper]).any()
        ]
        return (*kept, *(Limit("Exclude", item) for item in excluded))


def _with_side(limit: Limit, side: str, value: float) -> Limit:
    """The row with one limit of the account's; its number would lead to the row of the house, which says another."""
    if side == "Min":
        return replace(limit, row=0, lower=value)
    return replace(limit, row=0, upper=value)


def _rows_of(limits: Sequence[Limit], column: LimitColumn) -> tuple[int, ...]:
    alike = [
        at
        for at, limit in enumerate(limits)
        if limit.kind == column.kind and key(limit.item) == key(column.item)
    ]
    bases = {limits[at].basis for at in alike}
    # Without a word for it the basis is that of the house, where it has one only.
    basis = column.basis or (bases.pop() if len(bases) == 1 else "Absolute")
    return tuple(at for at in alike if limits[at].basis == basis)
