"""The sheets *Checks*, where Excel's own functions test every answer of ours, and *Notes*."""

from typing import Final

from xlsxwriter.utility import xl_col_to_name

from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.plan import (
    CHECKS,
    CONTRIBUTIONS,
    COVARIANCE,
    FIRST_ROW,
    LIMITS,
    NOTES,
    TRACKER,
    WEIGHTS,
    Check,
    Plan,
)
from trackerr_xl.workbook.templates.style import GOOD, SLATE

TOLERANCE: Final = 1e-6


def write_checks(book: Book, plan: Plan) -> None:
    """Write the checks and, beside them, the tracking error computed again without any function of ours."""
    page = open_page(
        book,
        CHECKS,
        "Checks",
        "Excel's own arithmetic tests every answer: no cell here calls a function of ours",
        [2, 50, 14, 12, 12, 11, 2, 28, 11, 14, 14, 17, 17],
        GOOD,
    )
    page.put("B3", "Tolerance of every check", "left")
    page.put("C3", TOLERANCE, "input", "exact")
    book.define("Check_Tolerance", CHECKS, "C3")
    page.headings("B5", ["Check", "Value", "Min", "Max", "Status"])
    checks = (*_identities(plan), *plan.checks)
    for row, check in enumerate(checks, start=FIRST_ROW):
        _write_check(page, row, check)
    last = FIRST_ROW + len(checks) - 1
    book.define("Check_Status", CHECKS, f"F{FIRST_ROW}:F{last}")
    page.mark_status(f"F{FIRST_ROW}:F{last}")
    _write_notes_on_checks(page, last + 2)
    _write_audit(page, plan)
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 0)
    page.sheet.repeat_rows(0, 4)


def write_notes(book: Book, plan: Plan) -> None:
    """Write the notes: units, how to use the book, where its data come from."""
    page = open_page(
        book, NOTES, "Notes", "Units, conventions and where the numbers come from", [2, 26, 120], SLATE
    )
    page.headings("B5", ["Topic", "Note"], text=("Note",))
    for row, (topic, note) in enumerate(plan.notes, start=FIRST_ROW):
        page.put(f"B{row}", topic, "words", "left", "strong")
        page.put(f"C{row}", note, "words", "left")
        page.sheet.set_row(row - 1, 16 * (1 + len(note) // 150))
    page.sheet.freeze_panes(5, 0)


def _identities(plan: Plan) -> tuple[Check, ...]:
    """Checks that hold for every tracker, whatever its limits."""
    last = plan.last_row
    final_group = FIRST_ROW + len(plan.groups) - 1
    te = "$K$4"
    return (
        Check("Portfolio weights sum to 100 %", "=SUM(Portfolio_Weights)", "percent", 1.0, 1.0),
        Check("Index weights sum to 100 %", "=SUM(Index_Weights)", "percent", 1.0, 1.0),
        Check("TRACKING_ERROR less TE by MMULT, bp", f"=ROUND({TRACKER}!B5-{te},9)", "variance", 0.0, 0.0),
        Check(
            "Sum of contributions by name less TE, bp",
            f"=ROUND(SUM(L{FIRST_ROW}:L{last})-{te},9)",
            "variance",
            0.0,
            0.0,
        ),
        Check(
            "Sum of contributions by group less TE, bp",
            f"=ROUND(10000*SUM({CONTRIBUTIONS}!E{FIRST_ROW}:E{final_group})-{te},9)",
            "variance",
            0.0,
            0.0,
        ),
        Check(
            "Largest gap between contributions, bp",
            f"=MAX(M{FIRST_ROW}:M{last})-MIN(M{FIRST_ROW}:M{last})",
            "variance",
            0.0,
            0.0,
        ),
        Check(
            "Every name of the covariance is held by the index",
            f"=SUMPRODUCT(COUNTIF({WEIGHTS}!B{FIRST_ROW}:B{last},H{FIRST_ROW}:H{last}))",
            "whole",
            float(plan.count),
            float(plan.count),
        ),
    )


def _write_check(page: Page, row: int, check: Check) -> None:
    page.put(f"B{row}", check.label, "body", "left")
    page.formula(f"C{row}", check.value, "body", check.look)
    off = "FALSE"
    if check.limit is None:
        page.put(f"D{row}", check.least, "body", check.look)
        page.put(f"E{row}", check.most, "body", check.look)
    else:
        source = FIRST_ROW + check.limit
        off = f'{LIMITS}!G{source}="No"'
        for column, fixed in (("D", check.least), ("E", check.most)):
            if fixed is not None:
                page.put(f"{column}{row}", fixed, "body", check.look)
                continue
            page.formula(
                f"{column}{row}",
                f'=IF({LIMITS}!{column}{source}="","",{LIMITS}!{column}{source})',
                "body",
                check.look,
            )
    within = f'AND(IF(D{row}="",TRUE,C{row}>=D{row}-Check_Tolerance),IF(E{row}="",TRUE,C{row}<=E{row}+Check_Tolerance))'
    page.formula(f"F{row}", f'=IFERROR(IF({off},"Off",IF({within},"OK","CHECK")),"CHECK")', "status")


def _write_notes_on_checks(page: Page, row: int) -> None:
    lines = (
        "Min and Max come from the sheet Limits where a check is about a limit; change them there.",
        "A limit you add needs a check of your own here. The sheet Explain covers every row by itself.",
        "CHECK after a weight was typed by hand on the sheet Weights: that weight breaks the limit named.",
    )
    for place, line in enumerate(lines):
        page.put(f"B{row + place}", line, "hint")


def _write_audit(page: Page, plan: Plan) -> None:
    first, last = FIRST_ROW, plan.last_row
    final = xl_col_to_name(1 + plan.count)
    page.put("H4", "Tracking error by MMULT, bp a year", "strong")
    page.formula("K4", f"=10000*SQRT(SUMPRODUCT(I{first}:I{last},J{first}:J{last}))", "strong", "bp")
    page.headings(
        "H5",
        [
            "Name, as in the covariance",
            "Active",
            "Σ × active",
            "Marginal TE",
            "Contribution (bp)",
            "less TE_CONTRIB",
        ],
    )
    for place in range(plan.count):
        row = first + place
        page.formula(f"H{row}", f"={COVARIANCE}!B{row}", "body", "left")
        page.formula(
            f"I{row}", f"=SUMIF({WEIGHTS}!$B${first}:$B${last},H{row},Active)", "body", "signed percent"
        )
        page.formula(
            f"J{row}",
            f"=SUM(MMULT({COVARIANCE}!$C{row}:${final}{row},$I${first}:$I${last}))",
            "body",
            "exact",
        )
        page.formula(f"K{row}", f"=IF($K$4=0,0,10000*J{row}/$K$4)", "body", "signed fraction")
        page.formula(f"L{row}", f"=10000*I{row}*K{row}", "body", "signed bp")
        theirs = f"INDEX({WEIGHTS}!$I${first}:$I${last},MATCH(H{row},{WEIGHTS}!$B${first}:$B${last},0))"
        page.formula(f"M{row}", f"=ROUND(L{row}-{theirs},9)", "body", "variance")
