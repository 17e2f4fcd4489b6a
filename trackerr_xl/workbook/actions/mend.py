"""Mend: formulas of ours that show #NAME? entered again, once the add-in that knows their names is there."""

from trackerr_xl.workbook.actions.changes import Changes, Plan
from trackerr_xl.workbook.actions.own_formulas import formulas_of
from trackerr_xl.workbook.book import Address, Book
from trackerr_xl.workbook.file.cell_xml import Content, NewFormula

_UNBOUND = "#NAME?"
_SPILLS = 1
"""Stands for any mark of a spill: formulas are typed into Excel, and files have marks of their own."""


def mend(book: Book) -> Plan:
    """Plan to enter again every formula of ours that shows #NAME?, as it is."""
    cells: dict[Address, Content] = {}
    for found in formulas_of(book):
        cell = found.cell
        if found.ours and str(cell.stored) == _UNBOUND and cell.kind != "data table":
            area = None if cell.kind == "normal" else cell.area
            cells[cell.address] = NewFormula(
                cell.text, cell.stored, area, _SPILLS if cell.kind == "dynamic" else None
            )
    if not cells:
        return Plan(Changes(), ("No formula of ours shows #NAME?.",))
    count = len(cells)
    return Plan(
        Changes(cells), (f"{count:,} {'formula was' if count == 1 else 'formulas were'} entered again.",)
    )
