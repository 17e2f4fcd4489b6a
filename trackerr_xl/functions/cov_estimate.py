"""Covariance: estimated from returns, with what the estimate rests on in words."""

from collections.abc import Iterator, Sequence

import numpy as np

from trackerr_xl.core.arrays import Matrix
from trackerr_xl.core.covariance.estimate import Estimate, Method, Missing, estimate
from trackerr_xl.core.words import listed
from trackerr_xl.errors import InputError
from trackerr_xl.functions.measure import periods_argument
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Panel

_HALFLIFE = 60.0

_WORDS: dict[str, str] = {
    "Sample": "Sample covariance, divided by T − 1",
    "EWMA": "Exponentially weighted covariance, weighted means taken off, divided by 1 − Σω²",
    "LW Identity": "Ledoit and Wolf 2004, target: the mean variance and no covariances; divided by T",
    "LW Index": "Ledoit and Wolf 2003, target: a single index, the mean of the names; divided by T",
    "LW Correlation": "Ledoit and Wolf 2004, target: the mean correlation for every two names; divided by T",
    "LW Nonlinear": "Ledoit and Wolf 2020, every eigenvalue shrunk by itself; divided by T − 1",
    "OAS": "Oracle approximating shrinkage, Chen et al. 2010, target: the mean variance; divided by T",
    "Denoise": "Sample covariance, divided by T − 1, the correlations' eigenvalues within noise made equal",
}


def cov_estimate(
    returns: Panel, method: Method, periods: float, halflife: float | None, missing: Missing
) -> Answer:
    """Covariance of the columns of a panel of returns, with their names on both edges."""
    if halflife is not None and method != "EWMA":
        raise InputError(f"is for EWMA, must be left out with the method {method}", argument="halflife")
    values = _oldest_first(returns)
    names = returns.columns or tuple(f"column {at + 1}" for at in range(values.shape[1]))
    found = estimate(values, names, method, missing, halflife or _HALFLIFE)
    notes = (
        ("Method", f"{_WORDS[method]}; times {periods:g} periods a year."),
        ("Dates", _dates(values, found, missing)),
        *_details(found, method, halflife or _HALFLIFE),
        *_gaps(values, names),
        *_warnings(values, names, found),
    )
    return Answer(edged(found.matrix * periods, returns.columns), notes)


def edged(matrix: Matrix, names: Sequence[str] | None) -> Matrix | list[list[Value]]:
    """A matrix with its names on both edges, so that it can be given to any function as cov."""
    if names is None:
        return matrix
    rows = zip(names, matrix.tolist(), strict=True)
    return [["", *names], *([name, *row] for name, row in rows)]


def _oldest_first(returns: Panel) -> Matrix:
    """Rows by date where dates stand beside them, as they are otherwise."""
    if returns.rows is None or not all(label.isdecimal() for label in returns.rows):
        return returns.values
    return returns.values[sorted(range(returns.size), key=[int(label) for label in returns.rows].__getitem__)]


def _dates(values: Matrix, found: Estimate, missing: str) -> str:
    complete = int((~np.isnan(values).any(axis=1)).sum())
    if complete == len(values):
        return f"{len(values)} dates, no returns missing."
    used = {
        "Complete": f"only the {found.dates} on which no return is missing are used",
        "Pairwise": f"{complete} are complete; each two names are estimated over the dates they have in common",
        "EM": f"{complete} are complete; what is missing is expected from what is known, by expectation and maximisation",
    }
    return f"{len(values)} dates, {used[missing]}."


def _details(found: Estimate, method: str, halflife: float) -> Iterator[tuple[str, str]]:
    if method == "EWMA":
        yield (
            "Weights",
            f"Halflife {halflife:g}, λ = {0.5 ** (1.0 / halflife):.6g}, effective dates {found.effective:.4g}; the last row is the newest.",
        )
    if found.intensity is not None:
        yield "Shrinkage", f"Intensity {found.intensity:.6g}: the share of the target."
    if found.kept is not None:
        yield "Noise", f"{found.kept} of {int(found.moving.sum())} eigenvalues stand out of the noise."
    if found.repaired > 0.0:
        yield (
            "Repair",
            f"Pairwise estimates could not hold together: moved to the nearest possible correlations, by {100.0 * found.repaired:.3g} % of the matrix's norm.",
        )


def _gaps(values: Matrix, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    counts = (~np.isnan(values)).sum(axis=0)
    for name, count in zip(names, counts.tolist(), strict=True):
        if count < len(values):
            yield "Observations", f"{name}: {count} of {len(values)} returns."


def _warnings(values: Matrix, names: Sequence[str], found: Estimate) -> Iterator[tuple[str, str]]:
    still = [name for name, moves in zip(names, found.moving.tolist(), strict=True) if not moves]
    if still:
        yield "Warning", f"No variance over these dates, zeros by any method: {listed(still)}."
    largest = float(np.nanmax(np.abs(values)))
    if largest > 1.0:
        yield (
            "Warning",
            f"There are returns as large as {100.0 * largest:.6g} %: divide percentages by 100.",
        )
    moving = int(found.moving.sum())
    if found.effective <= moving and found.intensity is None and found.kept is None:
        yield (
            "Warning",
            f"{moving} names need more than {found.effective:.4g} effective dates: some portfolios seem to have no risk. Use a shrinkage method.",
        )


RETURNS = Argument(
    "returns",
    "panel",
    "Simple returns: a row for each date, oldest first unless dates stand at the left; a column for each name, names on top if wanted. Empty: missing.",
    unit="fraction per period",
    blanks=True,
)

COV_ESTIMATE = SheetFunction(
    name="COV_ESTIMATE",
    category="covariance",
    summary="Covariance of returns: sample, exponentially weighted, shrunk or denoised; missing returns are never taken for zeros.",
    arguments=(
        RETURNS,
        Argument(
            "method",
            "choice",
            "Sample. EWMA: newer dates count more. LW Identity, LW Index, LW Correlation: Ledoit and Wolf's three targets. LW Nonlinear. OAS. Denoise: eigenvalues within noise made equal.",
            default="Sample",
            choices=tuple(_WORDS),
        ),
        periods_argument("the returns, which the covariance is multiplied by"),
        Argument(
            "halflife",
            "number",
            "EWMA only: periods after which a weight has halved; 60 when left out.",
            unit="periods",
            default=None,
            minimum=0.1,
            maximum=1e6,
        ),
        Argument(
            "missing",
            "choice",
            "Complete: dates without gaps. Pairwise (Sample, EWMA): the dates two names share, then made possible. EM (Sample): the most likely under normal returns.",
            default="Complete",
            choices=("Complete", "Pairwise", "EM"),
        ),
    ),
    result=Result(
        "table", "Covariance, n × n, with the names on both edges if the returns have them.", unit="fraction²"
    ),
    run=cov_estimate,
    example='=COV_ESTIMATE(Returns, "LW Correlation", 12)',
)
