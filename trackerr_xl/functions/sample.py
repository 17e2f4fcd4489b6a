"""TE_SAMPLE: an index sampled cell by cell, as bond desks do, beside the least tracking error of as many names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from trackerr_xl.core.arrays import Matrix, Vector
from trackerr_xl.core.sampling.cells import Cells, Cut, cells_by
from trackerr_xl.core.sampling.choice import chosen
from trackerr_xl.core.sampling.gaps import comparable, gap_model
from trackerr_xl.core.table.limits import Attributes, Limit, numbers_of
from trackerr_xl.core.words import key, listed, shorten
from trackerr_xl.errors import InputError, NoAnswerError, NotYetError
from trackerr_xl.functions.arguments import WEIGHTS
from trackerr_xl.functions.mandate import Case, attempt, best, case_of, warnings, with_limits
from trackerr_xl.functions.measure import COV_HELP
from trackerr_xl.functions.optimize import CONSTRAINTS_HELP, OPTIONS_HELP, check_proof
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.proof import proof
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Covariance, Labelled, LabelledModel

TRAITS = ("Duration", "DTS")
"""Columns of the attributes whose contributions are matched, where they are there."""

_COUNTING = ("Names", "Position")
_OF_RISK = ("TE", "Beta")
"""Rows that speak of a covariance, where the sample knows gaps of cells only."""
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True, eq=False)
class _Index:
    """The index as it is sampled."""

    case: Case
    cells: Cells
    traits: dict[str, Vector]
    count: int | None
    least: Vector


def te_sample(
    weights: Labelled,
    attributes: Attributes,
    cells: str,
    constraints: tuple[Limit, ...] | None,
    cov: Covariance | None,
    options: Options | None,
    show: str,
) -> Answer:
    """Names and weights that match the index cell by cell."""
    index = _index(weights, attributes, cells, constraints, options)
    held, notes = _sampled(index)
    if show == "Cells":
        return Answer(_cell_table(index, held), notes)
    if show == "Summary":
        return Answer(_summary(index, held, weights, attributes, constraints, cov, options), notes)
    rows: list[list[Value]] = [["Name", "Weight", "Index weight", "Cell"]]
    for at in np.flatnonzero(held != 0.0).tolist():
        rows.append(
            [
                index.case.universe.names[at],
                float(held[at]) / index.case.unit,
                float(index.case.benchmark[at]) / index.case.unit,
                index.cells.labels[index.cells.of[at]],
            ]
        )
    return Answer(rows, notes)


def _index(
    weights: Labelled,
    attributes: Attributes,
    cells: str,
    constraints: tuple[Limit, ...] | None,
    options: Options | None,
) -> _Index:
    cuts = _cuts(cells)
    names = weights.labels or attributes.names
    if len(names) != weights.values.size:
        raise InputError(
            f"has {len(names)} names, must have {weights.values.size} like weights", argument="attributes"
        )
    shape = Cells(("",), np.zeros(len(names), dtype=np.intp))
    plain = LabelledModel(gap_model(shape, np.empty((len(names), 0))), weights.labels)
    case = case_of(weights, plain, constraints, attributes, None, options)
    if case.options.objective != "Min TE":
        raise InputError(
            f"is {case.options.objective}, must be left out: TE_SAMPLE makes the gaps of the cells least",
            argument="options",
            at="Objective",
        )
    _refuse_rows(case)
    columns = [_column(case, attributes, cut) for cut in cuts]
    cut = cells_by(cuts, columns, case.benchmark, case.universe.names)
    known = {key(header) for header in attributes.columns}
    traits = {
        header: numbers_of(Limit("Exposure", header), header, case.universe)
        for header in TRAITS
        if key(header) in known
    }
    return _Index(case, cut, traits, _count(case), case.limits.holdings.least)


def _refuse_rows(case: Case) -> None:
    """Refuse rows that mean a risk, or a price in units of one: here only gaps are weighed."""
    for limit in case.declared:
        what = f"is {limit.kind}" if limit.kind in _OF_RISK else "has a Penalty"
        if limit.kind in _OF_RISK or not limit.hard:
            raise NotYetError(
                f"{what}, which TE_SAMPLE cannot carry out: it weighs gaps of cells, not risk",
                argument="constraints",
                at=limit.place,
            )


def _column(case: Case, attributes: Attributes, cut: Cut) -> Sequence[str | float | None]:
    try:
        return attributes.column(cut.header, case.universe.names)
    except InputError as error:
        error.argument = "cells"
        raise


def _cuts(text: str) -> list[Cut]:
    """``Sector, Duration 3 5 10`` as what it asks for."""
    cuts = []
    for part in text.split(","):
        words = part.split()
        first = next((at for at, word in enumerate(words) if at and _NUMBER.fullmatch(word)), len(words))
        header, points = " ".join(words[:first]), words[first:]
        if not header or not all(map(_NUMBER.fullmatch, points)):
            raise InputError(
                f'has "{shorten(part.strip())}", must be columns with commas between them and, after a column of numbers, '
                "the numbers where it is cut: Sector, Duration 3 5 10",
                argument="cells",
            )
        cuts.append(Cut(header, tuple(sorted(map(float, points)))))
    return cuts


def _count(case: Case) -> int | None:
    """The largest number of names that the table allows, None where it says nothing."""
    count = float("inf")
    for limit in case.declared:
        if limit.kind != "Names":
            continue
        if limit.item not in ("", "*"):
            raise NotYetError(
                "is Names of a group, which TE_SAMPLE cannot carry out: the cells say how many names each part gets",
                argument="constraints",
                at=limit.place,
            )
        count = min(count, limit.upper)
    return None if count == float("inf") else int(count)


def _sampled(index: _Index) -> tuple[Vector, tuple[tuple[str, str], ...]]:
    """Weights of the sample, and what is to be said of them."""
    case, cells = index.case, index.cells
    lower, upper = case.limits.lower, case.limits.upper
    traits = _comparable(index)
    # A smallest holding above the largest cannot be kept.
    may = (upper > 0.0) & (upper >= index.least)
    must = lower > 0.0
    if index.count is not None and index.count < int(must.sum()):
        raise NoAnswerError(
            f"{int(must.sum())} names must be held, and {index.count} may be: raise the Max of Names"
        )
    held = chosen(cells, traits, case.benchmark, index.count, may, must)
    convex = with_limits(
        replace(case, cov=gap_model(cells, traits)),
        tuple(limit for limit in case.declared if limit.kind not in _COUNTING),
    )
    limits = replace(
        convex.limits,
        lower=np.where(held, np.maximum(convex.limits.lower, index.least), convex.limits.lower),
        upper=np.where(held, convex.limits.upper, 0.0),
    )
    try:
        achieved = attempt(replace(convex, limits=limits))
    except NoAnswerError as error:
        raise (
            convex.why_none()
            or NoAnswerError(
                f"The {int(held.sum())} names of the sample cannot keep all rows of the table, though other names could: "
                "raise the Max of Names, lower the Min of Position, or cut the index into other cells"
            )
        ) from error
    check_proof(achieved.solution, case.options.tolerance)
    empty = np.bincount(cells.of[held], minlength=len(cells.labels)) == 0
    without = cells.sums(case.benchmark)[empty]
    notes = [*proof(achieved, convex)]
    if empty.any():
        named = listed([cells.labels[at] for at in np.flatnonzero(empty)])
        notes.append(
            ("Cells", f"{named}: without a name of the sample, {100.0 * without.sum():.3g} % of the index.")
        )
    return achieved.solution.weights, (*notes, *warnings(case))


def _comparable(index: _Index) -> Matrix:
    n = index.case.benchmark.size
    traits = np.column_stack(list(index.traits.values())) if index.traits else np.empty((n, 0))
    return comparable(traits, index.case.benchmark)


def _cell_table(index: _Index, held: Vector) -> list[list[Value]]:
    case, cells = index.case, index.cells
    header: list[Value] = ["Cell", "Names", "Names held"]
    counts = [np.bincount(cells.of, minlength=len(cells.labels)).astype(float), cells.sums(held != 0.0)]
    columns = [*counts]
    for word, values in {"Weight": np.ones(held.size), **index.traits}.items():
        unit = case.unit if word == "Weight" else 1.0
        mine, theirs = cells.sums(held * values) / unit, cells.sums(case.benchmark * values) / unit
        header += [word, f"Index {word.lower() if word == 'Weight' else word}", f"{word} gap"]
        columns += [mine, theirs, mine - theirs]
    table = np.column_stack(columns)
    body: list[list[Value]] = [[label, *row] for label, row in zip(cells.labels, table.tolist(), strict=True)]
    return [header, *body, ["Total", *table.sum(axis=0).tolist()]]


def _summary(
    index: _Index,
    held: Vector,
    weights: Labelled,
    attributes: Attributes,
    constraints: tuple[Limit, ...] | None,
    cov: Covariance | None,
    options: Options | None,
) -> list[list[Value]]:
    case, cells = index.case, index.cells
    per_cell = cells.sums(held != 0.0)
    rows: list[list[Value]] = [
        ["Names held", float(np.count_nonzero(held))],
        ["Cells", float(len(cells.labels))],
        ["Cells without a name", float(np.count_nonzero(per_cell == 0.0))],
        ["Active share", 0.5 * float(np.abs(held - case.benchmark).sum())],
    ]
    for word, values in {"weight": np.ones(held.size), **index.traits}.items():
        gaps = cells.sums((held - case.benchmark) * values)
        unit = case.unit if word == "weight" else 1.0
        rows.append([f"Largest gap of a cell, {word}", float(np.abs(gaps).max()) / unit])
    if cov is None:
        return rows
    full = case_of(weights, cov, constraints, attributes, None, options)
    root = float(np.sqrt(full.options.periods))
    optimised = best(full)
    of_sample = float(np.sqrt(full.cov.variance(_in_order(held, case, full) - full.benchmark))) * root
    bound = optimised.whole.bound if optimised.whole is not None else optimised.value
    rows += [
        ["Tracking error of the sample", of_sample],
        ["Least tracking error found", optimised.value * root],
        ["No portfolio below", bound * root],
        ["Sample over least", of_sample / (optimised.value * root) if optimised.value > 0.0 else None],
    ]
    return rows


def _in_order(held: Vector, case: Case, full: Case) -> Vector:
    """The sample in the order of names of another case: a covariance may list names that the index has not."""
    by_name = dict(zip(map(key, case.universe.names), held.tolist(), strict=True))
    if case.names is None:
        return held
    return np.array([by_name.get(key(name), 0.0) for name in full.universe.names])


TE_SAMPLE = SheetFunction(
    name="TE_SAMPLE",
    category="optimising",
    summary="Stratified sample of an index: names of every cell, weights that match each cell's weight, duration and DTS, the gaps, and the least tracking error beside it.",
    arguments=(
        WEIGHTS,
        Argument(
            "attributes",
            "attributes",
            "Table with a header row: names first, then the columns that make the cells; contributions of Duration and DTS are matched where there are such columns.",
        ),
        Argument(
            "cells",
            "text",
            "Columns that make the cells, with commas between them, and where a column of numbers is cut: Sector, Duration 3 5 10. Without numbers it is cut into quarters of the index.",
        ),
        Argument("constraints", "constraints", CONSTRAINTS_HELP, default=None),
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period", default=None),
        Argument("options", "options", OPTIONS_HELP, default=None),
        Argument(
            "show",
            "choice",
            "Sample: names, weights and cells. Cells: a row per cell with its gaps. Summary: figures, with cov the tracking error beside the least of as many names.",
            default="Sample",
            choices=("Sample", "Cells", "Summary"),
        ),
    ),
    result=Result(
        "table",
        "A row per name held: name, weight, index weight, cell; or a row per cell with weight, duration and DTS of the sample, of the index, and the gap; or figures.",
    ),
    run=te_sample,
    example='=TE_SAMPLE(Benchmark, Assets, "Sector", TwoNames, Cov)',
)
