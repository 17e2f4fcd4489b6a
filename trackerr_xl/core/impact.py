"""The best weights under costs of trading that are not linear."""

from collections.abc import Callable

from trackerr_xl.core.mandate import Achieved, Mandate
from trackerr_xl.core.tradeoff import Curved
from trackerr_xl.errors import NotYetError


def achieve_with_costs(
    mandate: Mandate, of_straight_limits: Callable[[Mandate, Curved | None], Achieved]
) -> Achieved:
    """The best weights with the mandate's cost rows."""
    raise NotYetError("has a Cost row with Impact, which cannot be carried out yet", argument="constraints")
