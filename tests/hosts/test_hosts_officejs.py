"""The catalogue as custom functions of Office.js: the module for xlwings Lite, run as in a browser."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.asked_excel import Asked
from tests.example_sheet import parsed
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.hosts.js_values import cell_from_js, given_from_js, js_from_grid
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import ERROR_VALUES, CellError

MAIN = Path(__file__).parents[2] / "docs" / "lite" / "main.py"

# Microsoft, "Excel data types core concepts": the objects that stand for cells that are more than a bare value.
ERROR_OBJECT = {"type": "Error", "basicType": "Error", "basicValue": "#DIV/0!", "errorType": "Div0"}
FORMATTED_DATE = {
    "type": "FormattedNumber", "basicType": "Double", "basicValue": 35464, "numberFormat": "m/d/yyyy"
}  # fmt: skip
ENTITY = {"type": "Entity", "basicType": "Error", "basicValue": "#VALUE!", "text": "Bond A", "properties": {}}

CELLS = {
    "number": (0.25, 0.25),
    "whole number": (3, 3.0),
    "one": (1, 1.0),
    "huge whole number": (10**20, 1e20),
    "date, a serial number": (46022, 46022.0),
    "true": (True, True),
    "false": (False, False),
    "null": (None, None),
    "empty text": ("", ""),
    "text": ('5% "GOLD" 東証 🏦', '5% "GOLD" 東証 🏦'),
    "formula-like text": ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    "error value as text": ("#N/A", CellError("#N/A")),
    "newer error value as text": ("#SPILL!", CellError("#SPILL!")),
    "error value as object": (ERROR_OBJECT, CellError("#DIV/0!")),
    "error value not known": ({"type": "Error", "basicValue": "#NEW!"}, CellError("#UNKNOWN!")),
    "formatted number": (FORMATTED_DATE, 35464.0),
    "entity": (ENTITY, CellError("#VALUE!")),
    "object of something else": ({"type": "Array", "elements": [[1]]}, None),
    "number beyond all": (10**400, CellError("#NUM!")),
    "something else": (b"bytes", CellError("#VALUE!")),
}


def same(one, other):
    return type(one) is type(other) and one == other


@pytest.mark.parametrize("kind", CELLS)
def test_cell_arrives_as_itself(kind):
    arriving, expected = CELLS[kind]
    assert same(cell_from_js(arriving), expected)
    for rows in ([["Beside", arriving], [0.5, 2]], [[0.5, 0.5], [0.5, arriving]]):
        given = given_from_js(rows)
        at = (0, 1) if rows[0][0] == "Beside" else (1, 1)
        assert (
            float(given[at[0]][at[1]]) == expected
            if isinstance(expected, float)
            else same(given[at[0]][at[1]], expected)
        )


def test_null_of_a_browser_is_an_empty_cell():
    # Pyodide 0.28 and newer deliver an object of this type for JavaScript's null.
    null = type("JsNull", (), {})()
    assert given_from_js([[null, 0.5]]) == [[None, 0.5]]


def test_plain_numbers_become_one_array_whole_or_not():
    np.testing.assert_array_equal(given_from_js([[0.5, 2.5], [3.5, 4]]), [[0.5, 2.5], [3.5, 4.0]])
    assert isinstance(given_from_js([[0.5, 2.5], [3.5, 4]]), np.ndarray)
    np.testing.assert_array_equal(given_from_js([[1, 0], [0, 1]]), [[1.0, 0.0], [0.0, 1.0]])


@pytest.mark.parametrize(
    ("value", "expected"),
    [([], None), ([[1.0, 2.0], [3.0]], CellError("#VALUE!")), ([[1.0], 2.0], CellError("#VALUE!"))],
    ids=["nothing", "jagged", "row and number"],
)
def test_what_is_no_rectangle(value, expected):
    assert given_from_js(value) == expected


def test_rows_without_cells_count_as_left_out():
    weights = [[0.6], [0.4]]
    for nothing in ([[]], [[], []]):
        reply = call("ACTIVE_SHARE", [weights, given_from_js(nothing)])
        assert reply.fault.sentence == call("ACTIVE_SHARE", [weights, None]).fault.sentence


@pytest.mark.parametrize("shown", ERROR_VALUES)
def test_error_value_goes_out_as_an_object_or_to_an_older_excel_as_its_text(shown):
    # The errors a custom function may answer with: Microsoft, CustomFunctions.ErrorCode.
    possible = {
        "#DIV/0!": "Div0",
        "#N/A": "NotAvailable",
        "#NAME?": "Name",
        "#NULL!": "Null",
        "#NUM!": "Num",
        "#REF!": "Ref",
    }
    expected = {"type": "Error", "errorType": possible.get(shown, "Value")}
    assert js_from_grid([[CellError(shown)]], "1.4") == [[expected]]
    assert js_from_grid([[CellError(shown)]], "1.10") == [[expected]]
    for old in ("1.3", "1.1", "", "?"):
        assert js_from_grid([[CellError(shown)]], old) == [[shown]]


def test_other_cells_go_out_as_they_are():
    assert js_from_grid([["=1+1", 0.5], [True, None]], "1.4") == [["=1+1", 0.5], [True, ""]]


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.one_of(
            st.none(), st.booleans(), st.floats(), st.integers(), st.text(max_size=5), st.binary(max_size=2)
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["type", "basicValue"]), inner, max_size=2),
        ),
        max_leaves=9,
    )
)
def test_nothing_that_arrives_raises(value):
    given_from_js(value)


@pytest.fixture(scope="module")
def lite():
    lite = Asked("lite_process.py", str(MAIN))
    yield lite
    lite.close()


def test_every_function_of_the_catalogue_is_declared_with_its_arguments_in_order(lite):
    declared = lite.ask("declared")
    assert list(declared) == list(CATALOGUE)
    for name, function in CATALOGUE.items():
        summary, arguments = declared[name]
        assert summary == function.summary
        named = arguments[: len(function.arguments)]
        assert [(each, text) for each, text, _, _ in named] == [
            (one.name, one.help) for one in function.arguments
        ]
        if function.variadic:
            assert arguments[-1][3]
        else:
            assert [optional for _, _, optional, _ in named] == [
                not one.required for one in function.arguments
            ]


def as_js(given):
    """As Office.js hands it over: numbers without decimals whole, error values as objects."""
    if isinstance(given, list):
        return [[as_js(cell) for cell in row] for row in given]
    if isinstance(given, CellError):
        return {"type": "Error", "basicValue": given.value}
    return int(given) if isinstance(given, float) and given.is_integer() else given


@pytest.mark.parametrize("name", CATALOGUE)
def test_example_of_every_function_answers_as_it_does_elsewhere(lite, name):
    function, arguments = parsed(CATALOGUE[name].example)
    answer = lite.formula(function, *map(as_js, arguments))
    expected = js_from_grid(call(function, arguments).grid, "1.4")
    assert [len(row) for row in answer] == [len(row) for row in expected]
    for row, wanted in zip(answer, expected, strict=True):
        for cell, other in zip(row, wanted, strict=True):
            assert cell == (pytest.approx(other, rel=1e-9, abs=1e-12) if isinstance(other, float) else other)


def test_refusal_goes_out_as_an_error_value(lite):
    limits = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0, 0.2]]
    cov = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    answer = lite.formula("TE_OPTIMIZE", [[0.4], [0.3], [0.3]], cov, limits)
    assert answer == [[{"type": "Error", "errorType": "NotAvailable"}]]


def test_error_value_passes_through_as_itself(lite):
    answer = lite.formula("ACTIVE_SHARE", [[ERROR_OBJECT], [0.5]], [[0.5], [0.5]])
    assert answer == [[{"type": "Error", "errorType": "Div0"}]]


def test_nothing_a_browser_lacks_is_loaded_by_any_of_them(lite):
    # After the examples above: of the same process.
    loaded = {module.split(".")[0] for module in lite.ask("modules")}
    assert loaded.isdisjoint(
        {"threadpoolctl", "ironcalc", "typer", "rich", "openpyxl", "pandas", "multiprocessing"}
    )
    assert "xlwings.pro" not in lite.ask("modules")


def test_without_a_server_the_functions_are_plain_python():
    assert importlib.util.find_spec("trackerr_xl.hosts.officejs") is not None
    from trackerr_xl.hosts import officejs

    assert set(officejs.__all__) == set(CATALOGUE)
    assert officejs.ACTIVE_SHARE([[0.6], [0.4]], [[0.5], [0.5]]) == [[pytest.approx(0.1, abs=1e-12)]]
