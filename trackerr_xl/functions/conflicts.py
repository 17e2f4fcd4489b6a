"""Why a table of limits leaves no weights, told in its own rows and cells."""

from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.risk_model import RiskModel
from trackerr_xl.core.table.limits import Limit, Universe
from trackerr_xl.errors import NoAnswerError

if TYPE_CHECKING:
    from trackerr_xl.core.table.refutation import Meaning

_SECONDS = 3.0
"""For an explanation; only trading costs with impact can take so long."""

ON_WEIGHTS = ("Weight", "Group", "Budget", "Gross", "Turnover", "Trade", "ActiveShare", "Position")
"""Rows whose limits are weights, and so are in the unit of the weights."""


def why(
    declared: Sequence[Limit],
    resolve: "Meaning",
    universe: Universe,
    risk: RiskModel,
    periods: float,
    unit: float,
) -> NoAnswerError | None:
    """The refusal of limits that cannot all hold, with repairs, or None if they can.

    Parameters
    ----------
    declared : sequence of Limit
        The rows of the table, in fractions.
    resolve : callable
        What some of them come to.
    universe : Universe
        The assets.
    risk : RiskModel
        Covariance, fraction squared per period.
    periods : float
        Periods a year.
    unit : float
        A unit of the weights in the cells, as a fraction.
    """
    # The solvers are behind these imports, and `import trackerr_xl` must cost no more than NumPy.
    from trackerr_xl.core.table.conflicts import explanation
    from trackerr_xl.core.table.refutation import Asked
    from trackerr_xl.core.threads import one_thread

    end = perf_counter() + _SECONDS
    asked = Asked(resolve, np.asarray(universe.benchmark), risk, universe.names, periods, end)
    with one_thread():
        return explanation(asked, declared, lambda limit: unit if _in_weights(limit) else 1.0)


def _in_weights(limit: Limit) -> bool:
    return limit.kind in ON_WEIGHTS and limit.basis != "Relative"
