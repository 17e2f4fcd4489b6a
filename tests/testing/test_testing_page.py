"""The page about tests of workbooks: what it shows is what happens."""

import re
from pathlib import Path

import pytest
from tested_book import run, write_book

pytest_plugins = ["pytester"]

PAGE = (Path(__file__).parents[2] / "docs" / "workbook_tests.md").read_text("utf-8")


def test_the_table_of_the_page_is_what_a_broken_workbook_shows(pytester: pytest.Pytester) -> None:
    path = write_book(pytester.path / "tracker.xlsx")
    run(pytester, "--workbooks-update", code=0)
    write_book(path, formula="=Inputs!B1+Inputs!B2", total=103)
    said = run(pytester, "--workbooks", code=1)
    shown = re.search(r"```\n\$ pytest --workbooks models\n.*?\n(_.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    assert shown[1] in said


def test_the_plan_of_the_page_is_read_and_its_scenario_passes(pytester: pytest.Pytester) -> None:
    write_book(pytester.path / "tracker.xlsx")
    listing, plan = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (pytester.path / "tracker.xlsx.tests.toml").write_text(plan, "utf-8")
    (pytester.path / "pyproject.toml").write_text(listing.replace("models/", ""), "utf-8")
    said = run(pytester, "-v", code=0)
    assert "tracker.xlsx::scenario dearer PASSED" in said
    assert "2 passed" in said
