"""The sheet of names: the arithmetic of an audit, one row a name."""

from collections.abc import Callable

from trackerr_xl.workbook.actions.audit.audited import Audited
from trackerr_xl.workbook.actions.audit.bounds import Bound
from trackerr_xl.workbook.actions.audit.coefficients import BETA
from trackerr_xl.workbook.actions.audit.layout import (
    ACTIVE,
    BENCHMARK,
    FIRST_NAME,
    FIRST_SUM,
    LOWER,
    NAMES_SHEET,
    PRODUCT,
    SHEET,
    SLOPE,
    UPPER,
    WEIGHT,
    down,
    formula,
    sum_letter,
)
from trackerr_xl.workbook.actions.audit.places import Held
from trackerr_xl.workbook.actions.pages import HINT, STRONG, WORDS, Page, number
from trackerr_xl.workbook.file.cell_xml import NewFormula
from trackerr_xl.workbook.file.new_sheet import NewSheet

_FRACTION, _SMALL, _COUNT, _PART = number("0.000000"), number("0.00E+00"), number("0"), number("0.0000")
_TITLES = (
    *(
        "Name",
        "Weight",
        "Benchmark",
        "Active",
        "Current",
        "Lower bound",
        "Upper bound",
        "Lower from",
        "Upper from",
    ),
    *("Σ × active", "Slope with the limits", "Part of gap", "Names that differ"),
)


def names_sheet(audited: Audited) -> NewSheet:
    """The sheet of names."""
    page = Page(NAMES_SHEET)
    further = _further(audited)
    widths = (2.0, 28.0, *(12.0,) * 6, 24.0, 24.0, *(13.0,) * (4 + len(audited.sums) + len(further)))
    page.band("Audit names", "What the audit adds up, name by name", widths)
    page.put(
        3,
        2,
        "Slopes are those of half the active variance; the multipliers of the sums stand above them.",
        HINT,
    )
    titles = (*_TITLES, *(row.label for row in audited.sums), *(title for title, _ in further))
    page.headings(FIRST_NAME - 1, 2, titles, ("Name", "Lower from", "Upper from"))
    page.heights[FIRST_NAME - 1] = 60.0
    for at in range(len(audited.sums)):
        page.put(FIRST_NAME - 2, FIRST_SUM + at, formula(f"{SHEET}!$G${audited.first_sum_line + at}"), _SMALL)
    for line in range(audited.count):
        _write_name(page, audited, line)
        for at, (_, give) in enumerate(further, start=FIRST_SUM + len(audited.sums)):
            page.put(FIRST_NAME + line, at, formula(give(line)), _SMALL)
    return page.finished(frozen=(FIRST_NAME, 3))


_Give = Callable[[int], str]
"""Gives the formula of a line, counted from 0."""


def _write_name(page: Page, audited: Audited, line: int) -> None:
    places, row = audited.places, FIRST_NAME + line
    low, high = audited.bounds[line]
    page.put(row, 2, places.names[line], STRONG)
    for column, held in ((3, places.portfolio), (4, places.benchmark), (6, places.current)):
        if held:
            page.put(row, column, _weight(held[line], audited.case.unit), _FRACTION)
    page.put(row, 5, formula(f"{WEIGHT}{row}-{BENCHMARK}{row}"), _FRACTION)
    for column, bound in ((7, low), (8, high)):
        page.put(row, column, formula(bound.formula) if bound.formula else None, _FRACTION)
        page.put(row, column + 2, bound.origin or None, WORDS)
    page.put(row, 11, formula(places.product(line, ACTIVE, row)), _SMALL)
    page.put(row, 12, formula(_slope(audited, row)), _SMALL)
    page.put(row, 13, formula(_share(audited, line)), _SMALL)
    differing = "+".join(f"(TRIM({label})<>TRIM($B{row}))" for label in places.labels(line))
    page.put(row, 14, formula(differing or "0"), _COUNT)
    for at, native in enumerate(audited.sums):
        part = native.coefficients[line]
        page.put(row, FIRST_SUM + at, formula(_beta(audited, row) if part == BETA else part), _PART)


def _weight(held: Held | None, unit: float) -> NewFormula | float:
    if held is None:
        return 0.0
    return formula(held.value if unit == 1.0 else f"{held.value}*{unit:g}")


def _slope(audited: Audited, row: int) -> str:
    first, last = sum_letter(0), sum_letter(audited.linear - 1)
    multipliers = f"${first}${FIRST_NAME - 2}:${last}${FIRST_NAME - 2}"
    return f"{PRODUCT}{row}+SUMPRODUCT({multipliers},{first}{row}:{last}{row})"


def _share(audited: Audited, line: int) -> str:
    """How much lower the name's part of the bound is at the best place it may go to than where it is."""
    row = FIRST_NAME + line
    if audited.unproved:
        return "0"
    if not audited.pulling:
        low, high = _ends(audited.bounds[line], row)
        return f"{SLOPE}{row}*({WEIGHT}{row}-IF({SLOPE}{row}>=0,{low},{high}))"
    first = sum_letter(len(audited.sums))
    last = sum_letter(len(audited.sums) + 1 + len(audited.pulling))
    return f"{_height(audited, row, f'{WEIGHT}{row}')}-MIN({first}{row}:{last}{row})"


def _ends(bounds: tuple[Bound, Bound], row: int) -> tuple[str, str]:
    """Bounds of a weight; where there is none, the whole capital away."""
    low, high = bounds
    return (
        f"{LOWER}{row}" if low.formula else f"({WEIGHT}{row}-1)",
        f"{UPPER}{row}" if high.formula else f"({WEIGHT}{row}+1)",
    )


def _height(audited: Audited, row: int, x: str) -> str:
    """What the name adds to the bound at a place: its slope, and the distances that count."""
    parts = [f"{SLOPE}{row}*{x}"]
    for at in audited.pulling:
        letter = sum_letter(at)
        bend = audited.sums[at].bend(row)
        parts.append(f"${letter}${FIRST_NAME - 2}*{letter}{row}*ABS({x}-{bend})")
    return "+".join(parts)


def _further(audited: Audited) -> list[tuple[str, _Give]]:
    """Columns behind the sums: the bound at every place where it may be least, and what betas need."""
    columns: list[tuple[str, _Give]] = []
    if audited.pulling:
        columns += [("At lower bound", _at_end(audited, 0)), ("At upper bound", _at_end(audited, 1))]
        columns += [
            (f"At the bend of {audited.sums[at].label}", _at_bend(audited, at)) for at in audited.pulling
        ]
    if any(BETA in native.coefficients for native in audited.sums):
        columns.append(
            ("Σ × benchmark", lambda line: audited.places.product(line, BENCHMARK, FIRST_NAME + line))
        )
    return columns


def _at_end(audited: Audited, side: int) -> _Give:
    def give(line: int) -> str:
        row = FIRST_NAME + line
        return _height(audited, row, _ends(audited.bounds[line], row)[side])

    return give


def _at_bend(audited: Audited, at: int) -> _Give:
    def give(line: int) -> str:
        row = FIRST_NAME + line
        low, high = _ends(audited.bounds[line], row)
        return _height(audited, row, f"MAX({low},MIN({high},{audited.sums[at].bend(row)}))")

    return give


def _beta(audited: Audited, row: int) -> str:
    """Σb over b'Σb; the last column holds Σb."""
    letter = sum_letter(len(audited.sums) + len(_further(audited)) - 1)
    return f"{letter}{row}/SUMPRODUCT({down(BENCHMARK, audited.count)},{down(letter, audited.count)})"
