"""The ledger of accepted divergences: cells in which an engine may differ, each with its reason."""

from pathlib import Path

import pytest
from tested_book import run, write_book

pytest_plugins = ["pytester"]


def with_ledger(folder: Path, cells: str, engine: str = "ironcalc") -> None:
    write_book(folder / "book.xlsx", total=301)
    (folder / "book.xlsx.tests.toml").write_text(
        f'[[accepted]]\ncells = "{cells}"\nengine = "{engine}"\nreason = "rounded by hand, see the minutes of May"\n',
        "utf-8",
    )


@pytest.mark.parametrize("cells", ["Totals!A1", "totals!$A$1:$B$2"])
def test_an_accepted_cell_may_differ_and_its_reason_is_told(pytester: pytest.Pytester, cells: str) -> None:
    with_ledger(pytester.path, cells)
    said = run(pytester, "--workbooks", code=0)
    shown = cells.replace("totals", "Totals").replace("$", "")
    assert (
        f"book.xlsx Totals: {shown} differs, accepted: rounded by hand, see the minutes of May"
        in said.splitlines()
    )


def test_other_cells_and_other_engines_are_not_accepted(pytester: pytest.Pytester) -> None:
    with_ledger(pytester.path, "Totals!B1:B9")
    assert "Totals!A1 differs from what the file stores:" in run(pytester, "--workbooks", code=1)
    with_ledger(pytester.path, "Totals!A1", engine="libreoffice")
    assert "Totals!A1 differs from what the file stores:" in run(pytester, "--workbooks", code=1)


def test_a_locked_cell_that_cannot_be_calculated_any_more_may_be_accepted(pytester: pytest.Pytester) -> None:
    with_ledger(pytester.path, "Totals!A1:A2")
    run(pytester, "--workbooks-update", code=0)
    write_book(pytester.path / "book.xlsx", formula="=NOSUCHFUNCTION(1)")
    assert "differs, accepted: rounded by hand" in run(pytester, "--workbooks", code=0)
    (pytester.path / "book.xlsx.tests.toml").unlink()
    assert "Totals!A1 cannot be calculated" in run(pytester, "--workbooks", code=1)


def test_an_entry_that_is_not_needed_any_more_is_told(pytester: pytest.Pytester) -> None:
    with_ledger(pytester.path, "Totals!A1")
    write_book(pytester.path / "book.xlsx")
    said = run(pytester, "--workbooks", code=0)
    assert "book.xlsx Totals: Totals!A1 agrees, it need not be accepted any more" in said.splitlines()
