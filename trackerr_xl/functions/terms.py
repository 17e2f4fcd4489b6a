"""Terms of trading that come as one number for all names, a number a name, or a column of a table."""

import numpy as np

from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.table.limits import Attributes
from trackerr_xl.core.words import key, shorten
from trackerr_xl.errors import InputError, LabelError, ShapeError
from trackerr_xl.functions.match import no_entry, not_listed, spread
from trackerr_xl.functions.values import Labelled


def per_name(
    terms: Labelled | Attributes | None,
    header: str,
    names: tuple[str, ...] | None,
    size: int,
    default: float,
    argument: str,
    *,
    first: bool = True,
) -> Vector:
    """One number for each name.

    Parameters
    ----------
    terms : Labelled, Attributes or None
        As read from the sheet.
    header : str
        The column that a table has it in.
    names : tuple of str or None
        Names in order, None where everything goes by position.
    size : int
        Number of names.
    default : float
        For a blank cell, and where there is nothing.
    argument : str
        Its name, for messages.
    first : bool, optional
        Whether numbers without a table mean this column.

    Raises
    ------
    ShapeError, LabelError
        If a name has no entry.
    InputError
        If a cell of the column holds a text.
    """
    if isinstance(terms, Attributes):
        return _column(terms, header, names, size, default, argument)
    if terms is None or not first:
        return np.full(size, default)
    if terms.labels is not None and names is not None:
        missing = not_listed(names, terms.labels)
        if missing:
            raise LabelError(no_entry(missing, terms.labels, "one for each name"), argument=argument)
        return spread(terms, names)
    if terms.values.size not in (1, size):
        raise ShapeError(f"has {terms.values.size} entries, must have 1 or {size}", argument=argument)
    return np.broadcast_to(terms.values, size)


def _column(
    table: Attributes, header: str, names: tuple[str, ...] | None, size: int, default: float, argument: str
) -> Vector:
    if key(header) not in map(key, table.columns):
        return np.full(size, default)
    if names is None and len(table.names) != size:
        raise ShapeError(f"has {len(table.names)} names, must have {size}", argument=argument)
    cells = table.column(header, names if names is not None else table.names)
    for at, cell in enumerate(cells):
        if isinstance(cell, str):
            name = (names or table.names)[at]
            raise InputError(
                f'has the {header} "{shorten(cell)}", must be a number', argument=argument, at=shorten(name)
            )
    return np.array([default if cell is None else float(cell) for cell in cells])
