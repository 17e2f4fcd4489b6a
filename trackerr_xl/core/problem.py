"""The tracking problem: the only door into the solvers, and the only place where its mathematics is checked."""

from dataclasses import dataclass

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.risk_model import RiskModel


@dataclass(frozen=True, slots=True, eq=False)
class LinearRows:
    """Rows lower ≤ Rw ≤ upper, each with the user's own label; equal limits make an equality.

    Parameters
    ----------
    matrix : ndarray of shape (m, n)
        Coefficients R.
    lower, upper : ndarray of shape (m,)
        Limits, infinite where there is none.
    labels : tuple of str
        One label a row, as the user would recognise it, such as ``"Group Sector=Banks (row 4)"``.
    """

    matrix: Matrix
    lower: Vector
    upper: Vector
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TrackingProblem:
    """Least active variance (w − b)'Σ(w − b) under limits on w. Made by `build`, which checks everything.

    Parameters
    ----------
    benchmark : ndarray of shape (n,)
        Benchmark weights b, fractions of capital.
    risk : RiskModel
        Covariance Σ, fraction squared per period.
    lower, upper : ndarray of shape (n,)
        Limits of each weight; equal where a weight is fixed.
    rows : LinearRows
        Every other linear limit, the budget among them.
    names : tuple of str
        One name an asset, used in messages only.
    """

    benchmark: Vector
    risk: RiskModel
    lower: Vector
    upper: Vector
    rows: LinearRows
    names: tuple[str, ...]

    @classmethod
    def build(
        cls,
        benchmark: Vector,
        cov: Matrix | RiskModel,
        upper: Vector | float = 1.0,
        lower: Vector | float = 0.0,
        *,
        budget: float | tuple[float, float] | None = 1.0,
        rows: LinearRows | None = None,
        names: tuple[str, ...] | None = None,
    ) -> "TrackingProblem":
        """Check the parts and put them together; the budget Σw becomes the first row unless it is None."""
        raise NotImplementedError
