"""At most K names as SCIP is given it: the perspective formulation on loadings and specific variances."""

from dataclasses import dataclass

import numpy as np
import pyscipopt

from trackerr_xl.core.arrays import Mask
from trackerr_xl.core.problem import TrackingProblem
from trackerr_xl.core.risk_model import DenseCovariance, FactorModel, RiskModel


@dataclass(frozen=True)
class Searched:
    """What SCIP has found; its value is infinite and its names are none where it has no solution."""

    names: Mask
    value: float
    bound: float


def searched(problem: TrackingProblem, count: int, *, seconds: float, gap: float = 0.0) -> Searched:
    """At most `count` names, fully invested, by SCIP on one thread; its heuristics start from nothing, as ours."""
    risk = _with_specific(problem.risk)
    # Its tolerances are absolute: in percent the objective is large beside them.
    loadings, specific, b = 100.0 * risk.loadings, 1e4 * risk.specific, problem.benchmark
    n, k = loadings.shape
    model = pyscipopt.Model()
    model.hideOutput()
    model.setParam("limits/time", seconds)
    model.setParam("limits/gap", gap)
    w = [model.addVar(lb=0.0, ub=1.0) for _ in range(n)]
    z = [model.addVar(vtype="B") for _ in range(n)]
    own = [model.addVar(lb=0.0) for _ in range(n)]
    factors = [model.addVar(lb=None) for _ in range(k)]
    total = model.addVar(lb=0.0)
    model.addCons(pyscipopt.quicksum(w) == 1)
    model.addCons(pyscipopt.quicksum(z) <= count)
    exposure = loadings.T @ b
    for j in range(k):
        held = pyscipopt.quicksum(float(loadings[i, j]) * w[i] for i in range(n))
        model.addCons(factors[j] == held - float(exposure[j]))
    for i in range(n):
        model.addCons(w[i] <= z[i])
        model.addCons(w[i] * w[i] <= own[i] * z[i])
    model.addCons(pyscipopt.quicksum(f * f for f in factors) <= total)
    separate = pyscipopt.quicksum(
        0.5 * float(specific[i]) * own[i] - float(specific[i] * b[i]) * w[i] for i in range(n)
    )
    model.setObjective(0.5 * total + separate + 0.5 * float(specific @ b**2), "minimize")
    model.optimize()
    bound = float(model.getDualbound()) / 1e4
    if not model.getNSols():
        return Searched(np.zeros(n, dtype=np.bool_), np.inf, bound)
    held_names = np.array([model.getVal(each) > 0.5 for each in z])
    return Searched(held_names, float(model.getObjVal()) / 1e4, bound)


def _with_specific(risk: RiskModel) -> FactorModel:
    """A covariance as loadings and specific variances, of a dense one its least eigenvalue."""
    if isinstance(risk, FactorModel):
        return risk
    assert isinstance(risk, DenseCovariance)
    values, vectors = np.linalg.eigh(risk.matrix)
    return FactorModel(
        vectors * np.sqrt(np.maximum(values - values[0], 0.0)), np.full(values.size, values[0])
    )
