"""The two sheets of an audit: the verdict with its checks and limits, and the names with the arithmetic behind them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from trackerr_xl.core.words import key
from trackerr_xl.functions.mandate import Case
from trackerr_xl.workbook.actions.asked import Asked, Source, range_cells
from trackerr_xl.workbook.actions.audit_limits import (
    ACTIVE,
    BENCHMARK,
    LOWER,
    OF_NAMES,
    UPPER,
    WEIGHT,
    NativeRow,
    Table,
    name_bounds,
)
from trackerr_xl.workbook.actions.audit_names import Held, Places
from trackerr_xl.workbook.actions.pages import (
    HINT,
    STATUS,
    STRONG,
    WORDS,
    Page,
    number,
)
from trackerr_xl.workbook.file.addresses import Area, column_letters
from trackerr_xl.workbook.file.cell_xml import NewFormula
from trackerr_xl.workbook.file.looks import Look
from trackerr_xl.workbook.file.new_sheet import NewSheet

SHEET: Final = "Audit"
NAMES_SHEET: Final = "Audit names"
VERDICT: Final = "Audit_Verdict"
"""Name of the cell with the verdict, by which the sheets are known as ours."""

FIRST: Final = 7
"""Row of the first name on the sheet of names; multipliers stand two rows above."""

SLOPE, PULL, SHARE, LABELS = "K", "L", "M", "N"
"""Columns of the sheet of names: covariance times active, with the rows' multipliers, share of the gap, labels that differ."""

_FIRST_SUM: Final = 15
"""Column of the first sum on the sheet of names."""

TOLERANCE: Final = 1e-8
"""Largest breach of a limit, relative to the size of what it limits where that is above one."""

_BELOW_BEST: Final = 1e-7
"""Largest shortfall of the best tracking error, relative, that counts as none."""


@dataclass(frozen=True, slots=True)
class Audited:
    """What is audited.

    Parameters
    ----------
    asked : Asked
        The optimisation.
    case : Case
        The same in fractions.
    places : Places
        Cells by name.
    portfolio : Source
        The weights.
    table : Table
        The constraints table.
    linear, bent : tuple of NativeRow
        Its limits on sums.
    error : float
        Tracking error that was reported.
    unproved : str
        Why optimality is not audited; empty where it is.
    """

    asked: Asked
    case: Case
    places: Places
    portfolio: Source
    table: Table
    linear: tuple[NativeRow, ...]
    bent: tuple[NativeRow, ...]
    error: float
    unproved: str

    @property
    def last(self) -> int:
        """Row of the last name."""
        return FIRST + len(self.places.names) - 1

    @property
    def pulling(self) -> tuple[NativeRow, ...]:
        """Bent rows that have a part in the proof."""
        return tuple(row for row in self.bent if row.multiplier > 0.0)


def audit_sheets(audited: Audited) -> tuple[NewSheet, ...]:
    """The sheet of the verdict and the sheet of names."""
    return (_verdict_sheet(audited), _names_sheet(audited))


_WIDTHS = (2, 48, 15, 15, 15, 15, 15, 15, 60)
_FRACTION, _SMALL, _COUNT = number("0.000000"), number("0.00E+00"), number("0")
_EMPTY = Look(rule="D5DBE3")
_REASON = replace(STATUS, align="left", indent=1)
_CHECKS_TOP = 9


def _column(letter: str, audited: Audited) -> str:
    """Cells of a column of the sheet of names, for formulas of the other sheet."""
    return f"'{NAMES_SHEET}'!${letter}${FIRST}:${letter}${audited.last}"


def _letter(at: int) -> str:
    """Column of a sum, counted from 0."""
    return column_letters(_FIRST_SUM + at)


def _formula(text: str) -> NewFormula:
    return NewFormula(f"={text}")


def _judged(good: str, otherwise: str) -> NewFormula:
    """A status: OK where a condition holds, else what is wrong; never an error value."""
    return _formula(f'IFERROR(IF({good},"OK",{otherwise}),"CHECK: cannot be calculated")')


def _verdict_sheet(audited: Audited) -> NewSheet:
    page = Page(SHEET)
    page.band("Audit", "Tracking error, limits and optimality verified by Excel's own arithmetic", _WIDTHS)
    page.put(
        3,
        2,
        "No cell here calls Python. The multipliers come from the optimiser and need no trust: wrong ones can only make "
        "the audit fail.",
        HINT,
    )
    limits_top = _CHECKS_TOP + len(_checks(audited, 0, 0)) + 3
    lines = _lines(audited, limits_top)
    limits_last = limits_top + len(lines) - 1
    copies_top = limits_last + 3
    page.section(_CHECKS_TOP - 2, 2, 9, "Checks")
    page.headings(
        _CHECKS_TOP - 1, 2, ("Check", "Value", "Must be", "", "", "", "", "Verdict"), ("Check", "Verdict")
    )
    checks = _checks(audited, limits_top, limits_last)
    for row, (label, value, needed, status) in enumerate(checks, start=_CHECKS_TOP):
        _fill(page, row)
        page.put(row, 2, label, WORDS)
        page.put(row, 3, _formula(value), _COUNT if needed == "0" else number("0.0000000000"))
        page.put(row, 4, _formula(needed), _COUNT if needed == "0" else number("0.0000000000"))
        page.put(row, 9, status, _REASON)
    page.section(limits_top - 2, 2, 9, "Limits")
    page.headings(
        limits_top - 1,
        2,
        ("Limit", "Value", "Min", "Max", "Room", "Multiplier", "Part of gap", "Verdict"),
        ("Limit", "Verdict"),
    )
    for row, line in enumerate(lines, start=limits_top):
        _fill(page, row)
        for column, (content, look) in line.items():
            page.put(row, column, content, look)
    checks_last = _CHECKS_TOP + len(checks) - 1
    page.put(5, 2, "Verdict", replace(STRONG, size=12))
    page.put(5, 3, _verdict(len(checks), checks_last, limits_top, limits_last), replace(STRONG, size=12))
    for column in range(4, 10):
        page.put(5, column, None, _EMPTY)
    page.heights[5] = 24.0
    _copies(page, audited, copies_top)
    return page.finished(
        frozen=(6, 1),
        status=(
            Area(5, 3, 5, 9),
            Area(_CHECKS_TOP, 9, checks_last, 9),
            Area(limits_top, 9, limits_last, 9),
        ),
    )


def _fill(page: Page, row: int) -> None:
    for column in range(2, 10):
        page.put(row, column, None, _EMPTY)


def _verdict(checks: int, checks_last: int, top: int, last: int) -> NewFormula:
    areas = (f"$I${_CHECKS_TOP}:$I${checks_last}", f"$I${top}:$I${last}")
    good, silent = (
        "+".join(f'COUNTIF({area},"{word}")' for area in areas) for word in ("OK", "Not audited*")
    )
    count = checks + last - top + 1
    return _formula(
        f'IF({good}+{silent}<{count},"CHECK: "&({count}-{good}-{silent})&" of {count} lines below do not hold",'
        f'IF({silent}>0,"OK, and "&({silent})&" of {count} lines are not audited","OK"))'
    )


def _checks(audited: Audited, top: int, last: int) -> list[tuple[str, str, str, NewFormula]]:
    """Label, value, what it must be, and status of every check; `top` and `last` are the rows of the limits."""
    weights, active, product = (_column(each, audited) for each in (WEIGHT, ACTIVE, SLOPE))
    periods = f"{audited.case.options.periods:g}*" if audited.case.options.periods != 1.0 else ""
    rows = [
        (
            "Names that differ between the ranges",
            f"SUM({_column(LABELS, audited)})",
            "the ranges are in another order now",
        ),
        (
            "Weights beside those of the sheet of names",
            _left_over(audited, audited.portfolio, weights),
            "there are more",
        ),
        (
            "Benchmark weights beside them",
            _left_over(audited, audited.asked.sources["weights"], _column(BENCHMARK, audited)),
            "there are more",
        ),
    ]
    copies = _copied(audited)
    for name, *_ in copies:
        rows.append(
            (f"Cells of the {name} changed since", _changed(audited, name, last + 3), "write the audit anew")
        )
    row = _CHECKS_TOP + len(rows)
    checks = [
        (label, value, "0", _judged(f"C{at}=0", f'"CHECK: {words}"'))
        for at, (label, value, words) in enumerate(rows, start=_CHECKS_TOP)
    ]
    error = f"SQRT(MAX(0,{periods}SUMPRODUCT({active},{product})))"
    checks.append(
        (
            "Tracking error by MMULT, a year; as reported",
            error,
            repr(audited.error),
            _judged(
                f"ABS(C{row}-D{row})<={_BELOW_BEST:g}*D{row}+{TOLERANCE:g}",
                '"CHECK: these are not the weights that were reported, or the inputs changed: write the audit anew"',
            ),
        )
    )
    gap = f"SUM({_column(SHARE, audited)})+SUM($H${top}:$H${last})"
    status = _judged(
        f"ABS(D{row + 1}-C{row + 1})<={_BELOW_BEST:g}*D{row + 1}+{TOLERANCE:g}",
        f'"CHECK: other weights may have up to "&TEXT(10000*(D{row + 1}-C{row + 1}),"0.00")&" bp less"',
    )
    checks.append(
        (
            "No weights within the limits have less than",
            f"SQRT(MAX(0,{periods}(SUMPRODUCT({active},{product})-2*({gap}))))",
            f"C{row}",
            _formula(f'"Not audited: {_in_quotes(audited.unproved)}"') if audited.unproved else status,
        )
    )
    return checks


def _left_over(audited: Audited, source: Source, column: str) -> str:
    cells = range_cells(audited.asked.book, source)
    height = source.area.bottom - source.area.top
    named = isinstance(cells, list) and len(cells[0]) == 2 and isinstance(cells[0][0], str)
    whole = source.cells(0, 1, height, 1) if named else source.text
    scale = "" if audited.case.unit == 1.0 else f"*{audited.case.unit:g}"
    return f"ROUND(ABS(SUM({whole}){scale}-SUM({column})),9)"


_Give = Callable[[int, int, str, str], str]
"""Gives a formula from a line of the sheet of names, its row, and the bounds of the name."""

_Line = dict[int, tuple[NewFormula | float | str, Look]]


def _lines(audited: Audited, top: int) -> list[_Line]:
    """The lines of the limits: bounds of names, sums, the cap on tracking error, and what is not audited."""
    lines = [_bounds_line(audited, origin, top + at) for at, origin in enumerate(_origins(audited))]
    sums = (*audited.linear, *audited.bent)
    lines += [_sum_line(audited, row, at, top + len(lines) + at) for at, row in enumerate(sums)]
    known = {row.label for row in sums} | {
        origin for joined in _origins(audited) for origin in joined.split(" · ")
    }
    for limit in audited.case.declared:
        if limit.kind == "TE":
            row = top + len(lines)
            te = f"$C${_CHECKS_TOP + len(_checks(audited, 0, 0)) - 2}"
            line: _Line = {2: (limit.label, WORDS), 3: (_formula(te), _FRACTION)}
            line[5] = (_formula(audited.table.cell(limit, low=False)), _FRACTION)
            line |= {6: (_formula(f"E{row}-C{row}"), _SMALL), 9: (_kept(row), _REASON)}
            lines.append(line)
        elif limit.label not in known and not (limit.kind == "Group" and "*" in limit.item):
            reason = "may be broken at its penalty" if not limit.hard else "more specific rows take its place"
            if limit.hard and limit.kind not in OF_NAMES:
                reason = f"{limit.kind} rows have no formula here"
            lines.append({2: (limit.label, WORDS), 9: (f"Not audited: {reason}", _REASON)})
    return lines


def _kept(row: int) -> NewFormula:
    return _judged(
        f"F{row}>=-{TOLERANCE:g}*MAX(1,ABS(C{row}))", f'"CHECK: broken by "&TEXT(-F{row},"0.0000000")'
    )


def _bounds(audited: Audited) -> list[tuple[str, str, str, str]]:
    """Lower bound, upper bound, and where each comes from."""
    pairs = name_bounds(audited.case, audited.table, FIRST, audited.places.order)
    return [(low.formula, high.formula, low.origin, high.origin) for low, high in pairs]


def _origins(audited: Audited) -> list[str]:
    found = [origin for _, _, *both in _bounds(audited) for origin in both if origin]
    rank = {limit.label: at for at, limit in enumerate(audited.case.declared)}
    return sorted(dict.fromkeys(found), key=lambda origin: rank.get(origin.split(" · ")[-1], -1))


def _bounds_line(audited: Audited, origin: str, row: int) -> _Line:
    weights, lower, upper, from_low, from_high = (
        _column(each, audited) for each in (WEIGHT, LOWER, UPPER, "I", "J")
    )
    far = 1000
    least = [
        f"SUMPRODUCT(MAX(({origins}=$B{row})*({far}-({room}))))"
        for origins, room in ((from_low, f"{weights}-{lower}"), (from_high, f"{upper}-{weights}"))
    ]
    count = f"SUMPRODUCT(--((({from_low}=$B{row})+({from_high}=$B{row}))>0))"
    return {
        2: (origin, WORDS),
        3: (_formula(count), number('0" names"')),
        6: (_formula(f"{far}-MAX({','.join(least)})"), _SMALL),
        9: (_kept(row), _REASON),
    }


def _sum_line(audited: Audited, native: NativeRow, at: int, row: int) -> _Line:
    coefficients, weights = _column(_letter(at), audited), _column(WEIGHT, audited)
    if native.bends_at:
        distance = weights if native.bends_at == "0" else f"{weights}-{_column(native.bends_at, audited)}"
        value = f"SUMPRODUCT({coefficients},ABS({distance}))"
        reference = f"SUMPRODUCT({coefficients},ABS({_column(BENCHMARK, audited)}))"
    else:
        value = f"SUMPRODUCT({coefficients},{weights})"
        reference = f"SUMPRODUCT({coefficients},{_column(BENCHMARK, audited)})"
    line: _Line = {2: (native.label, WORDS), 3: (_formula(value), _FRACTION)}
    rooms = []
    if native.lower is not None:
        line[4] = (_formula(native.lower(reference)), _FRACTION)
        rooms.append(f"C{row}-D{row}")
    if native.upper is not None:
        line[5] = (_formula(native.upper(reference)), _FRACTION)
        rooms.append(f"E{row}-C{row}")
    line[6] = (_formula(f"MIN({','.join(rooms)})"), _SMALL)
    line[9] = (_kept(row), _REASON)
    if not native.hard:
        line[9] = ("Not audited: may be broken at its penalty", _REASON)
    elif not audited.unproved:
        upper = f"G{row}*(E{row}-C{row})" if native.upper is not None else "0"
        lower = f"G{row}*(D{row}-C{row})" if native.lower is not None else "0"
        line |= {7: (native.multiplier, _SMALL), 8: (_formula(f"IF(G{row}>0,{upper},{lower})"), _SMALL)}
    return line


_Copy = tuple[str, Source, list[list[object]], list[int]]


def _copied(audited: Audited) -> list[_Copy]:
    """Tables whose words the audit rests on: name, cells, contents, and the columns that count."""
    copies: list[_Copy] = []
    for name, argument in (("limits", "constraints"), ("options", "options")):
        source = audited.asked.sources.get(argument)
        cells = audited.asked.cells(argument)
        if source is None or not isinstance(cells, list):
            continue
        columns = [at for at, header in enumerate(cells[0]) if key(str(header or "")) != "note"]
        copies.append((name, source, [list(row) for row in cells], columns))
    return copies


def _changed(audited: Audited, name: str, top: int) -> str:
    """How many cells of a table differ from their copies, and how many more rows it has."""
    for title, source, rows, columns in _copied(audited):
        if title == name:
            height = len(rows)
            parts = [
                f"SUMPRODUCT(--({source.cells(0, at, height - 1, at)}<>"
                f"${column_letters(2 + at)}${top + 1}:${column_letters(2 + at)}${top + height}))"
                for at in columns
            ]
            below = source.cell(height, columns[0])
            return "+".join([*parts, f"COUNTA({below})"])
        top += len(rows) + 3
    return "0"


def _copies(page: Page, audited: Audited, top: int) -> None:
    for name, _, rows, columns in _copied(audited):
        page.section(top, 2, max(9, len(rows[0]) + 1), f"The {name} as they were audited")
        for row, cells in enumerate(rows, start=top + 1):
            for at in columns:
                page.put(row, 2 + at, cells[at], STRONG if row == top + 1 else WORDS)  # type: ignore[arg-type]  # cells of the book
        top += len(rows) + 3


def _names_sheet(audited: Audited) -> NewSheet:
    page = Page(NAMES_SHEET)
    sums = (*audited.linear, *audited.bent)
    extra = _extra_columns(audited)
    widths = (2.0, 28.0, *(13.0,) * 6, 24.0, 24.0, *(13.0,) * (4 + len(sums) + len(extra)))
    page.band("Audit names", "What the audit adds up, name by name", widths)
    page.put(
        3, 2, "Multipliers of the sums stand above them; the slope is that of half the active variance.", HINT
    )
    titles = (
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
        *("Σ × active", "Slope with limits", "Part of gap", "Names differ"),
        *(row.label for row in sums),
        *(title for title, _ in extra),
    )
    page.headings(FIRST - 1, 2, titles, ("Name", "Lower from", "Upper from"))
    page.heights[FIRST - 1] = 60.0
    limits_top = _CHECKS_TOP + len(_checks(audited, 0, 0)) + 3 + len(_origins(audited))
    for at in range(len(sums)):
        page.put(FIRST - 2, _FIRST_SUM + at, _formula(f"{SHEET}!$G${limits_top + at}"), _SMALL)
    bounds = _bounds(audited)
    for line, name in enumerate(audited.places.names):
        _write_name(page, audited, line, name, bounds[line])
    return page.finished(frozen=(FIRST, 3))


def _write_name(page: Page, audited: Audited, line: int, name: str, bound: tuple[str, str, str, str]) -> None:
    places, row = audited.places, FIRST + line
    low, high, from_low, from_high = bound
    page.put(row, 2, name, STRONG)
    for column, held in ((3, places.portfolio), (4, places.benchmark), (6, places.current)):
        page.put(row, column, _weight(held[line], audited.case.unit), _FRACTION)
    page.put(row, 5, _formula(f"{WEIGHT}{row}-{BENCHMARK}{row}"), _FRACTION)
    page.put(row, 7, _formula(low) if low else None, _FRACTION)
    page.put(row, 8, _formula(high) if high else None, _FRACTION)
    page.put(row, 9, from_low or None, WORDS)
    page.put(row, 10, from_high or None, WORDS)
    active = f"${ACTIVE}${FIRST}:${ACTIVE}${audited.last}"
    page.put(row, 11, _formula(f"SUM(MMULT({places.covariance[line]},{active}))"), _SMALL)
    page.put(row, 12, _formula(_slope(audited, row)), _SMALL)
    page.put(row, 13, _formula(_share(audited, row, low, high)), _SMALL)
    page.put(row, 14, _formula(_differing(audited, line, row)), _COUNT)
    for at, native in enumerate((*audited.linear, *audited.bent)):
        text = native.coefficients[line]
        if text == "BETA":
            benchmark = f"${BENCHMARK}${FIRST}:${BENCHMARK}${audited.last}"
            own = _extra_letter(audited, len(_extra_columns(audited)) - 1)
            text = f"{own}{row}/SUMPRODUCT({benchmark},${own}${FIRST}:${own}${audited.last})"
        page.put(row, _FIRST_SUM + at, _formula(text), number("0.0000"))
    for at, (_, give) in enumerate(_extra_columns(audited)):
        column = _FIRST_SUM + len(audited.linear) + len(audited.bent) + at
        page.put(row, column, _formula(give(line, row, low, high)), _SMALL)


def _weight(held: Held | None, unit: float) -> NewFormula | float:
    if held is None:
        return 0.0
    return _formula(held.value if unit == 1.0 else f"{held.value}*{unit:g}")


def _slope(audited: Audited, row: int) -> str:
    first, last = _letter(0), _letter(len(audited.linear) - 1)
    multipliers = f"${first}${FIRST - 2}:${last}${FIRST - 2}"
    return f"{SLOPE}{row}+SUMPRODUCT({multipliers},{first}{row}:{last}{row})"


def _share(audited: Audited, row: int, low: str, high: str) -> str:
    if audited.unproved:
        return "0"
    lower, upper = _ends(row, low, high)
    if not audited.pulling:
        return f"{PULL}{row}*({WEIGHT}{row}-IF({PULL}{row}>=0,{lower},{upper}))"
    first, last = _extra_letter(audited, 0), _extra_letter(audited, 1 + len(audited.pulling))
    return f"{_height(audited, row, f'{WEIGHT}{row}')}-MIN({first}{row}:{last}{row})"


def _ends(row: int, low: str, high: str) -> tuple[str, str]:
    """Bounds of a weight; where there is none, one capital away."""
    lower = f"{LOWER}{row}" if low else f"({WEIGHT}{row}-1)"
    upper = f"{UPPER}{row}" if high else f"({WEIGHT}{row}+1)"
    return lower, upper


def _height(audited: Audited, row: int, x: str) -> str:
    """What the name adds to the bound at a place: its slope, and the distances that count."""
    parts = [f"{PULL}{row}*{x}"]
    for at, native in enumerate(audited.bent):
        if native.multiplier > 0.0:
            letter = _letter(len(audited.linear) + at)
            bend = "0" if native.bends_at == "0" else f"{native.bends_at}{row}"
            parts.append(f"{letter}${FIRST - 2}*{letter}{row}*ABS({x}-{bend})")
    return "+".join(parts)


def _extra_letter(audited: Audited, at: int) -> str:
    return _letter(len(audited.linear) + len(audited.bent) + at)


def _extra_columns(audited: Audited) -> list[tuple[str, _Give]]:
    """Columns behind the sums, each with what gives its formula: places on the way to the gap, and for Beta."""
    columns: list[tuple[str, _Give]] = []
    if audited.pulling and not audited.unproved:
        columns.append(
            ("At lower bound", lambda _, row, low, high: _height(audited, row, _ends(row, low, high)[0]))
        )
        columns.append(
            ("At upper bound", lambda _, row, low, high: _height(audited, row, _ends(row, low, high)[1]))
        )
        for native in audited.pulling:
            columns.append((f"At the bend of {native.label}", _at_bend(audited, native)))
    if any("BETA" in native.coefficients for native in audited.linear):
        columns.append(("Σ × benchmark", _times_benchmark(audited)))
    return columns


def _at_bend(audited: Audited, native: NativeRow) -> _Give:
    def give(_line: int, row: int, low: str, high: str) -> str:
        lower, upper = _ends(row, low, high)
        bend = "0" if native.bends_at == "0" else f"{native.bends_at}{row}"
        return _height(audited, row, f"MAX({lower},MIN({upper},{bend}))")

    return give


def _times_benchmark(audited: Audited) -> _Give:
    benchmark = f"${BENCHMARK}${FIRST}:${BENCHMARK}${audited.last}"
    return lambda line, _row, _low, _high: f"SUM(MMULT({audited.places.covariance[line]},{benchmark}))"


def _differing(audited: Audited, line: int, row: int) -> str:
    places = audited.places
    labels = [
        held[line].label  # type: ignore[union-attr]  # asked in the condition
        for held in (places.portfolio, places.benchmark, places.current)
        if held[line] is not None and held[line].label  # type: ignore[union-attr]
    ]
    labels += [places.covariance_labels[line]] if places.covariance_labels[line] else []
    attributes = audited.asked.sources.get("attributes")
    at = places.attribute_rows.get(key(places.names[line]))
    if attributes is not None and at is not None:
        labels.append(attributes.cell(at, 0))
    return "+".join(f"(TRIM({label})<>TRIM($B{row}))" for label in labels) if labels else "0"


def _in_quotes(text: str) -> str:
    return text.replace('"', '""')
