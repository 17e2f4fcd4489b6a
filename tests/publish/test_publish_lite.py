"""The files to paste into xlwings Lite are what the catalogue says, and nothing they need is missing in a browser."""

import ast
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction
from trackerr_xl.publish.lite import main_module, requirements
from trackerr_xl.version import __version__

PROJECT = Path(__file__).parents[2]
LITE = PROJECT / "docs" / "lite"


def test_committed_module_is_what_the_catalogue_says():
    assert (LITE / "main.py").read_text("utf-8") == main_module(CATALOGUE.values())


def test_committed_requirements_are_those_of_this_version():
    assert (LITE / "requirements.txt").read_text("utf-8") == requirements(version("xlwings"))


def test_packages_of_the_browsers_python_are_not_pinned():
    # lite.xlwings.org, "Python Dependencies": the version of what Pyodide brings along is tied to Pyodide's.
    assert requirements("1.2.3").splitlines() == [
        "xlwings==1.2.3",
        "numpy",
        "scipy",
        f"trackerr-xl=={__version__}",
    ]


def test_function_is_written_out_from_its_declaration():
    declared = SheetFunction(
        "BOND_PRICE",
        "test",
        'Price of a "bond".',
        (
            Argument("coupon", "number", "Rate a \\ year."),
            Argument("periods", "number", "Times a year.", default=1.0),
        ),
        Result("number", "Price."),
        lambda **_: Answer(1.0),
        "=BOND_PRICE(1)",
    )
    assert main_module([declared]).endswith(
        r'''

@func
def BOND_PRICE(
    coupon: Annotated[Cells, {"doc": "Rate a \\ year."}],
    periods: Annotated[Cells, {"doc": "Times a year."}] = None,
) -> Cells:
    """Price of a \"bond\"."""
    return answer("BOND_PRICE", coupon, periods)
'''
    )


def test_module_is_python_and_hands_every_argument_on():
    functions = [
        node for node in ast.parse(main_module(CATALOGUE.values())).body if isinstance(node, ast.FunctionDef)
    ]
    assert [each.name for each in functions] == list(CATALOGUE)
    for each in functions:
        call = each.body[-1].value
        assert ast.literal_eval(call.args[0]) == each.name
        named = [word.arg for word in each.args.args]
        assert [word.id for word in call.args[1:] if isinstance(word, ast.Name)] == named
        assert [word.value.id for word in call.args[1:] if isinstance(word, ast.Starred)] == (
            [each.args.vararg.arg] if each.args.vararg else []
        )


@pytest.mark.parametrize(
    ("platform", "needed"),
    [
        ("emscripten", {"numpy", "scipy", "threadpoolctl"}),
        ("win32", {"numpy", "scipy", "threadpoolctl", "ironcalc", "xlwings", "typer", "rich"}),
    ],
)
def test_what_has_no_place_in_a_browser_is_not_asked_for_there(platform, needed):
    # Pyodide's installer evaluates the markers of a package as pip does.
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = map(Requirement, project["dependencies"])
    asked = {
        each.name
        for each in declared
        if each.marker is None or each.marker.evaluate({"sys_platform": platform, "extra": ""})
    }
    assert asked == needed


def test_page_tells_the_same_as_the_files():
    page = (PROJECT / "docs" / "lite.md").read_text("utf-8")
    assert "PolyForm Noncommercial License 1.0.0" in page
    for file in ("lite/main.py", "lite/requirements.txt"):
        assert f"({file})" in page
        assert (PROJECT / "docs" / file).exists()
