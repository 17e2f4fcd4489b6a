"""The notebook's three bonds: the right answer, the wrong one it came from, and a limit to play with."""

from typing import Final

from trackerr_xl.workbook.templates.page import Book, Page, open_page
from trackerr_xl.workbook.templates.style import AMBER, NAVY, SLATE, TEAL

SHEET: Final = "Three bonds"
BONDS: Final = ("Bond A", "Bond B", "Bond C")
WEIGHTS: Final = (0.4, 0.3, 0.3)
COVARIANCE: Final = ((1.0e-4, 0.2e-4, 0.1e-4), (0.2e-4, 1.5e-4, 0.3e-4), (0.1e-4, 0.3e-4, 2.0e-4))
CAP: Final = 0.35
EXPLAINED_ROWS: Final = 10

_PORTFOLIOS: Final = ("Index", "Equal weights", "Least tracking error", "Least, Bond A capped")
_WIDTHS: Final = (2, 26, 12, 12, 12, 12, 12, 16, 12, 2, 10, 10, 8, 9, 30)


def write_three_bonds(book: Book) -> None:
    """Write the sheet *Three bonds*."""
    page = open_page(
        book,
        SHEET,
        "Three bonds against their index",
        "min (w − b)′ Σ (w − b),  Σ w = 1,  0 ≤ w ≤ 1  —  the smallest case, with the right answer",
        _WIDTHS,
        AMBER,
    )
    page.put(
        "B3",
        "Blue on yellow is yours to change; every black number follows. Weights are fractions shown in %.",
        "hint",
    )
    _write_inputs(page)
    _write_answers(page)
    _write_comparison(page)
    _write_words(page)
    _draw(page)
    page.sheet.freeze_panes(3, 0)
    page.sheet.print_area(f"A1:O{29 + EXPLAINED_ROWS}")
    page.sheet.fit_to_pages(1, 1)


def _write_inputs(page: Page) -> None:
    page.section("B5:C5", "Index")
    page.headings("B6", ["Bond", "Weight"])
    page.section("E5:H5", "Covariance of returns, fraction² a period")
    page.headings("E6", ["Σ", *BONDS])
    for place, (bond, weight, line) in enumerate(zip(BONDS, WEIGHTS, COVARIANCE, strict=True)):
        row = 7 + place
        page.put(f"B{row}", bond, "input", "left")
        page.put(f"C{row}", weight, "input", "percent")
        page.put(f"E{row}", bond, "input", "left")
        for column, value in zip("FGH", line, strict=True):
            page.put(f"{column}{row}", value, "input", "variance")
    page.put("B10", "Sum", "total", "left")
    page.formula("C10", "=SUM(C7:C9)", "total", "percent")

    page.section("K5:O5", "A limit to try")
    page.headings("K6", ["Type", "Item", "Min", "Max", "Note"], text=("Item", "Note"))
    rows = (
        ("Weight", "*", 0, 1, "Nothing short, no leverage"),
        ("Weight", "Bond A", None, CAP, "◄ move this cap"),
    )
    for row, (kind, item, least, most, note) in enumerate(rows, start=7):
        page.put(f"K{row}", kind, "input", "left")
        page.put(f"L{row}", item, "input", "left")
        page.put(f"M{row}", least, "input", "percent")
        page.put(f"N{row}", most, "input", "percent")
        page.put(f"O{row}", note, "body", "left")
    book = page.book
    book.define("Three_Index", SHEET, "B7:C9")
    book.define("Three_Covariance", SHEET, "E6:H9")
    book.define("Three_Limits", SHEET, "K6:N8")
    book.define("Bond_A_Cap", SHEET, "N8")


def _write_answers(page: Page) -> None:
    page.section("B12:D12", "Least tracking error")
    page.section("F12:H12", "The same, Bond A capped")
    calls = (
        "TE_OPTIMIZE(Three_Index, Three_Covariance)",
        "TE_OPTIMIZE(Three_Index, Three_Covariance, Three_Limits)",
    )
    for columns, call in zip((("B", "C", "D"), ("F", "G", "H")), calls, strict=True):
        name, weight, active = columns
        page.quote(f"{name}13", call)
        page.headings(f"{name}14", ["Bond", "Weight", "Active"])
        page.spill(f"{name}15", f"={call}", ("body", "left"), ("body", "percent", "strong"))
        for row in range(15, 18):
            page.formula(f"{active}{row}", f"={weight}{row}-C{row - 8}", "body", "signed percent")


def _write_comparison(page: Page) -> None:
    page.section("B20:I20", "How far each portfolio is from the index, basis points a period")
    page.headings("B21", ["Portfolio", *BONDS, "Sum", "TE", "TE by MMULT", "Check"])
    sources = ("=$C{row}", "=1/3", "=$C{answer}", "=$G{answer}")
    for row, (portfolio, source) in enumerate(zip(_PORTFOLIOS, sources, strict=True), start=22):
        page.put(f"B{row}", portfolio, "body", "left")
        for place, column in enumerate("CDE"):
            page.formula(f"{column}{row}", source.format(row=7 + place, answer=15 + place), "body", "percent")
        page.formula(f"F{row}", f"=SUM(C{row}:E{row})", "body", "percent")
        page.formula(
            f"G{row}", f"=10000*TRACKING_ERROR(C{row}:E{row},$C$22:$E$22,$F$7:$H$9)", "body", "bp", "strong"
        )
        active = f"C{row}:E{row}-$C$22:$E$22"
        page.formula(f"H{row}", f"=10000*SQRT(SUMPRODUCT(MMULT({active},$F$7:$H$9),{active}))", "body", "bp")
        page.formula(
            f"I{row}",
            f'=IFERROR(IF(AND(ABS(F{row}-1)<=0.000001,ABS(G{row}-H{row})<=0.000001),"OK","CHECK"),"CHECK")',
            "status",
        )
    page.mark_status("I22:I25")
    page.put(
        "B26",
        "Equal weights is where a general-purpose optimiser (SLSQP, tolerance 1e-6) stops at once and reports success: "
        "8.76 bp away from the index.",
        "hint",
    )


def _write_words(page: Page) -> None:
    page.section("B28:O28", "In words")
    page.spill(
        "B29",
        '=TE_EXPLAIN("TE_OPTIMIZE", Three_Index, Three_Covariance, Three_Limits)',
        ("left", "strong"),
        ("left",),
    )


def _draw(page: Page) -> None:
    chart = page.book.file.add_chart({"type": "column"})
    for row, colour in zip((22, 23, 25), (NAVY, "#B8C1CE", TEAL), strict=True):
        chart.add_series(
            {
                "name": [SHEET, row - 1, 1],
                "categories": [SHEET, 20, 2, 20, 4],
                "values": [SHEET, row - 1, 2, row - 1, 4],
                "fill": {"color": colour},
                "gap": 80,
                "overlap": -5,
            }
        )
    chart.set_title({"name": "Weights", "name_font": {"size": 11, "color": NAVY}, "overlay": False})
    chart.set_legend({"position": "bottom", "font": {"size": 9, "color": SLATE}})
    chart.set_y_axis(
        {
            "num_format": "0%",
            "num_font": {"color": SLATE},
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": "#E3E8EE"}},
        }
    )
    chart.set_x_axis({"num_font": {"color": SLATE}, "line": {"color": "#C5CDD8"}})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_size({"width": 500, "height": 310})
    page.sheet.insert_chart("K11", chart, {"object_position": 2})
