"""Decomposing by factor: which factors of a risk model the tracking error comes from."""

from collections.abc import Iterator, Sequence

import numpy as np

from trackerr_xl.core.factor_risk import FactorRisk, factor_risk
from trackerr_xl.core.words import key, listed
from trackerr_xl.errors import LabelError, ShapeError
from trackerr_xl.functions.arguments import BENCHMARK, PORTFOLIO
from trackerr_xl.functions.factor_parts import (
    EXPOSURES,
    FACTOR_COV,
    UNITS,
    FactorParts,
    factor_parts,
    part_warnings,
)
from trackerr_xl.functions.match import (
    check_fractions,
    groups_of,
    no_entry,
    not_listed,
    places_of,
    spread,
    sum_warnings,
    union,
)
from trackerr_xl.functions.measure import periods_argument
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Groups, Labelled, LabelledMatrix, Panel

HEADERS = ("Factor", "Active exposure", "Isolated TE", "Cumulative TE", "Change", "CTE", "% of TE")
"""Columns of the table; the first is "Block" where blocks are given."""


def te_factors(
    portfolio: Labelled,
    benchmark: Labelled,
    exposures: Panel,
    factor_cov: LabelledMatrix,
    specific: Labelled | None,
    periods: float,
    units: str,
    blocks: Groups | None,
) -> Answer:
    """Contributions to the ex-ante tracking error, per factor or block of factors, and specific."""
    vectors = {"portfolio": portfolio, "benchmark": benchmark}
    for argument, vector in vectors.items():
        check_fractions(vector, argument)
    parts = factor_parts(exposures, factor_cov, specific, units)
    names = union(vectors, {"exposures": Panel(parts.exposures, parts.names)})
    active = spread(portfolio, names) - spread(benchmark, names)
    rows = _rows(parts, names, active.size)
    members = _members(parts, blocks)
    places = None if blocks is None else list(members.values())
    risk = factor_risk(active, parts.exposures[rows], parts.factor_cov, parts.specific[rows], periods, places)
    notes = (
        *_notes(risk, parts, specific is None, periods),
        *sum_warnings(vectors),
        *part_warnings(parts),
    )
    header: list[Value] = ["Factor" if blocks is None else "Block", *HEADERS[1:]]
    return Answer([header, *_body(list(members), risk)], notes)


def _members(parts: FactorParts, blocks: Groups | None) -> dict[str, list[int]]:
    """Places of the factors by factor, or by block in order of appearance."""
    if blocks is None:
        return {factor: [at] for at, factor in enumerate(parts.factors)}
    if blocks.labels is None and blocks.size != len(parts.factors):
        raise ShapeError(
            f"has {blocks.size} entries, must have {len(parts.factors)} like the columns of exposures",
            argument="blocks",
        )
    members: dict[str, list[int]] = {}
    spelling: dict[str, str] = {}
    for at, block in enumerate(groups_of(blocks, parts.factors, "blocks", "a block for each factor")):
        members.setdefault(spelling.setdefault(key(block), block), []).append(at)
    return members


def _rows(parts: FactorParts, names: tuple[str, ...] | None, size: int) -> list[int]:
    """Rows of the exposures in the order of the names."""
    if parts.names is None or names is None:
        if len(parts.exposures) != size:
            raise ShapeError(
                f"has {len(parts.exposures)} rows, must have {size} like portfolio", argument="exposures"
            )
        return list(range(size))
    missing = not_listed(names, parts.names)
    if missing:
        raise LabelError(
            no_entry(missing, parts.names, "a row for each name, zeros for cash"), argument="exposures"
        )
    return places_of(names, parts.names)


def _body(labels: Sequence[str], risk: FactorRisk) -> Iterator[list[Value]]:
    total = risk.tracking_error
    changes = np.diff(risk.cumulative, prepend=0.0)
    numbers = np.column_stack([risk.exposure, risk.isolated, risk.cumulative, changes, risk.contribution])
    for factor, row in zip(labels, numbers.tolist(), strict=True):
        yield [factor, *row, _share(row[-1], total)]
    before = float(risk.cumulative[-1])
    part = risk.specific_contribution
    yield ["Specific", "", risk.specific, total, total - before, part, _share(part, total)]
    yield ["Total", "", total, total, total, total, _share(total, total)]


def _share(part: float, total: float) -> Value:
    return part / total if total > 0.0 else None


def _notes(
    risk: FactorRisk, parts: FactorParts, without_specific: bool, periods: float
) -> Iterator[tuple[str, str]]:
    yield (
        "Measure",
        f"Contributions to the ex-ante tracking error with {periods:g} periods a year; they sum to it. "
        "Cumulative: factors in the order of exposures, then specific; the changes sum to the total too.",
    )
    if without_specific:
        yield "Warning", "Specific risk is left out: the tracking error is that of the factors alone."
    if risk.tracking_error == 0.0:
        yield "Warning", "The tracking error is 0: shares of it do not exist."
    without_risk = [
        factor
        for factor, variance in zip(parts.factors, parts.factor_cov.diagonal(), strict=True)
        if variance == 0.0
    ]
    if without_risk:
        yield "Warning", f"{listed(without_risk)} has no variance in factor_cov: contributes nothing."


TE_FACTORS = SheetFunction(
    name="TE_FACTORS",
    category="decomposing",
    summary="Contributions to the ex-ante tracking error by factor of a risk model, and specific: isolated, cumulative, change.",
    arguments=(
        PORTFOLIO,
        BENCHMARK,
        EXPOSURES,
        FACTOR_COV,
        Argument(
            "specific",
            "weights",
            "Specific variance of each name, or its standard deviation: see units. Left out: none.",
            unit="see units",
            default=None,
        ),
        periods_argument("factor_cov and specific"),
        UNITS,
        Argument(
            "blocks",
            "groups",
            "A block for each factor, such as Curve and Spreads: one row or column in the order of exposures, or [factor, block].",
            default=None,
        ),
    ),
    result=Result(
        "table",
        "A row per factor or block with active exposure, isolated, cumulative and change of tracking error, contribution and share; "
        "then specific and total.",
        unit="fraction per year",
    ),
    run=te_factors,
    example="=TE_FACTORS(Portfolio, Benchmark, Exposures, FactorCov, Specific, 12)",
)
