"""The table of a failure: what differs can be seen to differ."""

from trackerr_xl.sheet.cells import Cell, CellError
from trackerr_xl.testing.table import table_of
from trackerr_xl.workbook.book import Address
from trackerr_xl.workbook.check import difference_at


def row(before: Cell, now: Cell) -> str:
    """The row of one cell without its address and formula."""
    shown = table_of([difference_at(Address("S", 1, 1), "=A2", before, now)], 1e-9, "Locked").splitlines()[1]
    return " ".join(shown.removeprefix("S!A1  =A2").split())


def test_numbers_have_as_many_digits_as_tell_them_apart() -> None:
    assert row(300.0, 301.25) == "300 301.25 1.25 1e-09"
    assert row(0.1, 0.10000000000000002) == "0.1 0.10000000000000002 1.39e-17 1e-09"


def test_contents_of_other_kinds_are_told_apart() -> None:
    assert row(None, True) == "(empty) TRUE 1e-09"
    assert row(CellError("#N/A"), 1.0) == "#N/A 1 1e-09"


def test_long_texts_are_shown_where_they_differ() -> None:
    assert row("x" * 100 + "late", "x" * 100 + "soon") == "…xxxxxlate …xxxxxsoon 1e-09"
    assert row("a\nb", "a b") == "a↵b a b 1e-09"
    assert row("old " + "y" * 100, "new " + "y" * 100) == f"old {'y' * 35}… new {'y' * 35}… 1e-09"


def test_a_long_table_says_how_much_is_left_out() -> None:
    many = [difference_at(Address("S", number, 1), "=B1", 1.0, 2.0) for number in range(1, 1021)]
    lines = table_of(many, 0.0, "Locked").splitlines()
    assert len(lines) == 22
    assert lines[-2].startswith("S!A20 ")
    assert lines[-1] == "… and 1,000 more"
