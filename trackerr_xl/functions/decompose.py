"""Decomposing: which names and groups the tracking error comes from."""

import numpy as np

from trackerr_xl.core import risk
from trackerr_xl.core.arrays import Vector
from trackerr_xl.core.risk import Contributions
from trackerr_xl.core.risk_model import RiskModel
from trackerr_xl.core.words import key
from trackerr_xl.functions.arguments import BENCHMARK, PORTFOLIO
from trackerr_xl.functions.match import (
    check_fractions,
    covariance_of,
    groups_of,
    risk_warnings,
    spread,
    sum_warnings,
    union,
)
from trackerr_xl.functions.measure import COV_HELP, periods_argument
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Covariance, Groups, Labelled

HEADERS = ("Name", "Active weight", "MCTE", "CTE", "% of TE", "Stand-alone TE")
"""Columns of the table; the first is "Group" where groups are given."""

_NEUTRAL = 1e-12
"""A group whose active weight is this small beside its gross active weight has no marginal contribution."""


def te_contrib(
    portfolio: Labelled,
    benchmark: Labelled,
    cov: Covariance,
    groups: Groups | None,
    periods: float,
    funding: str,
) -> Answer:
    """Contributions to the ex-ante tracking error, per name or per group."""
    vectors = {"portfolio": portfolio, "benchmark": benchmark}
    for argument, vector in vectors.items():
        check_fractions(vector, argument)
    names = union(vectors, {"cov": cov, "groups": groups})
    held, index = spread(portfolio, names), spread(benchmark, names)
    model = covariance_of(cov, names, held.size)
    parts = risk.contributions(held, index, model, periods, funding)
    active = held - index
    if groups is None:
        labels = names or cov.labels or tuple(f"Asset {at + 1}" for at in range(held.size))
        members = {label: [at] for at, label in enumerate(labels)}
    else:
        members = _members(groups_of(groups, names))
    alone = _stand_alone(active, model, list(members.values()), periods)
    body = [
        _row(label, places, active, parts, apart)
        for (label, places), apart in zip(members.items(), alone, strict=True)
    ]
    total = parts.tracking_error
    share = 1.0 if total > 0.0 else None
    header: list[Value] = ["Name" if groups is None else "Group", *HEADERS[1:]]
    diversification: list[Value] = ["Diversification", "", "", "", "", total - float(sum(alone))]
    last: list[Value] = ["Total", float(active.sum()), "", total, share, total]
    notes = (*_notes(parts, funding, periods), *sum_warnings(vectors), *risk_warnings(model))
    return Answer([header, *body, diversification, last], notes)


def _members(groups: tuple[str, ...]) -> dict[str, list[int]]:
    members: dict[str, list[int]] = {}
    spelling: dict[str, str] = {}
    for at, group in enumerate(groups):
        members.setdefault(spelling.setdefault(key(group), group), []).append(at)
    return members


def _stand_alone(active: Vector, cov: RiskModel, members: list[list[int]], periods: float) -> list[float]:
    """Tracking error of each group as if it were the only active one."""
    if all(len(places) == 1 for places in members):
        # One call a name would take a second where a risk model has thousands.
        singles = [at for (at,) in members]
        alone = np.abs(active) * np.sqrt(cov.diagonal()) * np.sqrt(periods)
        return [float(value) for value in alone[singles]]
    return [
        risk.tracking_error(active[places], np.zeros(len(places)), cov.part(np.array(places)), periods)
        for places in members
    ]


def _row(label: str, places: list[int], active: Vector, parts: Contributions, alone: float) -> list[Value]:
    weight = float(active[places].sum())
    contribution = float(parts.contribution[places].sum())
    share = contribution / parts.tracking_error if parts.tracking_error > 0.0 else None
    return [label, weight, _marginal(places, active, parts), contribution, share, alone]


def _marginal(places: list[int], active: Vector, parts: Contributions) -> Value:
    """Of one name its own; of a group the mean weighted by active weights, None where they cancel."""
    if parts.marginal is None:
        return None
    if len(places) == 1:
        return float(parts.marginal[places[0]])
    weight = float(active[places].sum())
    if abs(weight) <= _NEUTRAL * float(np.abs(active[places]).sum()):
        return None
    return float(parts.contribution[places].sum()) / weight


def _notes(parts: Contributions, funding: str, periods: float) -> tuple[tuple[str, str], ...]:
    notes = [
        (
            "Measure",
            f"Contributions to the ex-ante tracking error with {periods:g} periods a year; they sum to it.",
        ),
        ("Funding", f"{funding}: what is sold to buy a name."),
    ]
    if parts.marginal is None:
        notes.append(
            ("Warning", "The tracking error is 0: marginal contributions and shares of it do not exist.")
        )
    return tuple(notes)


TE_CONTRIB = SheetFunction(
    name="TE_CONTRIB",
    category="decomposing",
    summary="Contributions of names or groups to the ex-ante tracking error: marginal, total, share and stand-alone.",
    arguments=(
        PORTFOLIO,
        BENCHMARK,
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period"),
        Argument(
            "groups",
            "groups",
            "A group for each name: one column or row in the order of the portfolio, or [name, group].",
            default=None,
        ),
        periods_argument("the covariance"),
        Argument(
            "funding",
            "choice",
            "What is sold to buy a name: Cash, or a slice of the whole Benchmark.",
            default="Cash",
            choices=("Cash", "Benchmark"),
        ),
    ),
    result=Result(
        "table",
        "A row per name or group with active weight, marginal contribution, contribution, share of the tracking error and "
        "stand-alone tracking error; then diversification and total.",
        unit="fraction per year",
    ),
    run=te_contrib,
    example="=TE_CONTRIB(Portfolio, Benchmark, Cov, Sectors, 12)",
)
