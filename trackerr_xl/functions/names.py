"""TE_NAMES: what each number of names costs in tracking error, every figure with a proven bound."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from trackerr_xl.core.table.limits import Attributes, Limit
from trackerr_xl.errors import InputError, NoAnswerError, NumericalError
from trackerr_xl.functions.arguments import WEIGHTS
from trackerr_xl.functions.mandate import Case, best, case_of, warnings, with_limits
from trackerr_xl.functions.measure import COV_HELP
from trackerr_xl.functions.optimize import ATTRIBUTES_HELP, CONSTRAINTS_HELP, CURRENT_HELP, OPTIONS_HELP
from trackerr_xl.functions.options import Options
from trackerr_xl.functions.proof import VALUES, root_of
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value
from trackerr_xl.functions.values import Covariance, Labelled

if TYPE_CHECKING:
    from trackerr_xl.core.mandates.mandate import Achieved


def te_names(
    weights: Labelled,
    cov: Covariance,
    counts: Labelled,
    constraints: tuple[Limit, ...] | None,
    attributes: Attributes | None,
    current: Labelled | None,
    options: Options | None,
) -> Answer:
    """The best weights for one number of names after another."""
    case = case_of(weights, cov, constraints, attributes, current, options)
    asked = _counts(counts)
    found = _curve(case, asked)
    word = VALUES[case.options.objective]
    first = "TE" if case.options.objective == "Min TE" else word.capitalize()
    header: list[Value] = ["Names", first, "Proven bound", "Gap", "Names held", "Seconds"]
    rows = [[float(count), *_row(found[count], case)] for count in asked]
    return Answer([header, *rows], (*_notes(case, asked, found), *warnings(case)))


def _counts(counts: Labelled) -> list[int]:
    for at, count in enumerate(counts.values.tolist(), start=1):
        if count < 1.0 or count != int(count):
            raise InputError(
                f"is {count:.6g}, must be a whole number from 1", argument="counts", at=f"cell {at}"
            )
    return [int(count) for count in counts.values.tolist()]


def _curve(case: Case, asked: list[int]) -> dict[int, "Achieved | str"]:
    """The answer or the refusal for each count, the smallest first: each begins from the names of the last."""
    found: dict[int, Achieved | str] = {}
    held = None
    for count in sorted(set(asked)):
        limited = with_limits(case, (*case.declared, Limit("Names", upper=float(count))))
        try:
            achieved = best(limited, held)
        except (NoAnswerError, NumericalError) as error:
            found[count] = error.sentence
            continue
        found[count] = achieved
        if achieved.whole is not None:
            held = achieved.whole.held
    return found


def _row(found: "Achieved | str", case: Case) -> list[Value]:
    if isinstance(found, str) or found.whole is None:
        return [None, None, None, None, None]
    root = root_of(case.options)
    value, bound = found.value * root, found.whole.bound * root
    gap = abs(value - bound) / abs(value) if value else 0.0
    return [value, bound, gap, float(np.count_nonzero(found.solution.weights)), found.whole.seconds]


def _notes(case: Case, asked: list[int], found: dict[int, "Achieved | str"]) -> Iterator[tuple[str, str]]:
    yield (
        "Bound",
        f"Whatever names are held, no weights within the limits reach a better {VALUES[case.options.objective]} than the bound.",
    )
    late = [count for count in sorted(set(asked)) if not _finished(found[count])]
    if late:
        listed = ", ".join(map(str, late))
        yield (
            "Time",
            f"The gap asked for was not proved within {case.options.seconds:g} seconds for {listed} names.",
        )
    for count in sorted(set(asked)):
        refusal = found[count]
        if isinstance(refusal, str):
            yield "Without answer", f"{count} names: {refusal}"


def _finished(found: "Achieved | str") -> bool:
    return isinstance(found, str) or found.whole is None or found.whole.finished


TE_NAMES = SheetFunction(
    name="TE_NAMES",
    category="optimising",
    summary="What each number of names costs in tracking error: the best found, a proven bound, the gap between them and the time it took.",
    arguments=(
        WEIGHTS,
        Argument("cov", "covariance", COV_HELP, unit="fraction² per period"),
        Argument(
            "counts", "weights", "The largest numbers of names to hold, one column or row.", unit="names"
        ),
        Argument("constraints", "constraints", CONSTRAINTS_HELP, default=None),
        Argument("attributes", "attributes", ATTRIBUTES_HELP, default=None),
        Argument("current", "weights", CURRENT_HELP, unit="fraction", default=None),
        Argument("options", "options", OPTIONS_HELP, default=None),
    ),
    result=Result(
        "table",
        "A row per count: tracking error, the bound below which none is possible, the gap as a share, names held, seconds.",
    ),
    run=te_names,
    example="=TE_NAMES(Benchmark, Cov, 2, Limits, Assets)",
)
