"""Scenarios: changed inputs with the outputs they must give, in a file beside the workbook or on a sheet of it."""

from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from tested_book import CLOCK, run, write_book, write_clock_book

pytest_plugins = ["pytester"]

DEARER = """
[[scenario]]
name = "dearer"
set = { "Inputs!B1" = 120, Rate = 0.5 }
expect = { "Totals!A1" = 360, "Totals!A2" = 180 }
"""


def with_plan(folder: Path, text: str) -> Path:
    path = write_book(folder / "book.xlsx")
    (folder / "book.xlsx.tests.toml").write_text(text, "utf-8")
    return path


def write_scenarios(path: Path, rows: list[list[object]]) -> Path:
    """Write a workbook with a sheet of scenarios; a Totals sheet as in the small workbook."""
    with xlsxwriter.Workbook(path) as book:
        inputs = book.add_worksheet("Inputs")
        inputs.write_column("B1", [100, 3])
        book.define_name("Units", "=Inputs!$B$2")
        totals = book.add_worksheet("Totals")
        totals.write_formula("A1", "=Inputs!B1*Inputs!B2", None, 300)
        totals.write_formula("A2", "=YEAR(TODAY())", None, "never compared")
        sheet = book.add_worksheet("Scenarios")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def test_a_scenario_of_a_file_is_a_test(pytester: pytest.Pytester) -> None:
    path = with_plan(pytester.path, DEARER)
    before = path.read_bytes()
    said = run(pytester, "--workbooks", "-v", code=0)
    assert "book.xlsx::scenario dearer PASSED" in said
    assert path.read_bytes() == before


def test_a_scenario_that_fails_names_the_cell(pytester: pytest.Pytester) -> None:
    with_plan(pytester.path, DEARER.replace("180", "181"))
    said = run(pytester, "--workbooks", "-k", "dearer", code=1).splitlines()
    at = said.index("Totals!A2 differs from what is expected:")
    assert said[at + 1 : at + 3] == [
        "Cell       Formula        Expected  Now  Difference  Tolerance",
        "Totals!A2  =A1*Inputs!B3  181       180  -1          1e-09",
    ]


def test_a_scenario_has_a_tolerance_and_a_clock_of_its_own(pytester: pytest.Pytester) -> None:
    write_clock_book(pytester.path / "clock.xlsx", year=2026)
    (pytester.path / "clock.xlsx.tests.toml").write_text(
        '[[scenario]]\nname = "year 2000"\nnow = 2000-02-29\nexpect = { "Clock!A1" = 2000, "Clock!A2" = "midnight" }\n'
        '[[scenario]]\nname = "roughly"\ntolerance = 0.01\nexpect = { "Clock!A1" = 2020 }\n'
        '[[scenario]]\nname = "strictly"\nexpect = { "Clock!A1" = 2020 }\n',
        "utf-8",
    )
    said = run(pytester, "--workbooks", "-v", code=1)
    assert "clock.xlsx::scenario year 2000 PASSED" in said
    assert "clock.xlsx::scenario roughly PASSED" in said
    assert "clock.xlsx::scenario strictly FAILED" in said


def test_scenarios_of_a_sheet_are_tests_one_a_row(pytester: pytest.Pytester) -> None:
    write_scenarios(
        pytester.path / "book.xlsx",
        [
            [
                "Scenario",
                "Set Inputs!B1",
                "Set Units",
                "Expect Totals!A1",
                "Expect Totals!A2",
                "Tolerance",
                "Now",
            ],
            ["as it is", "", "", 300],
            ["dearer", 120, "", 360],
            ["more", "", 7, 700, 2026, "", CLOCK],
            ["roughly", 101, "", 300, "", 0.02],
            [],
            ["wrong", 50, "", 149],
        ],
    )
    said = run(pytester, "--workbooks", "-k", "scenario", "-v", code=1)
    for name in ("as it is", "dearer", "more", "roughly"):
        assert f"book.xlsx::scenario {name} PASSED" in said
    assert "book.xlsx::scenario wrong FAILED" in said
    assert "Totals!A1  =Inputs!B1*Inputs!B2  149       150  1           1e-09" in said


def test_a_sheet_of_that_name_may_be_something_else(pytester: pytest.Pytester) -> None:
    write_scenarios(pytester.path / "book.xlsx", [["Scenario", "Return", "Risk"], ["boom", 0.1, 0.2]])
    assert "boom" not in run(pytester, "--workbooks", "--collect-only", "-q", code=0)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '[[scenario]]\nname = "a"\nset = { "Inputs!B1" = 1 }\nexpect = {}',
            "the scenario a expects nothing",
        ),
        ('[[scenario]]\nname = "a"\nexpect = { "Nowhere!B1" = 1 }', "Nowhere!B1 is on no sheet of book.xlsx"),
        ('[[scenario]]\nname = "a"\nexpect = { "Totals!A1:A2" = 1 }', "Totals!A1:A2 is more than one cell"),
        ('[[scenario]]\nname = "a"', "'expect' is missing"),
        (
            '[[scenario]]\nname = "a"\nexpects = {}',
            "a scenario has the key expects, known are expect, name, now, set, tolerance",
        ),
        ('[[scenario]]\nname = "a"\nexpect = { "Totals!A1" = [1] }', "[1] is no value of a cell"),
        ("scenarios = 3", "the file has the key scenarios, known are accepted, now, scenario, tolerance"),
        ("tolerance = 2", "tolerance is 2, must be a number of at least 0 and below 1"),
        ("now = 17:30:00", "17:30:00 is no local date such as 2026-03-31 or 2026-03-31T17:30:00"),
        (
            '[[accepted]]\ncells = "Totals!A1"\nengine = "excel"\nreason = "x"',
            "the accepted divergence of Totals!A1 is of excel, engines are ironcalc and libreoffice",
        ),
        (
            '[[accepted]]\ncells = "Totals!A1"\nengine = "ironcalc"\nreason = " "',
            "the accepted divergence of Totals!A1 has no reason",
        ),
    ],
)
def test_a_plan_that_says_nothing_sensible_fails_in_a_sentence(
    pytester: pytest.Pytester, text: str, sentence: str
) -> None:
    with_plan(pytester.path, text)
    said = run(pytester, "--workbooks", code=1)
    assert f"TE-160 book.xlsx.tests.toml cannot be read as a plan of tests: {sentence}." in said.splitlines()


def test_an_input_with_a_formula_and_a_name_used_twice_fail_in_a_sentence(pytester: pytest.Pytester) -> None:
    with_plan(pytester.path, DEARER.replace("Inputs!B1", "Totals!A1"))
    words = "inputs Totals!A1 is filled by a formula, an input needs a cell without one."
    assert words in run(pytester, "--workbooks", code=1)
    with_plan(pytester.path, DEARER * 2)
    assert "book.xlsx has two scenarios named dearer." in run(pytester, "--workbooks", code=1)


@pytest.mark.parametrize(
    ("heading", "value", "sentence"),
    [
        ("Expects A1", 3, "has the heading Expects A1, which must begin with Set or Expect."),
        ("Expect A1", 3, "'A1' names no sheet; write it as Sheet1!A1."),
        ("Now", "soon", "now is 'soon', must be a date."),
        ("Now", 1e9, "now is 1e+09, which is a number of days beyond every date."),
    ],
)
def test_a_sheet_of_scenarios_that_cannot_be_read_fails_in_a_sentence(
    pytester: pytest.Pytester, heading: str, value: object, sentence: str
) -> None:
    write_scenarios(
        pytester.path / "book.xlsx", [["Scenario", "Expect Totals!A1", heading], ["first", 300, value]]
    )
    assert f"TE-160 book.xlsx sheet Scenarios {sentence}" in run(pytester, "--workbooks", code=1)


def test_a_date_is_an_input_in_the_days_of_its_workbook(pytester: pytest.Pytester) -> None:
    for name, options in {"1900.xlsx": {}, "1904.xlsx": {"date_1904": True}}.items():
        with xlsxwriter.Workbook(pytester.path / name, options) as book:
            sheet = book.add_worksheet("Days")
            sheet.write_datetime("A1", datetime(2026, 3, 31))
            sheet.write_formula("B1", "=A1+1", None, 46113 - (1462 if options else 0))
        (pytester.path / f"{name}.tests.toml").write_text(
            '[[scenario]]\nname = "leap"\nset = { "Days!A1" = 2024-02-28 }\nexpect = { "Days!B1" = 2024-02-29 }\n',
            "utf-8",
        )
    assert "4 passed" in run(pytester, "--workbooks", code=0)
