"""Attribution: where the active return came from, group by group."""

from collections.abc import Iterator

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.attribution import Effects, GroupReturns, brinson_fachler, compounded
from trackerr_xl.core.words import key, listed
from trackerr_xl.errors import InputError, LabelError
from trackerr_xl.functions.match import check_fractions, groups_of, union
from trackerr_xl.functions.panels import names_down, on_same_dates, over_names
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Groups, Labelled, Panel

HEADERS = (
    "Group",
    "Portfolio weight",
    "Benchmark weight",
    "Portfolio return",
    "Benchmark return",
    "Allocation",
    "Selection",
    "Interaction",
    "Total",
)
"""Columns of the table."""

_UNMATCHED = 1e-12
"""Weights whose sums differ by less are said to have the same sum."""


def brinson(
    portfolio: Panel, benchmark: Panel, portfolio_returns: Panel, benchmark_returns: Panel, groups: Groups
) -> Answer:
    """Allocation, selection and interaction per group, which sum to the active return."""
    panels = on_same_dates(
        {
            "portfolio": names_down(portfolio),
            "benchmark": names_down(benchmark),
            "portfolio_returns": names_down(portfolio_returns),
            "benchmark_returns": names_down(benchmark_returns),
        }
    )
    names = _names(panels, groups)
    held = _weights(panels["portfolio"], names, "portfolio")
    index = _weights(panels["benchmark"], names, "benchmark")
    if index.min() < 0.0:
        raise InputError("has a negative weight, must have none", argument="benchmark")
    returns = _returns(panels["portfolio_returns"], names, held, "portfolio_returns")
    others = _returns(panels["benchmark_returns"], names, index, "benchmark_returns")
    labels, member = _membership(groups_of(groups, names))
    sums = GroupReturns(
        (member @ held).T, (member @ index).T, (member @ (held * returns)).T, (member @ (index * others)).T
    )
    effects = brinson_fachler(sums)
    rows = [*_rows(labels, sums, effects), *_leftover(effects), _total(sums, effects)]
    return Answer([list(HEADERS), *rows], tuple(_notes(held, index, effects)))


def _names(panels: dict[str, Panel], groups: Groups) -> tuple[str, ...] | None:
    weights = {name: panels[name] for name in ("portfolio", "benchmark")}
    vectors = {name: Labelled(panel.values[:, 0], panel.rows) for name, panel in weights.items()}
    beside: dict[str, Panel | Groups | None] = {
        "portfolio_returns": panels["portfolio_returns"],
        "benchmark_returns": panels["benchmark_returns"],
        "groups": groups,
    }
    return union(vectors, beside)


def _weights(panel: Panel, names: tuple[str, ...] | None, argument: str) -> Matrix:
    for period in panel.values.T:
        check_fractions(Labelled(period), argument)
    return over_names(panel, names, absent=0.0)


def _returns(panel: Panel, names: tuple[str, ...] | None, weights: Matrix, argument: str) -> Matrix:
    """Returns, zero where nothing is held; a name that is held must have one."""
    returns = over_names(panel, names, absent=np.nan)
    lacking = np.flatnonzero((np.isnan(returns) & (weights != 0.0)).any(axis=1)).tolist()
    if lacking:
        shown = [names[at] if names else f"row {at + 1}" for at in lacking]
        raise LabelError(
            f"has no return for {listed(shown)}, must have one where there is a weight", argument=argument
        )
    return np.where(weights != 0.0, returns, 0.0)


def _membership(groups: tuple[str, ...]) -> tuple[list[str], Matrix]:
    """Groups in order of appearance, and a row of ones and zeros for each."""
    spelling: dict[str, str] = {}
    for group in groups:
        spelling.setdefault(key(group), group)
    keys = [key(group) for group in groups]
    return list(spelling.values()), np.array([[float(one == group) for one in keys] for group in spelling])


def _rows(labels: list[str], sums: GroupReturns, effects: Effects) -> Iterator[list[Value]]:
    for at, label in enumerate(labels):
        parts = [float(effect[at]) for effect in (effects.allocation, effects.selection, effects.interaction)]
        yield [
            label,
            float(sums.weights[:, at].mean()),
            float(sums.benchmark_weights[:, at].mean()),
            _return(sums.contributions[:, at], sums.weights[:, at]),
            _return(sums.benchmark_contributions[:, at], sums.benchmark_weights[:, at]),
            *parts,
            sum(parts),
        ]


def _return(contributions: Vector, weights: Vector) -> Value:
    """Return of a group over the periods in which it is held; None where it never is, or lost more than all."""
    held = weights != 0.0
    returns = contributions[held] / weights[held]
    if not held.any() or (returns.size > 1 and returns.min() <= -1.0):
        return None
    return compounded(returns)


def _leftover(effects: Effects) -> Iterator[list[Value]]:
    if abs(effects.unmatched) > _UNMATCHED:
        yield ["Weights unmatched", "", "", "", "", "", "", "", effects.unmatched]


def _total(sums: GroupReturns, effects: Effects) -> list[Value]:
    parts = [float(effect.sum()) for effect in (effects.allocation, effects.selection, effects.interaction)]
    return [
        "Total",
        float(sums.weights.sum(axis=1).mean()),
        float(sums.benchmark_weights.sum(axis=1).mean()),
        effects.portfolio,
        effects.benchmark,
        *parts,
        sum(parts) + effects.unmatched,
    ]


def _notes(held: Matrix, index: Matrix, effects: Effects) -> Iterator[tuple[str, str]]:
    periods = held.shape[1]
    yield (
        "Measure",
        "Brinson and Fachler: allocation (w−b)(q_g−q), selection b(r_g−q_g), interaction (w−b)(r_g−q_g); with them sums "
        f"the active return of {effects.portfolio - effects.benchmark:.6g}.",
    )
    if periods > 1:
        yield (
            "Linking",
            f"{periods} periods by Cariño's logarithmic factors, which add up exactly; weights are means over the periods, "
            "returns compounded over those in which a group is held.",
        )
    apart = float(np.abs(held.sum(axis=0) - index.sum(axis=0)).max())
    if apart > _UNMATCHED:
        yield (
            "Warning",
            f"The weights of portfolio and benchmark have sums that differ by up to {apart:.6g}: add the cash line. What that "
            f"leaves over, {effects.unmatched:.6g}, is no group's.",
        )


def _panel(name: str, what: str, unit: str, blanks: bool = False) -> Argument:
    return Argument(
        name,
        "panel",
        f"{what} One period: one column, one row or [name, number]; several: a row per period, names on top, dates at the "
        "left if they have any.",
        unit=unit,
        blanks=blanks,
    )


BRINSON = SheetFunction(
    name="BRINSON",
    category="decomposing",
    summary="Brinson–Fachler attribution of the active return to allocation, selection and interaction by group, linked over periods.",
    arguments=(
        _panel("portfolio", "Portfolio weights at the start of each period.", "fraction"),
        _panel("benchmark", "Benchmark weights at the start of each period.", "fraction"),
        _panel(
            "portfolio_returns", "Returns of the names in the portfolio.", "fraction per period", blanks=True
        ),
        _panel(
            "benchmark_returns", "Returns of the names in the benchmark.", "fraction per period", blanks=True
        ),
        Argument(
            "groups",
            "groups",
            "A group for each name: one column or row in the order of the portfolio, or [name, group].",
        ),
    ),
    result=Result(
        "table",
        "A row per group: weights, returns, allocation, selection, interaction and their total; the last row is the active "
        "return.",
        unit="fraction",
    ),
    run=brinson,
    example="=BRINSON(Portfolio, Benchmark, NameReturns, NameReturns, Sectors)",
)
