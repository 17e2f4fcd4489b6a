"""The checks of an audit: that it speaks of the same names, weights and limits, the tracking error, and optimality."""

from dataclasses import dataclass

from trackerr_xl.core.table.limits import split_item
from trackerr_xl.core.words import key
from trackerr_xl.workbook.actions.asked import Source, range_cells
from trackerr_xl.workbook.actions.audit.audited import Audited, Copy
from trackerr_xl.workbook.actions.audit.layout import (
    ACTIVE,
    BENCHMARK,
    FIRST_CHECK,
    LABELS,
    PRODUCT,
    SHARE,
    SHORTFALL,
    TOLERANCE,
    WEIGHT,
    formula,
    in_quotes,
    judged,
    names_column,
    sum_letter,
)
from trackerr_xl.workbook.file.addresses import column_letters
from trackerr_xl.workbook.file.cell_xml import NewFormula

_ANEW = "write the audit anew"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the checks: formulas without ``=`` of a value and what it must be, and the status."""

    label: str
    value: str
    needed: str
    status: NewFormula
    counts: bool = True


def checks(audited: Audited) -> list[Check]:
    """Every check, in the order of the sheet; the tracking error and what it could be come last."""
    rows = [
        (
            "Names that differ between the ranges",
            _sum(LABELS, audited),
            "0",
            "a range is in another order now",
        ),
        (
            "Weights that are not among the names audited",
            _left_over(audited, audited.portfolio, WEIGHT),
            "0",
            "there are more weights than were audited",
        ),
        (
            "Benchmark weights that are not among them",
            _left_over(audited, audited.asked.sources["weights"], BENCHMARK),
            "0",
            "there are more weights than were audited",
        ),
    ]
    rows += [
        (
            f"Cells of the {copy.title} changed since",
            _changed(audited, copy),
            "0",
            f"the {copy.title} changed: {_ANEW}",
        )
        for copy in audited.copies
    ]
    rows += [_partition(audited, at) for at in audited.partitions]
    counted = [
        Check(label, value, needed, judged(f"C{row}=D{row}", in_quotes(f"CHECK: {words}")))
        for row, (label, value, needed, words) in enumerate(rows, start=FIRST_CHECK)
    ]
    return [*counted, _tracking_error(audited), _optimality(audited)]


def _sum(letter: str, audited: Audited) -> str:
    return f"SUM({names_column(letter, audited.count)})"


def _left_over(audited: Audited, source: Source, letter: str) -> str:
    cells = range_cells(audited.asked.book, source)
    height = source.area.bottom - source.area.top
    named = isinstance(cells, list) and len(cells[0]) == 2 and isinstance(cells[0][0], str)
    whole = source.cells(0, 1, height, 1) if named else source.text
    scale = "" if audited.case.unit == 1.0 else f"*{audited.case.unit:g}"
    return f"ROUND(ABS(SUM({whole}){scale}-{_sum(letter, audited)}),9)"


def _changed(audited: Audited, copy: Copy) -> str:
    """How many cells of a table differ from their copies, and whether rows have come."""
    top = audited.copy_row(copy.title)
    last = top + len(copy.rows) - 1
    parts = []
    for at in copy.columns:
        letter = column_letters(2 + at)
        there = copy.source.cells(0, at, len(copy.rows) - 1, at)
        parts.append(f"SUMPRODUCT(--({there}<>${letter}${top}:${letter}${last}))")
    return "+".join([*parts, f"COUNTA({copy.source.cell(len(copy.rows), copy.columns[0])})"])


def _partition(audited: Audited, at: int) -> tuple[str, str, str, str]:
    """Cells of a column of groups that are filled, less the names of groups with a line: as many as when it was written."""
    limit = audited.case.declared[at]
    header, _ = split_item(limit)
    attributes, rows = audited.case.universe.attributes, audited.places.attribute_rows.values()
    assert attributes is not None
    source, column = audited.places.attributes, audited.places.attribute_columns[key(header)]
    assert source is not None
    mine = [place for place, row in enumerate(audited.sums) if row.origin == at]
    inside = int(audited.case.limits.rows.matrix[mine].sum())
    filled = sum(cell is not None for cell in attributes.column(header, attributes.names))
    cells = source.cells(min(rows), column, max(rows), column)
    sums = [f"SUM({names_column(sum_letter(place), audited.count)})" for place in mine]
    return (
        f"Names outside the groups of {limit.label}",
        "-".join([f"SUMPRODUCT(--(LEN(TRIM({cells}))>0))", *sums]),
        str(filled - inside),
        f"there are other groups than were audited: {_ANEW}",
    )


def _variance(audited: Audited) -> str:
    periods = audited.case.options.periods
    times = "" if periods == 1.0 else f"{periods:g}*"
    count = audited.count
    return f"{times}SUMPRODUCT({names_column(ACTIVE, count)},{names_column(PRODUCT, count)})"


def _tracking_error(audited: Audited) -> Check:
    row = audited.error_row
    return Check(
        "Tracking error a year by MMULT, as it was reported",
        f"SQRT(MAX(0,{_variance(audited)}))",
        repr(audited.error),
        judged(
            f"ABS(C{row}-D{row})<={SHORTFALL:g}*D{row}+{TOLERANCE:g}",
            in_quotes(f"CHECK: not the weights or inputs reported: {_ANEW}"),
        ),
        counts=False,
    )


def _optimality(audited: Audited) -> Check:
    row = audited.error_row + 1
    parts = f"$H${audited.first_line}:$H${audited.last_line}"
    periods = audited.case.options.periods
    twice = f"{2.0 * periods:g}*({_sum(SHARE, audited)}+SUM({parts}))"
    status = judged(
        f"ABS(D{row}-C{row})<={SHORTFALL:g}*D{row}+{TOLERANCE:g}",
        f'"CHECK: other weights may have up to "&TEXT(10000*(D{row}-C{row}),"0.00")&" bp less"',
    )
    if audited.unproved:
        return Check(
            "No weights within the limits have less than",
            f"C{row - 1}",
            f"C{row - 1}",
            formula(in_quotes(f"Not audited: {audited.unproved}")),
            counts=False,
        )
    return Check(
        "No weights within the limits have less than",
        f"SQRT(MAX(0,{_variance(audited)}-{twice}))",
        f"C{row - 1}",
        status,
        counts=False,
    )
