"""What templates with a factor model share: the call that makes it, and a tracking error by its factors without us."""

from collections.abc import Callable, Sequence
from typing import Final

from trackerr_xl.workbook.templates.equalities import FIRST
from trackerr_xl.workbook.templates.page import Page

MODEL: Final = 'RISK_MODEL(Exposures, Factor_Covariance, Specific_Risk, "Decimal sd")'
"""Within the formulas that need it: a name in a cell of its own means nothing until that cell is calculated."""

VARIANCE: Final = "I4"
"""Cell of the sheet *Checks* with the active variance a year."""


def write_factor_audit(
    page: Page,
    factors: Sequence[str],
    active: str,
    exposures: Callable[[int], str],
    covariance: Callable[[int], str],
    *further: str,
) -> None:
    """Write exposures and their products with the covariance in columns H to J, and the variance above them.

    Parameters
    ----------
    page : Page
        The sheet *Checks*.
    factors : sequence of str
        Names of the factors.
    active : str
        Cells of the active weights, or a formula of them.
    exposures, covariance : callable
        Cells of the exposures to a factor, and of its row of the covariance, by its place.
    *further : str
        Headings of columns after these.
    """
    last = FIRST + len(factors) - 1
    page.put("H4", "Variance a year", "strong")
    variance = f"=SUMPRODUCT(I{FIRST}:I{last},J{FIRST}:J{last})+SUMPRODUCT({active},{active},Specific_Risk,Specific_Risk)"
    page.formula(VARIANCE, variance, "strong", "exact")
    page.headings("H5", ["Factor", "Active exposure", "F × exposure", *further])
    for k, factor in enumerate(factors):
        row = FIRST + k
        page.put(f"H{row}", factor, "body", "left")
        page.formula(f"I{row}", f"=SUMPRODUCT({active},{exposures(k)})", "body", "signed fraction")
        page.formula(f"J{row}", f"=SUM(MMULT({covariance(k)},$I${FIRST}:$I${last}))", "body", "exact")
