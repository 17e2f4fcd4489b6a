"""The sheet of the verdict: checks, limits, and the tables they rest on."""

from collections.abc import Mapping
from dataclasses import replace

from trackerr_xl.workbook.actions.audit.audited import Audited
from trackerr_xl.workbook.actions.audit.checks import checks
from trackerr_xl.workbook.actions.audit.layout import FIRST_CHECK, SHEET, formula
from trackerr_xl.workbook.actions.audit.lines import REASON, lines
from trackerr_xl.workbook.actions.pages import HINT, LINE, STRONG, WORDS, Page, number
from trackerr_xl.workbook.file.addresses import Area
from trackerr_xl.workbook.file.cell_xml import Content, NewFormula
from trackerr_xl.workbook.file.looks import Look
from trackerr_xl.workbook.file.new_sheet import NewSheet

_WIDTHS = (2, 50, 15, 15, 15, 13, 13, 13, 58)
_FIRST, _LAST = 2, 9
_VERDICT_ROW = 5
_EMPTY = Look(rule=LINE)
_LARGE = replace(STRONG, size=12)


def verdict_sheet(audited: Audited, written: str) -> NewSheet:
    """The sheet of the verdict.

    Parameters
    ----------
    audited : Audited
        What is audited.
    written : str
        When, for the reader.
    """
    page = Page(SHEET)
    page.band(
        "Audit",
        f"Tracking error, limits and optimality by Excel's own arithmetic, written {written}",
        _WIDTHS,
    )
    page.put(
        3,
        _FIRST,
        "No cell here calls Python. Multipliers come from the optimiser and need no trust: by weak duality wrong ones can "
        "only make the audit fail.",
        HINT,
    )
    _write_verdict(page, audited)
    _write_checks(page, audited)
    _write_lines(page, audited)
    _write_copies(page, audited)
    return page.finished(
        frozen=(6, 1),
        status=(
            Area(_VERDICT_ROW, 3, _VERDICT_ROW, _LAST),
            Area(FIRST_CHECK, _LAST, audited.error_row + 1, _LAST),
            Area(audited.first_line, _LAST, audited.last_line, _LAST),
        ),
    )


def _write_verdict(page: Page, audited: Audited) -> None:
    areas = (
        f"$I${FIRST_CHECK}:$I${audited.error_row + 1}",
        f"$I${audited.first_line}:$I${audited.last_line}",
    )
    good, silent = (
        "(" + "+".join(f'COUNTIF({area},"{word}")' for area in areas) + ")" for word in ("OK", "Not audited*")
    )
    count = audited.checks + audited.last_line - audited.first_line + 1
    # What is counted is what holds, so that an error value in a line can never pass for nothing wrong.
    verdict = formula(
        f'IF({good}+{silent}<{count},"CHECK: "&({count}-{good}-{silent})&" of {count} lines below do not hold",'
        f'IF({silent}>0,"OK, and "&{silent}&" of {count} lines are not audited","OK"))'
    )
    _write_line(page, _VERDICT_ROW, {2: ("Verdict", _LARGE), 3: (verdict, _LARGE)})
    page.heights[_VERDICT_ROW] = 24.0


def _write_checks(page: Page, audited: Audited) -> None:
    page.section(FIRST_CHECK - 2, _FIRST, _LAST, "Checks")
    titles = ("Check", "Value", "Must be", "", "", "", "", "Verdict")
    page.headings(FIRST_CHECK - 1, _FIRST, titles, ("Check", "Verdict"))
    for row, check in enumerate(checks(audited), start=FIRST_CHECK):
        look = number("0" if check.counts else "0.0000000000")
        _write_line(
            page,
            row,
            {
                2: (check.label, WORDS),
                3: (NewFormula(f"={check.value}"), look),
                4: (NewFormula(f"={check.needed}"), look),
                9: (check.status, REASON),
            },
        )


def _write_lines(page: Page, audited: Audited) -> None:
    page.section(audited.first_line - 2, _FIRST, _LAST, "Limits")
    titles = ("Limit", "Value", "Min", "Max", "Room", "Multiplier", "Part of gap", "Verdict")
    page.headings(audited.first_line - 1, _FIRST, titles, ("Limit", "Verdict"))
    for row, line in enumerate(lines(audited), start=audited.first_line):
        _write_line(page, row, line)


def _write_line(page: Page, row: int, line: Mapping[int, tuple[Content, Look]]) -> None:
    for column in range(_FIRST, _LAST + 1):
        page.put(row, column, *line.get(column, (None, _EMPTY)))


def _write_copies(page: Page, audited: Audited) -> None:
    for copy in audited.copies:
        top = audited.copy_row(copy.title)
        page.section(
            top - 1, _FIRST, max(_LAST, len(copy.rows[0]) + 1), f"The {copy.title} as they were audited"
        )
        for row, cells in enumerate(copy.rows, start=top):
            for at in copy.columns:
                page.put(row, 2 + at, cells[at], STRONG if row == top else WORDS)
