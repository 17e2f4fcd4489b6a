"""Many tracking problems at once: those that share a risk model and rows go through one stacked Newton.

What the stack does not prove, and what does not fit into one, is solved one by one: the answers are the same.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.batch_proof import Claims, Proofs, prove
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel
from trackerr_xl.core.solution import Certificate, Solution
from trackerr_xl.core.solve import TOLERANCE, solve
from trackerr_xl.core.solvers import batch_active_set, batch_newton, scaling
from trackerr_xl.core.solvers.batch_newton import Accounts, Shared
from trackerr_xl.core.solvers.certificate import measure
from trackerr_xl.core.solvers.program import DenseHessian
from trackerr_xl.core.threads import one_thread
from trackerr_xl.errors import TrackerrError

STACKED = 256
"""Accounts in one stack: more gain nothing and their Newton matrices leave the cache."""
FEWEST = 3
"""Accounts from which a stack is worth preparing."""
LARGEST_DENSE = 300
"""Names above which a dense covariance is solved alone: the systems of the limits that hold cost what a stack saves."""
_PAIRS = 40_000_000
"""Largest number of pairwise products of columns, names times pairs: 160 MB."""

Answered = Solution | TrackerrError
"""What an account gets: its weights, or why there are none."""


def solve_all(problems: Sequence[TrackingProblem], seconds: float | None = None) -> list[Answered]:
    """Weights of least tracking error for every problem, proved as by `solve`.

    Parameters
    ----------
    problems : sequence of TrackingProblem
        In any mixture; fastest when they share the risk model and the coefficients of their rows.
    seconds : float, optional
        Time limit of each that has to be solved alone.

    Returns
    -------
    list of Solution or TrackerrError
        In the order of the problems; an error where a problem has no answer. It does not stop the others.
    """
    answers: dict[int, Answered] = {}
    with one_thread():
        for places in _stacks(problems):
            for first in range(0, len(places), STACKED):
                some = places[first : first + STACKED]
                # One system without a solution stops its whole stack: then all are solved alone.
                with suppress(np.linalg.LinAlgError):
                    answers |= dict(zip(some, _solved([problems[at] for at in some]), strict=True))
    return [
        answers[at] if _is_proved(answers.get(at)) else _alone(problem, seconds)
        for at, problem in enumerate(problems)
    ]


def _is_proved(answer: Answered | None) -> bool:
    if not isinstance(answer, Solution):
        return False
    proof = answer.certificate
    return max(proof.violation, proof.relative_gap, proof.stationarity) <= TOLERANCE


def _alone(problem: TrackingProblem, seconds: float | None) -> Answered:
    try:
        return solve(problem, seconds=seconds)
    except TrackerrError as error:
        return error


def _stacks(problems: Sequence[TrackingProblem]) -> Iterator[list[int]]:
    """Places of problems that differ in numbers only."""
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    matrices: dict[float, list[Matrix]] = {}
    for at, problem in enumerate(problems):
        if _fits(problem):
            rows = problem.rows
            equal = (rows.lower == rows.upper).tobytes()
            alike[_risk(problem), _name(rows.matrix, matrices), equal, problem.bent.upper.size].append(at)
    yield from (places for places in alike.values() if len(places) >= FEWEST)


def _name(matrix: Matrix, known: dict[float, list[Matrix]]) -> tuple[float, int]:
    """What equal matrices have in common and others have not; most problems share the very array."""
    total = float(matrix.sum())
    alike = known.setdefault(total, [])
    for at, other in enumerate(alike):
        if matrix is other or np.array_equal(matrix, other):
            return total, at
    alike.append(matrix)
    return total, len(alike) - 1


def _risk(problem: TrackingProblem) -> int:
    """What problems on one covariance have in common."""
    risk = problem.risk
    return id(risk.matrix) if isinstance(risk, DenseCovariance) else id(risk)


def _fits(problem: TrackingProblem) -> bool:
    bent = problem.bent
    if problem.rows.penalty is not None:
        return False
    if not isinstance(problem.risk, FactorModel):
        return problem.risk.size <= LARGEST_DENSE and not bent.upper.size
    n, k = problem.risk.loadings.shape
    width = k + problem.rows.lower.size
    plain = bent.upper.size == 0 or (bent.upper.size == 1 and not bent.slope.any() and bool(bent.hard.all()))
    return plain and n * width * (width + 1) // 2 <= _PAIRS


def _solved(problems: Sequence[TrackingProblem]) -> list[Solution]:
    program, units = scaling.scaled(problems[0])
    accounts = _accounts(problems, units, program.equalities)
    if isinstance(program.hessian, DenseHessian):
        return _solutions(problems, units, 0, accounts, batch_active_set.minimise(program, accounts))
    factors = program.hessian.loadings.shape[1]
    columns = np.concatenate([program.hessian.loadings, program.rows.T], axis=1)
    newton = batch_newton.Newton.of(Shared(columns, program.hessian.specific, factors, program.equalities))
    ended = batch_newton.minimise(newton, accounts)
    solutions = _solutions(problems, units, factors, accounts, ended)
    # Beside a very small tracking error the usual accuracy is not enough.
    late = [at for at, solution in enumerate(solutions) if not _is_proved(solution)]
    if late:
        some = [problems[at] for at in late]
        part = accounts.part(np.array(late))
        refined = batch_newton.refine(newton, part, ended.duals[late])
        for at, solution in zip(late, _solutions(some, units, factors, part, refined), strict=True):
            solutions[at] = solution
    return solutions


def _solutions(
    problems: Sequence[TrackingProblem],
    units: scaling.Scaling,
    factors: int,
    accounts: Accounts,
    ended: batch_newton.Ended,
) -> list[Solution]:
    """Weights and multipliers in the problems' own units, and what they prove."""
    benchmark = _stacked([problem.benchmark for problem in problems])
    free = benchmark + ended.x / units.spread
    if accounts.bent:
        free = np.where((ended.x == accounts.at) & (accounts.bend > 0.0), _stack(problems, "at"), free)
    lower, upper = _stacked([each.lower for each in problems]), _stacked([each.upper for each in problems])
    weights = np.where(ended.x <= accounts.lower, lower, np.where(ended.x >= accounts.upper, upper, free))
    weights = np.clip(weights, lower, upper)
    rows = problems[0].rows.lower.size
    duals = np.empty((len(problems), rows))
    duals[:, units.order] = ended.duals[:, factors : factors + rows] * (units.objective / units.row_units)
    if accounts.bent:
        eta = ended.duals[:, -1] * (units.objective / units.bent_units[0])
        return [_measured(*claim) for claim in zip(problems, weights, duals, eta[:, None], strict=True)]
    linear = _stacked([problem.linear for problem in problems])
    row_lower, row_upper = (
        _stacked([getattr(each.rows, side) for each in problems]) for side in ("lower", "upper")
    )
    claims = Claims(weights, benchmark, linear, lower, upper, row_lower, row_upper, duals)
    proofs = prove(problems[0].risk, problems[0].rows.matrix, claims)
    return [_solution(weights[at], proofs, at) for at in range(len(problems))]


def _stacked(vectors: Sequence[Vector]) -> Matrix:
    """Vectors as rows; half the time of `np.stack`, which counts where there are hundreds."""
    return np.concatenate(vectors).reshape(len(vectors), -1)


def _stack(problems: Sequence[TrackingProblem], part: str) -> Matrix:
    return np.concatenate([getattr(problem.bent, part) for problem in problems])


def _accounts(problems: Sequence[TrackingProblem], units: scaling.Scaling, equalities: int) -> Accounts:
    """The accounts' own numbers in the units of `scaling.scaled`."""
    spread, benchmark = units.spread, _stacked([problem.benchmark for problem in problems])
    held = benchmark @ problems[0].rows.matrix[units.order].T
    row_lower, row_upper = (
        (_stacked([getattr(each.rows, side) for each in problems])[:, units.order] - held) / units.row_units
        for side in ("lower", "upper")
    )
    linear = _stacked([problem.linear for problem in problems]) / (spread * units.objective)
    lower, upper = (
        spread * (_stacked([getattr(each, side) for each in problems]) - benchmark)
        for side in ("lower", "upper")
    )
    targets, row_lower, row_upper = (
        row_lower[:, :equalities],
        row_lower[:, equalities:],
        row_upper[:, equalities:],
    )
    none = np.empty((len(problems), 0))
    if not problems[0].bent.upper.size:
        return Accounts(linear, lower, upper, targets, row_lower, row_upper, none, none)
    # The unit of a bent row is the first account's: a power of two, so nothing is rounded.
    unit = units.bent_units[0]
    bend, at = _stack(problems, "bend") / (spread * unit), spread * (_stack(problems, "at") - benchmark)
    limit = _stacked([problem.bent.upper for problem in problems]) / unit
    return Accounts(
        linear,
        lower,
        upper,
        targets,
        np.concatenate([row_lower, np.full_like(limit, -np.inf)], axis=1),
        np.concatenate([row_upper, limit], axis=1),
        bend,
        at,
    )


def _measured(problem: TrackingProblem, weights: Vector, duals: Vector, bent_duals: Vector) -> Solution:
    found = measure(problem, weights, duals, bent_duals)
    return Solution(
        weights,
        found.active_variance,
        found.row_duals,
        found.reduced_gradient,
        found.bent_duals,
        found.certificate,
        "batch",
        1,
    )


def _solution(weights: Vector, proofs: Proofs, at: int) -> Solution:
    certificate = Certificate(
        float(proofs.violation[at]),
        float(proofs.gap[at]),
        float(proofs.relative_gap[at]),
        float(proofs.stationarity[at]),
    )
    return Solution(
        weights,
        float(proofs.active_variance[at]),
        proofs.duals[at],
        proofs.reduced_gradient[at],
        np.empty(0),
        certificate,
        "batch",
        1,
    )
