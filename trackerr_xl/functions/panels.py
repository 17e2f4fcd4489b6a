"""Panels of weights and returns turned so that names go down and periods go across, whichever way they were given."""

import numpy as np

from trackerr_xl.core.arrays import Matrix
from trackerr_xl.core.words import key
from trackerr_xl.errors import LabelError, ShapeError
from trackerr_xl.functions.match import as_date, no_entry, not_listed, places_of
from trackerr_xl.functions.values import Panel


def names_down(panel: Panel) -> Panel:
    """A panel of shape (n, t), names as its rows and dates as its columns.

    One column of numbers is one period with a name in each row; otherwise each row is a period.
    """
    if panel.values.shape[1] == 1:
        return Panel(panel.values, panel.rows, None)
    return Panel(panel.values.T, panel.columns, panel.rows)


def over_names(panel: Panel, names: tuple[str, ...] | None, absent: float) -> Matrix:
    """Numbers in the order of `names`, shape (n, t), `absent` for a name the panel does not list."""
    if names is None or panel.rows is None:
        return panel.values
    row = {key(label): at for at, label in enumerate(panel.rows)}
    places = np.array([row.get(key(name), -1) for name in names], dtype=np.intp)
    return np.asarray(np.where((places >= 0)[:, None], panel.values[places], absent))


def on_same_dates(panels: dict[str, Panel]) -> dict[str, Panel]:
    """Panels of shape (n, t) over the same periods, in the order of the first.

    Raises
    ------
    ShapeError
        If they have different numbers of periods.
    LabelError
        If all have dates and they are not the same.
    """
    (first, leader), *_ = panels.items()
    periods = leader.values.shape[1]
    for argument, panel in panels.items():
        if panel.values.shape[1] != periods:
            raise ShapeError(
                f"covers {panel.values.shape[1]} of {first}'s {periods} periods, must have as many",
                argument=argument,
            )
    dates = leader.columns
    if periods == 1 or dates is None or any(panel.columns is None for panel in panels.values()):
        return panels
    ordered = {}
    for argument, panel in panels.items():
        days = panel.columns or ()
        missing = [as_date(day) for day in not_listed(dates, days)]
        if missing:
            raise LabelError(
                no_entry(
                    missing, days, f"the dates of {first}: a weight is dated as the return that it earns"
                ),
                argument=argument,
            )
        ordered[argument] = Panel(panel.values[:, places_of(dates, days)], panel.rows, dates)
    return ordered
