"""The sheets of *performance.xlsx* on which our functions answer: statistics, the moving window, attribution."""

from typing import Final

from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.performance_book import MONTHS
from trackerr_xl.workbook.templates.performance_inputs import FIRST, RETURNS
from trackerr_xl.workbook.templates.plan import FIRST_ROW
from trackerr_xl.workbook.templates.style import TEAL

STATISTICS, ROLLING, ATTRIBUTION = "Statistics", "Rolling", "Attribution"
STATISTIC_ROWS: Final = {
    label: FIRST_ROW + place
    for place, label in enumerate(
        (
            "Returns counted",
            "Ex-post tracking error",
            "95 % band, lower",
            "95 % band, upper",
            "Ex-post beta",
            "Ex-post TE from beta",
            "Ex-post TE residual",
            "Portfolio return a year",
            "Benchmark return a year",
            "Tracking difference",
            "Information ratio",
            "Information ratio, geometric",
            "Hit rate",
            "Largest relative drawdown",
            "Periods a year",
        )
    )
}
"""Row of each figure on the sheet *Statistics*."""
METHODS: Final = (
    ("Std", "sample standard deviation"),
    ("RMS", "the mean counts too"),
    ("MAD", "mean absolute deviation"),
    ("Downside", "only months behind"),
    ("Geometric", "of (1+fund)/(1+index)−1"),
    ("EWMA 12", "newer months count more"),
)
"""Conventions of an ex-post tracking error, and what each is."""

_STATISTICS: Final = "TE_STATS(, , , Fund_returns, Index_returns, 12)"
_BRINSON: Final = (
    "BRINSON(Fund_weights, Index_weights, Fund_sector_returns, Index_sector_returns, Sector_groups)"
)


def write_answers(book: Book) -> None:
    """Write the three sheets."""
    _write_statistics(book)
    _write_rolling(book)
    _write_attribution(book)


def _write_statistics(book: Book) -> None:
    page = open_page(
        book,
        STATISTICS,
        "Statistics",
        "Everything two series of returns say, and the tracking error in six conventions",
        (2, 34, 16, 3, 16, 32, 16),
        TEAL,
    )
    page.put("B3", "Fractions a year, where a figure is not a ratio or a count.", "hint")
    page.quote("B4", _STATISTICS)
    page.spill("B5", f"={_STATISTICS}", ("body", "left"), ("body", "fraction or count"), header=("header",))
    page.headings("E5", ["Convention", "What it is", "Tracking error"], text=("What it is",))
    for row, (method, meaning) in enumerate(METHODS, start=FIRST_ROW):
        page.put(f"E{row}", method, "body", "left", "strong")
        page.put(f"F{row}", meaning, "body", "left")
        page.formula(
            f"G{row}", f"=TRACKING_ERROR(Fund_returns, Index_returns, , 12, E{row})", "body", "percent"
        )
    page.put(
        f"E{FIRST_ROW + len(METHODS)}",
        "Two reports that disagree often use two of these. Say which one you mean.",
        "hint",
    )
    _finish(page)


def _write_rolling(book: Book) -> None:
    page = open_page(
        book,
        ROLLING,
        "Tracking error through time",
        "Over two moving windows, beside your limit",
        (2, 16, 22, 22, 18),
        TEAL,
    )
    for column, window in (("C", "Short_window"), ("D", "Long_window")):
        call = f"TE_ROLLING(Fund_returns, Index_returns, {window}, 12)"
        page.spill(f"{column}{FIRST_ROW}", f"={call}", ("body", "percent"))
    page.put(
        "B3",
        "#N/A until a window is full. The limit and the windows are set on the sheet Performance.",
        "hint",
    )
    page.quote("B4", "TE_ROLLING(Fund_returns, Index_returns, Short_window, 12)")
    page.headings("B5", ["Month", "Short window", "Long window", "Limit"])
    for place in range(MONTHS):
        row = FIRST_ROW + place
        page.formula(f"B{row}", f"={RETURNS}!B{FIRST + place}", "body", "month")
        page.formula(f"E{row}", "=TE_limit", "body", "percent")
    # What does not exist is there to be seen, but quietly.
    quiet = book.file.add_format({"font_color": "#B4BDC9"})
    cells = f"C{FIRST_ROW}:D{FIRST_ROW + MONTHS - 1}"
    page.sheet.conditional_format(cells, {"type": "errors", "format": quiet})
    _finish(page)
    page.sheet.fit_to_pages(1, 2)


def _write_attribution(book: Book) -> None:
    page = open_page(
        book,
        ATTRIBUTION,
        "Attribution of the last twelve months",
        "Brinson and Fachler by sector, months linked after Cariño; all effects sum to the active return exactly",
        (2, 22, 16, 16, 16, 16, 14, 14, 14, 14),
        TEAL,
    )
    page.put(
        "B3",
        "Allocation: sectors over- or underweighted. Selection: choice within a sector. Interaction: both together.",
        "hint",
    )
    page.quote("B4", _BRINSON)
    looks = (*[("body", "percent")] * 2, *[("body", "signed percent")] * 6)
    page.spill("B5", f"={_BRINSON}", ("body", "left"), *looks, header=("header",))
    _finish(page)


def _finish(page: Page) -> None:
    page.sheet.set_row(4, 30)
    page.sheet.freeze_panes(5, 2)
    page.sheet.repeat_rows(0, 4)
