"""Explaining: what an answer rests on, or why there is none, in words."""

from collections.abc import Sequence

from trackerr_xl.errors import NoAnswerError, TrackerrError
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction, Value


def te_explain(
    function: str, value: str | None, error: TrackerrError | None, notes: Sequence[tuple[str, str]]
) -> Answer:
    """Topics and sentences about one call.

    Parameters
    ----------
    function : str
        Name of the function explained.
    value : str or None
        The error value its cell shows, if it shows one.
    error : TrackerrError or None
        Why.
    notes : sequence of (str, str)
        What the function said of its answer.
    """
    rows: list[list[Value]] = [["Function", function]]
    if error is None:
        rows += [["Status", "Answered."]] if not any(topic == "Status" for topic, _ in notes) else []
        rows += [[topic, sentence] for topic, sentence in notes]
    else:
        rows += _fault_rows(value or "", error)
    return Answer(rows)


def _fault_rows(value: str, error: TrackerrError) -> list[list[Value]]:
    found, _, needed = error.message.partition(", must ")
    rows: list[list[Value]] = [
        ["Status", f"The cell shows {value}."],
        ["Sentence", error.sentence],
        ["Code", error.code],
    ]
    place = " ".join(part for part in (error.argument, error.at) if part)
    if place:
        rows.append(["Place", place])
    rows.append(["Found", found])
    if needed:
        rows.append(["Needed", f"Must {needed}"])
    if isinstance(error, NoAnswerError):
        rows += [["Conflict", row] for row in error.rows]
        rows += [["Repair", f"{repair}."] for repair in error.repairs]
    return rows


TE_EXPLAIN = SheetFunction(
    name="TE_EXPLAIN",
    category="explaining",
    summary="In words: what the answer of a function rests on, or why it has none. Give its name and the same arguments.",
    arguments=(
        Argument("function_name", "text", "Name of the function in quotes; its own arguments follow."),
    ),
    result=Result("table", "Topic and sentence."),
    run=te_explain,
    example='=TE_EXPLAIN("TE_OPTIMIZE", Benchmark, Cov, Limits, Assets)',
    variadic=True,
)
