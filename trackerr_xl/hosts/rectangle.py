"""What a host delivers for one argument, as rows."""

from collections.abc import Sequence

Rows = Sequence[Sequence[object]]


def rectangle(value: Sequence[object]) -> Rows | None:
    """The rows of a list of rows, or of one row; None if they are not of one length.

    Parameters
    ----------
    value : tuple or list
        Of rows, or of cells; not empty.
    """
    rows = value if isinstance(value[0], (tuple, list)) else (value,)
    if set(map(type, rows)) <= {tuple, list} and len(set(map(len, rows))) == 1:  # type: ignore[arg-type]  # looked at
        return rows  # type: ignore[return-value]  # looked at
    return None
