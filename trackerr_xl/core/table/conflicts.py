"""Why a table leaves no weights: the fewest of its rows that clash, and the cheapest changes that make room."""

from collections.abc import Callable, Sequence

from trackerr_xl.core.solvers import feasibility
from trackerr_xl.core.table.limits import Limit
from trackerr_xl.core.table.refutation import ASSUMED, Asked, Cell, Refutation, conflict, problem_of
from trackerr_xl.core.table.repairs import repairs
from trackerr_xl.errors import NoAnswerError


def explanation(
    asked: Asked, limits: Sequence[Limit], unit: Callable[[Limit], float]
) -> NoAnswerError | None:
    """The refusal of limits that cannot all hold, or None if they can.

    Parameters
    ----------
    asked : Asked
        What the limits are asked about.
    limits : sequence of Limit
        Rows of the constraints table.
    unit : callable
        What one unit in the cells of a limit stands for: 0.01 where they are in percent.

    Notes
    -----
    The rows named are irreducible: without any one of them the others leave weights, the defaults of the table still
    in force. They need not be the only ones that clash; the repairs make room for the whole table.
    """
    smallest = conflict(asked, limits)
    if smallest is None:
        return None
    rows = [limits[at] for at in smallest.cells if at != ASSUMED]
    parts = [_part(limits[at], cells, unit) for at, cells in smallest.cells.items() if at != ASSUMED]
    if ASSUMED in smallest.cells:
        parts.append(_assumed(asked, rows, limits))
    refusal = feasibility.clash(parts, repairs(asked, limits, smallest, unit))
    plain = _plain(asked, rows, smallest)
    if plain is None:
        return refusal
    return NoAnswerError(plain.message, at=plain.at, rows=refusal.rows, repairs=refusal.repairs)


def _part(limit: Limit, cells: set[Cell], unit: Callable[[Limit], float]) -> str:
    ends = {"Min": limit.lower, "Max": limit.upper}
    said = [f"{cell} {ends[cell] / unit(limit):.6g}" for cell in ("Min", "Max") if cell in cells]
    basis = f" {limit.basis}" if said and limit.basis != "Absolute" else ""
    return f"{limit.label}{basis} {' and '.join(said)}".rstrip()


def _assumed(asked: Asked, rows: Sequence[Limit], limits: Sequence[Limit]) -> str:
    meant = asked.meaning(rows)
    budget = float(meant.rows.upper[meant.origins.rows == ASSUMED][0])
    where = " where no row speaks of it" if any(limit.kind == "Budget" for limit in limits) else ""
    return f"Budget (assumed{where}: weights sum to {budget:.6g})"


def _plain(asked: Asked, rows: Sequence[Limit], smallest: Refutation) -> NoAnswerError | None:
    """The sentence of one row or one name, where that is all there is to it."""
    if smallest.least_error > 0.0:
        return None
    try:
        meant = asked.resolve(rows)
        if smallest.multipliers is not None:
            feasibility.check_each_row(problem_of(asked, meant))
    except NoAnswerError as error:
        return error
    return None
