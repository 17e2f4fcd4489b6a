"""The second engine: workbooks calculated by LibreOffice, with our functions and a pinned clock."""

import json
import shutil
from pathlib import Path

import libreoffice
import poison
import pytest
import xlsxwriter
from tested_book import run, write_book, write_clock_book

from trackerr_xl.testing import libreoffice as engine

pytest_plugins = ["pytester"]

TEMPLATES = Path(__file__).parents[2] / "workbook_templates"
WORDS = ("--workbooks", "--workbooks-engine", "libreoffice", "-v")


@pytest.mark.libreoffice
def test_libreoffice_calculates_a_locked_template_with_our_functions(pytester: pytest.Pytester) -> None:
    libreoffice.program("soffice")
    name = "equity_index_tracker.xlsx"
    shutil.copy(TEMPLATES / name, pytester.path)
    run(pytester, "--workbooks-update", code=0)
    # Every stored value is a lie: what agrees with the lock was calculated.
    assert poison.poison(TEMPLATES / name, pytester.path / name) > 1000
    said = run(pytester, *WORDS, code=0)
    assert f"{name}::Tracker PASSED" in said
    assert "accepted" not in said
    lock = pytester.path / f"{name}.lock.json"
    data = json.loads(lock.read_text("utf-8"))
    cell = next(at for at, value in data["outputs"]["Weights"].items() if isinstance(value, float) and value)
    data["outputs"]["Weights"][cell] += 0.01
    lock.write_text(json.dumps(data), "utf-8")
    assert f"Weights!{cell} differs from what is locked:" in run(pytester, *WORDS, code=1)


@pytest.mark.libreoffice
def test_the_clock_the_scenarios_and_the_ledger_count_for_libreoffice(pytester: pytest.Pytester) -> None:
    libreoffice.program("soffice")
    folder = pytester.path
    write_clock_book(folder / "clock.xlsx", year=2026)
    write_book(folder / "book.xlsx")
    (folder / "book.xlsx.tests.toml").write_text(
        '[[scenario]]\nname = "dearer"\nset = { Rate = 0.5, "Inputs!B1" = 120 }\nexpect = { "Totals!A2" = 180 }\n'
        '[[scenario]]\nname = "no input"\nset = { "Totals!A1" = 1 }\nexpect = { "Totals!A2" = 180 }\n',
        "utf-8",
    )
    with xlsxwriter.Workbook(folder / "open.xlsx") as book:
        sheet = book.add_worksheet("Open")
        # How many workbooks are open: every program counts its own.
        sheet.write_formula("A1", '=INFO("numfile")', None, 17)
        sheet.write_formula("A2", "=1+1", None, 2)
    said = run(pytester, *WORDS, code=1)
    assert "clock.xlsx::Clock PASSED" in said
    assert "book.xlsx::Totals PASSED" in said
    assert "book.xlsx::scenario dearer PASSED" in said
    assert "inputs Totals!A1 is filled by a formula, an input needs a cell without one." in said
    assert "Open!A1 differs from what the file stores:" in said
    (folder / "open.xlsx.tests.toml").write_text(
        '[[accepted]]\ncells = "Open!A1"\nengine = "libreoffice"\nreason = "counts its own files"\n', "utf-8"
    )
    said = run(pytester, *WORDS, "open.xlsx", code=0)
    assert "open.xlsx Open: Open!A1 differs, accepted: counts its own files" in said.splitlines()


def test_a_machine_without_libreoffice_is_told_so(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "find_program", lambda machine: None)
    write_book(pytester.path / "book.xlsx")
    said = run(pytester, *WORDS, code=1)
    assert (
        "TE-400 LibreOffice is not found on this machine, install it or test with ironcalc."
        in said.splitlines()
    )
