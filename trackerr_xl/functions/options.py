"""The options table: every option declared once, with its default, its limits and whether it works yet."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trackerr_xl.functions.spec import Argument

if TYPE_CHECKING:
    from trackerr_xl.core.covariance.estimate import Method, Missing
    from trackerr_xl.core.mandates.mandate import Objective


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
    objective : str
        What is made best.
    risk_aversion : float
        Of the utility alpha'w − ½ risk aversion · TE².
    turnover : {"One-way", "Two-way"}
        Half the sum of purchases and sales, or the whole.
    seconds : float
        After which the search for an answer ends.
    observations : float or None
        Periods of returns that the covariance was estimated from; None where that is not known.
    points : float or None
        Portfolios on a frontier; None is all corners, or 30 where there are none.
    method : str
        Loss of TE_TRACK, with its number.
    gap : float
        Where names are counted, the largest share of the objective by which a better answer may remain unfound.
    lookback : float
        Periods before a rebalance of TE_BACKTEST from which risk is estimated.
    covariance : str
        How it is estimated, as COV_ESTIMATE has it.
    halflife : float
        Periods after which a weight of EWMA has halved.
    missing_returns : {"Complete", "Pairwise", "EM"}
        What is done about gaps, as COV_ESTIMATE has it.
    history : float
        Share of the look-back in which a name must have returns to be held.
    """

    periods: float = 1.0
    units: str = "Decimal"
    sum_to: float | None = None
    missing: str = "Refuse"
    layout: str = "Weights"
    funding: str = "Cash"
    tolerance: float = 1e-9
    objective: "Objective" = "Min TE"
    risk_aversion: float = 1.0
    turnover: str = "One-way"
    seconds: float = 10.0
    observations: float | None = None
    points: float | None = None
    method: str = "Std"
    gap: float = 0.01
    lookback: float = 60.0
    covariance: "Method" = "Sample"
    halflife: float = 60.0
    missing_returns: "Missing" = "Complete"
    history: float = 0.9


FIELDS = {
    "Periods": "periods",
    "Units": "units",
    "Sum to": "sum_to",
    "Missing cov name": "missing",
    "Layout": "layout",
    "Funding": "funding",
    "Tolerance": "tolerance",
    "Objective": "objective",
    "Risk aversion": "risk_aversion",
    "Turnover": "turnover",
    "Seconds": "seconds",
    "Observations": "observations",
    "Points": "points",
    "Method": "method",
    "Gap": "gap",
    "Look-back": "lookback",
    "Covariance": "covariance",
    "Halflife": "halflife",
    "Missing returns": "missing_returns",
    "History": "history",
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
        "choice",
        "What is made best; returns come from the column Alpha of the attributes.",
        default="Min TE",
        choices=("Min TE", "Max return", "Max utility", "Min turnover", "Min variance"),
    ),
    Argument(
        "Risk aversion",
        "number",
        "For Max utility: return less half of this times the squared tracking error, both per period.",
        default=1.0,
        minimum=1e-9,
        maximum=1e9,
    ),
    Argument(
        "Turnover",
        "choice",
        "How turnover is counted: half of purchases and sales, or the whole.",
        default="One-way",
        choices=("One-way", "Two-way"),
    ),
    Argument(
        "Seconds",
        "number",
        "After which the search for an answer ends.",
        default=10.0,
        minimum=0.001,
        maximum=86400.0,
    ),
    Argument(
        "Observations",
        "number",
        "Periods of returns behind cov; with it TE_EXPLAIN tells what tracking error to expect.",
        default=None,
        minimum=2.0,
        maximum=1e9,
    ),
    Argument(
        "Points",
        "number",
        "Portfolios of TE_FRONTIER, evenly spaced in tracking error; left out, all corners, or 30 where limits bend.",
        default=None,
        minimum=2.0,
        maximum=1000.0,
    ),
    Argument(
        "Gap",
        "number",
        "With Names or Position rows: how much better an answer may remain unfound, as a share of the objective.",
        default=0.01,
        minimum=0.0,
        maximum=1.0,
    ),
    Argument(
        "Method",
        "choice",
        "Loss of TE_TRACK; Huber with the active return beyond which deviations count by their size, CVaR with the share of "
        "dates left out.",
        default="Std",
        choices=("Std", "RMS", "MAD", "Downside", "Huber 0.02", "CVaR 95"),
    ),
    Argument(
        "Look-back",
        "number",
        "TE_BACKTEST: periods before a rebalance from which risk is estimated.",
        default=60.0,
        minimum=2.0,
        maximum=1e6,
    ),
    Argument(
        "Covariance",
        "choice",
        "TE_BACKTEST: how the covariance is estimated, as in COV_ESTIMATE.",
        default="Sample",
        choices=(
            "Sample",
            "EWMA",
            "LW Identity",
            "LW Index",
            "LW Correlation",
            "LW Nonlinear",
            "OAS",
            "Denoise",
        ),
    ),
    Argument(
        "Halflife",
        "number",
        "TE_BACKTEST with the covariance EWMA: periods after which a weight has halved.",
        default=60.0,
        minimum=0.1,
        maximum=1e6,
    ),
    Argument(
        "Missing returns",
        "choice",
        "TE_BACKTEST: what the covariance does about missing returns, as in COV_ESTIMATE.",
        default="Complete",
        choices=("Complete", "Pairwise", "EM"),
    ),
    Argument(
        "History",
        "number",
        "TE_BACKTEST: share of the look-back in which a name must have returns to be held.",
        default=0.9,
        minimum=0.01,
        maximum=1.0,
    ),
)
"""Every option by the name it has in the table."""
