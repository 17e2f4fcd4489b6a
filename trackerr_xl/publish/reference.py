"""Pages of the catalogue and of the error tree, for people; written by `python -m trackerr_xl.publish`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from inspect import getdoc

from trackerr_xl import errors
from trackerr_xl.errors import TrackerrError
from trackerr_xl.functions.help import syntax
from trackerr_xl.functions.spec import Argument, Kind, SheetFunction
from trackerr_xl.sheet.faults import error_value_of

KINDS: dict[Kind, str] = {
    "number": "one number",
    "text": "one text",
    "choice": "one word",
    "weights": "weights: numbers, or names and numbers",
    "covariance": "covariance: numbers, or numbers with names on two edges, or a RISK_MODEL cell",
    "panel": "rows of numbers: names on top, dates or names at the left if there are any",
    "groups": "one group for each name",
    "constraints": "constraints table",
    "constraint rows": "constraints table",
    "attributes": "attributes table",
    "options": "options table",
    "matrix": "a square of numbers, or with names on two edges",
    "terms": "one number, numbers, names and numbers, or a table with a header row",
    "calendar": "one word, or dates",
    "accounts": "accounts table",
}
"""How the page names each kind of argument."""

_ORIGIN = "<!-- Written by `python -m trackerr_xl.publish`. Change the declaration, not this page. -->"


def function_page(catalogue: Mapping[str, SheetFunction], options: Sequence[Argument]) -> str:
    """The functions a user can type, in Markdown, in the order of the catalogue, and the options table."""
    return _joined([*_function_blocks(catalogue), *_option_blocks(options)])


def error_page() -> str:
    """The error codes, in Markdown, with what each means and the error value a cell shows."""
    rows = [
        f"| {kind.code} | `{error_value_of(kind)}` | {kind.__name__} | {_meaning(kind)} |"
        for kind in _kinds()
    ]
    table = ["| Code | Cell shows | Python class | Meaning |", "| --- | --- | --- | --- |", *rows]
    return _joined(
        [
            _ORIGIN,
            "# Errors",
            "A sentence reads: code, argument, place, what was found, what is needed. In a workbook, "
            "`=TE_EXPLAIN(function, the same arguments)` shows it beside a cell that shows an error value. "
            "An error value inside a range passes through unchanged.",
            "\n".join(table),
        ]
    )


def _function_blocks(catalogue: Mapping[str, SheetFunction]) -> Iterator[str]:
    yield _ORIGIN
    yield "# Worksheet functions"
    yield (
        "Arguments in brackets may be left out; an empty cell counts as left out. Numbers are fractions: 0.05 is 5 %."
    )
    category = ""
    for function in catalogue.values():
        if function.category != category:
            category = function.category
            yield f"## {category.capitalize()}"
        yield f"### {function.name}"
        yield function.summary
        yield f"```\n={syntax(function)}\n```"
        if function.arguments:
            yield _argument_table(function.arguments)
        unit = f", {function.result.unit}" if function.result.unit else ""
        yield f"Result: {function.result.help.rstrip('.')} ({function.result.shape}{unit})."
        yield f"Example: `{function.example}`"


def _option_blocks(options: Sequence[Argument]) -> Iterator[str]:
    yield "## Options table"
    yield "A range with the headers Option and Value; an option that is not in it has its default."
    yield _argument_table(options, "Option")


def _argument_table(arguments: Sequence[Argument], first: str = "Argument") -> str:
    head = [
        f"| {first} | What | Unit | Default | Allowed | Meaning |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join(head + [_argument_row(each) for each in arguments])


def _argument_row(argument: Argument) -> str:
    default = "required" if argument.required else _shown(argument.default)
    meaning = f"{argument.help} {argument.later}." if argument.later else argument.help
    cells = (argument.name, KINDS[argument.kind], argument.unit, default, _allowed(argument), meaning)
    return f"| {' | '.join(cells)} |"


def _allowed(argument: Argument) -> str:
    limits = []
    if argument.minimum is not None:
        limits.append(f"from {_shown(argument.minimum)}")
    if argument.maximum is not None:
        limits.append(f"to {_shown(argument.maximum)}")
    return " ".join(limits) or ", ".join(argument.choices)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.15g}"
    return "" if value is None else str(value)


def _kinds() -> list[type[TrackerrError]]:
    known = (value for value in vars(errors).values() if isinstance(value, type))
    return [kind for kind in known if issubclass(kind, TrackerrError) and kind is not TrackerrError]


def _meaning(kind: type[TrackerrError]) -> str:
    first_paragraph = (getdoc(kind) or "").partition("\n\n")[0]
    return " ".join(first_paragraph.split())


def _joined(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks) + "\n"
