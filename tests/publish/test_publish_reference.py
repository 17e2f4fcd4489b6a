"""The reference pages say what the catalogue and the error tree say, and the committed ones are up to date."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from trackerr_xl import errors
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.options import OPTIONS
from trackerr_xl.functions.spec import REQUIRED, Answer, Argument, Kind, Result, SheetFunction
from trackerr_xl.publish.reference import KINDS, error_page, function_page

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    subprocess.run([sys.executable, "-m", "trackerr_xl.publish", folder], check=True)
    return folder


@pytest.mark.parametrize("file", ["docs/functions.md", "docs/errors.md", "trackerr_xl/addins/trackerr.oxt"])
def test_committed_file_is_what_the_command_writes(file, published):
    assert (PROJECT / file).read_bytes() == (published / file).read_bytes()


def test_function_is_described_from_its_declaration_alone():
    bonds = SheetFunction(
        name="BOND_PRICE",
        category="measuring",
        summary="Price of a bond.",
        arguments=(
            Argument(
                "coupon",
                "number",
                "Coupon a year.",
                unit="fraction",
                default=REQUIRED,
                minimum=0.0,
                maximum=0.5,
            ),
            Argument("face", "number", "Face value.", default=100.0, maximum=1e6),
            Argument("basis", "choice", "Day count.", default="30/360", choices=("30/360", "Actual")),
            Argument("curve", "matrix", "Yields.", default=None, later="Curves are not read yet"),
        ),
        result=Result("number", "Clean price.", unit="fraction"),
        run=lambda **_: Answer(1.0),
        example="=BOND_PRICE(0.05)",
    )
    rounding = Argument("Rounding", "number", "Decimals.", default=6.0, minimum=0.0)
    page = function_page({"BOND_PRICE": bonds}, [rounding])
    assert page.endswith(
        "## Measuring\n\n"
        "### BOND_PRICE\n\n"
        "Price of a bond.\n\n"
        "```\n=BOND_PRICE(coupon, [face], [basis], [curve])\n```\n\n"
        "| Argument | What | Unit | Default | Allowed | Meaning |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| coupon | one number | fraction | required | from 0 to 0.5 | Coupon a year. |\n"
        "| face | one number |  | 100 | to 1,000,000 | Face value. |\n"
        "| basis | one word |  | 30/360 | 30/360, Actual | Day count. |\n"
        "| curve | a square of numbers, or with names on two edges |  |  |  | Yields. Curves are not read yet. |\n\n"
        "Result: Clean price (number, fraction).\n\n"
        "Example: `=BOND_PRICE(0.05)`\n\n"
        "## Options table\n\n"
        "A range with the headers Option and Value; an option that is not in it has its default.\n\n"
        "| Option | What | Unit | Default | Allowed | Meaning |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| Rounding | one number |  | 6 | from 0 | Decimals. |\n"
    )


def test_every_function_and_argument_is_on_the_page():
    page = function_page(CATALOGUE, OPTIONS)
    assert re.findall(r"^### (\w+)$", page, re.M) == list(CATALOGUE)
    for name, declared in CATALOGUE.items():
        section = re.split(r"^##", page.partition(f"### {name}\n")[2], flags=re.M)[0]
        assert re.findall(r"^\| (\w+) \| ", section, re.M)[1:] == [
            argument.name for argument in declared.arguments
        ]
        assert declared.example in section


def test_every_option_is_on_the_page():
    section = function_page(CATALOGUE, OPTIONS).partition("## Options table")[2]
    assert re.findall(r"^\| (\w[\w -]*) \| ", section, re.M)[1:] == [option.name for option in OPTIONS]


def test_every_error_is_on_the_page_with_its_code():
    rows = re.findall(r"^\| (TE-\d{3}) \| `(#\S+)` \| (\w+) \| (.+) \|$", error_page(), re.M)
    tree = set(_descendants(errors.TrackerrError))
    assert {name for _, _, name, _ in rows} == {kind.__name__ for kind in tree}
    assert {(code, name) for code, _, name, _ in rows} == {(kind.code, kind.__name__) for kind in tree}


# The error values promised to users: input #VALUE!, no answer #N/A, not reached #NUM!, set-up #N/A, our mistake #VALUE!.
@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("TE-100", "#VALUE!"),
        ("TE-130", "#VALUE!"),
        ("TE-200", "#N/A"),
        ("TE-300", "#NUM!"),
        ("TE-400", "#N/A"),
        ("TE-900", "#VALUE!"),
    ],
)
def test_error_page_shows_what_a_cell_shows(code, shown):
    assert f"| {code} | `{shown}` |" in error_page()


def test_no_two_errors_share_a_code():
    codes = [kind.code for kind in _descendants(errors.TrackerrError)]
    assert len(codes) == len(set(codes))


def test_every_kind_of_argument_has_words():
    assert set(KINDS) == set(get_args(Kind))


@pytest.mark.parametrize("page", ["functions.md", "errors.md"])
def test_tables_of_the_page_are_whole(page):
    widths = [
        {line.replace(r"\|", "").count("|") for line in table.splitlines()}
        for table in re.findall(r"(?:^\|.*\n)+", (DOCS / page).read_text("utf-8"), re.M)
    ]
    assert widths
    assert all(len(width) == 1 for width in widths)


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_pages_link_to_files_that_exist(page):
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
    assert not [target for target in targets if not (page.parent / target).exists()]


def _descendants(parent):
    for kind in parent.__subclasses__():
        yield kind
        yield from _descendants(kind)
