"""Help: a sheet with every function, what it takes and an example."""

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.spec import SheetFunction
from trackerr_xl.workbook.actions.changes import Changes, Plan
from trackerr_xl.workbook.actions.pages import CODE, HINT, STRONG, WRAPPED, Page

SHEET = "trackerr_xl help"

_LETTERS_A_LINE = 95
_POINTS_A_LINE = 14.0


def functions_sheet() -> Plan:
    """Plan to add the sheet of functions, or to bring it up to date."""
    page = Page(SHEET)
    page.band(
        "Functions of trackerr_xl",
        "Type a formula, or select a cell that holds one and press Explain",
        (2, 22, 90, 90),
    )
    page.put(3, 2, "Arguments in brackets may be left out.", HINT)
    page.headings(
        5,
        2,
        ("Function", "What it answers", "How it is typed"),
        ("Function", "What it answers", "How it is typed"),
    )
    for row, declared in enumerate(CATALOGUE.values(), start=6):
        page.put(row, 2, declared.name, STRONG)
        page.put(row, 3, declared.summary, WRAPPED)
        page.put(row, 4, _typed(declared), CODE)
        page.heights[row] = _POINTS_A_LINE * (1 + len(declared.summary) // _LETTERS_A_LINE) + 4.0
    words = f"The sheet {SHEET} lists {len(CATALOGUE)} functions."
    return Plan(Changes(sheets=(page.finished(frozen=(6, 1)),)), (words,))


def _typed(declared: SheetFunction) -> str:
    words = [each.name if each.required else f"[{each.name}]" for each in declared.arguments]
    return f"{declared.name}({', '.join([*words, '…'] if declared.variadic else words)})"
