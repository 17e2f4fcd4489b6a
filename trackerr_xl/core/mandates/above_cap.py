"""Why no weights are within a cap on tracking error: the least there is within the other limits."""

from trackerr_xl.core.mandates.mandate import Mandate
from trackerr_xl.core.solution import Solution
from trackerr_xl.errors import NoAnswerError


def above_cap(mandate: Mandate, least: Solution) -> NoAnswerError:
    """The refusal of a cap below the least tracking error.

    Parameters
    ----------
    mandate : Mandate
        With its cap.
    least : Solution
        Of least tracking error within the other limits.
    """
    error = float(least.active_variance**0.5)
    return NoAnswerError(
        f"{mandate.te_label} allows a tracking error of at most {mandate.te_cap:.6g} per period, "
        f"the least within the other limits is {error:.6g}",
        rows=(mandate.te_label,),
        repairs=(f"Raise the Max of {mandate.te_label} to {error * 1.000001:.6g} per period",),
    )
