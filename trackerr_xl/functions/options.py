"""The options table: every option declared once, with its default, its limits and whether it works yet."""

from dataclasses import dataclass

from trackerr_xl.functions.spec import Argument


@dataclass(frozen=True, slots=True)
class Options:
    """Options of an optimisation, in force.

    Parameters
    ----------
    periods : float
        Periods a year of the covariance; scales reported tracking errors, never the weights.
    units : {"Decimal", "Percent"}
        Unit of weights in and out, and of the limits on weights (Weight, Group and Budget rows).
    sum_to : float or None
        Sum of the weights where no Budget row says otherwise, in `units`; None is fully invested.
    missing : {"Refuse", "Drop"}
        What happens to a name that the covariance has not.
    layout : {"Weights", "Full"}
        What is spilled.
    funding : {"Cash", "Benchmark"}
        How contributions are counted in the layout Full.
    tolerance : float
        Largest relative gap and violation an answer may have.
    """

    periods: float = 1.0
    units: str = "Decimal"
    sum_to: float | None = None
    missing: str = "Refuse"
    layout: str = "Weights"
    funding: str = "Cash"
    tolerance: float = 1e-9


FIELDS = {
    "Periods": "periods",
    "Units": "units",
    "Sum to": "sum_to",
    "Missing cov name": "missing",
    "Layout": "layout",
    "Funding": "funding",
    "Tolerance": "tolerance",
}
"""Options that work now, and the field of `Options` each one sets."""

OPTIONS = (
    Argument(
        "Units",
        "choice",
        "Unit of weights and of limits on weights.",
        default="Decimal",
        choices=("Decimal", "Percent"),
    ),
    Argument(
        "Periods", "number", "Periods a year of the covariance.", default=1.0, minimum=0.001, maximum=1e6
    ),
    Argument(
        "Sum to",
        "number",
        "Sum of the weights without a Budget row.",
        default=None,
        minimum=-1e6,
        maximum=1e6,
    ),
    Argument(
        "Missing cov name", "choice", "A name that cov has not.", default="Refuse", choices=("Refuse", "Drop")
    ),
    Argument("Layout", "choice", "What is spilled.", default="Weights", choices=("Weights", "Full")),
    Argument(
        "Funding", "choice", "How contributions are counted.", default="Cash", choices=("Cash", "Benchmark")
    ),
    Argument(
        "Tolerance", "number", "Largest relative gap of an answer.", default=1e-9, minimum=1e-12, maximum=1e-4
    ),
    Argument(
        "Objective",
        "text",
        "What is made least or most.",
        default="Min TE",
        later="Only Min TE is carried out yet",
    ),
    Argument(
        "Risk aversion", "text", "For Max utility.", default="1", later="Max utility is not carried out yet"
    ),
    Argument(
        "Turnover", "text", "How turnover is counted.", default="One-way", later="Turnover is not counted yet"
    ),
    Argument("Gap", "text", "Integer part.", default="0.01", later="Counting names is not carried out yet"),
    Argument("Seconds", "text", "Integer part.", default="10", later="Counting names is not carried out yet"),
    Argument("Method", "text", "Loss of TE_TRACK.", default="Std", later="TE_TRACK is not carried out yet"),
)
"""Every option by the name it has in the table."""
