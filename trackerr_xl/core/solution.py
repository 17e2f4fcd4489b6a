"""A solved tracking problem with its proof."""

from dataclasses import dataclass

from trackerr_xl.core.arrays import Vector


@dataclass(frozen=True, slots=True)
class Certificate:
    """Residuals measured on the answer itself, by code that no solver shares.

    Parameters
    ----------
    violation : float
        Largest breach of any limit, in units of the limit scaled by its row's largest coefficient.
    gap : float
        Rigorous bound on how much lower the active variance could be, fraction squared per period.
    relative_gap : float
        `gap` over the scale of the problem stated in `core.solve`.
    stationarity : float
        Largest residual of the optimality condition, relative.
    """

    violation: float
    gap: float
    relative_gap: float
    stationarity: float


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Weights of least tracking error, proved.

    Parameters
    ----------
    weights : ndarray of shape (n,)
        Fractions of capital.
    active_variance : float
        (w − b)'Σ(w − b), fraction squared per period.
    row_duals : ndarray of shape (m,)
        Derivative of the active variance's half with respect to each row, in the order of `TrackingProblem.rows`;
        positive at an upper limit.
    reduced_gradient : ndarray of shape (n,)
        Multiplier of each weight's own limits, Σ(w − b) + linear + R'y and the slopes of the bent rows that are
        nearest to making it zero: zero where the weight is free or held by a bend, positive where its lower limit
        holds it, negative where its upper limit does; fraction squared per period.
    bent_duals : ndarray of shape (m',)
        Derivative of the objective with respect to each bent row, in the order of `TrackingProblem.bent`; from zero
        to the row's penalty.
    certificate : Certificate
        The proof.
    method : str
        Which road led here, for `TE_EXPLAIN` and for benchmarks.
    iterations : int
        Steps of that method.
    """

    weights: Vector
    active_variance: float
    row_duals: Vector
    reduced_gradient: Vector
    bent_duals: Vector
    certificate: Certificate
    method: str
    iterations: int
