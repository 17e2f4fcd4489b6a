"""The lines of the limits: bounds of names, sums, the cap on tracking error, and what is not audited."""

from dataclasses import replace

from trackerr_xl.core.table.limits import Limit
from trackerr_xl.workbook.actions.audit.audited import Audited
from trackerr_xl.workbook.actions.audit.bounds import OF_NAMES
from trackerr_xl.workbook.actions.audit.layout import (
    BENCHMARK,
    LOWER,
    LOWER_FROM,
    TOLERANCE,
    UPPER,
    UPPER_FROM,
    WEIGHT,
    formula,
    judged,
    names_column,
    sum_letter,
)
from trackerr_xl.workbook.actions.pages import STATUS, WORDS, number
from trackerr_xl.workbook.file.cell_xml import Content
from trackerr_xl.workbook.file.looks import Look

Line = dict[int, tuple[Content, Look]]
"""Contents and looks of one line, by column."""

REASON = replace(STATUS, align="left", indent=1)
"""A status that may be a sentence."""

FRACTION, SMALL = number("0.000000"), number("0.0E+00")
ROOM = number("[>=0.0000005]0.000000;[<=-0.0000005]-0.000000;0.000000")

_SOFT = "may be broken at its penalty"

_FAR = 1000
"""Beyond every room: the least room of some names is this less the largest of what is left of it."""


def lines(audited: Audited) -> list[Line]:
    """Every line, in the order of the sheet."""
    found = [
        _bounds_line(audited, origin, audited.first_line + at) for at, origin in enumerate(audited.origins)
    ]
    found += [_sum_line(audited, at) for at in range(len(audited.sums))]
    first_other = audited.first_sum_line + len(audited.sums)
    return found + [_other_line(audited, limit, first_other + at) for at, limit in enumerate(audited.others)]


def _bounds_line(audited: Audited, origin: str, row: int) -> Line:
    weights, lower, upper, from_low, from_high = (
        names_column(each, audited.count) for each in (WEIGHT, LOWER, UPPER, LOWER_FROM, UPPER_FROM)
    )
    left = [
        f"SUMPRODUCT(MAX(({origins}=$B{row})*({_FAR}-({room}))))"
        for origins, room in ((from_low, f"{weights}-{lower}"), (from_high, f"{upper}-{weights}"))
    ]
    names = f"SUMPRODUCT(--((({from_low}=$B{row})+({from_high}=$B{row}))>0))"
    return {
        2: (origin, WORDS),
        3: (formula(names), number('0" names"')),
        6: (formula(f"{_FAR}-MAX({','.join(left)})"), ROOM),
        9: (_kept(row), REASON),
    }


def _sum_line(audited: Audited, at: int) -> Line:
    native, row = audited.sums[at], audited.first_sum_line + at
    value, reference = (_sum_over(audited, at, letter) for letter in (WEIGHT, BENCHMARK))
    line: Line = {2: (native.label, WORDS), 3: (formula(value), FRACTION)}
    rooms = []
    if native.lower is not None:
        line[4] = (formula(native.lower(reference)), FRACTION)
        rooms.append(f"C{row}-D{row}")
    if native.upper is not None:
        line[5] = (formula(native.upper(reference)), FRACTION)
        rooms.append(f"E{row}-C{row}")
    line[6] = (formula(f"MIN({','.join(rooms)})"), ROOM)
    line[9] = (_kept(row) if native.hard else _not_audited(_SOFT), REASON)
    if not audited.unproved:
        upper = f"G{row}*(E{row}-C{row})" if native.upper is not None else "0"
        lower = f"G{row}*(D{row}-C{row})" if native.lower is not None else "0"
        line |= {
            7: (native.multiplier, SMALL),
            8: (formula(f"IF(G{row}>0,{upper},{lower})"), SMALL),
        }
    return line


def _sum_over(audited: Audited, at: int, letter: str) -> str:
    """The sum of a row over the weights in a column, or over their distances from where the row bends."""
    native, count = audited.sums[at], audited.count
    parts, weights = names_column(sum_letter(at), count), names_column(letter, count)
    if not native.bends_at:
        return f"SUMPRODUCT({parts},{weights})"
    # What a limit relative to the benchmark refers to is the sum of its sizes.
    plain = native.bends_at == "0" or letter == BENCHMARK
    distance = weights if plain else f"{weights}-{names_column(native.bends_at, count)}"
    return f"SUMPRODUCT({parts},ABS({distance}))"


def _other_line(audited: Audited, limit: Limit, row: int) -> Line:
    if limit.kind == "TE":
        return {
            2: (limit.label, WORDS),
            3: (formula(f"$C${audited.error_row}"), FRACTION),
            5: (formula(audited.table.cell(limit, low=False)), FRACTION),
            6: (formula(f"E{row}-C{row}"), ROOM),
            9: (_kept(row) if limit.hard else _not_audited(_SOFT), REASON),
        }
    reason = f"{limit.kind} rows have no native formula here"
    if limit.kind in (*OF_NAMES, "Group"):
        reason = "more specific rows take its place" if limit.hard else _SOFT
    return {2: (limit.label, WORDS), 9: (_not_audited(reason), REASON)}


def _kept(row: int) -> Content:
    return judged(
        f"F{row}>=-{TOLERANCE:g}*MAX(1,ABS(C{row}))", f'"CHECK: broken by "&TEXT(-F{row},"0.0000000")'
    )


def _not_audited(reason: str) -> Content:
    return f"Not audited: {reason}"
