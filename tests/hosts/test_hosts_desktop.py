"""Formulas as Excel on Windows asks them: xlwings' own server, in a process that believes pywin32 is there."""

import math
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.asked_excel import LEFT_OUT, Excel, cells, value
from trackerr_xl.functions import CATALOGUE

NOT_AVAILABLE, SPILL = -2146826246, -2146826243
BENCHMARK = [[0.4], [0.3], [0.3]]
EQUAL_VARIANCES = [[0.01, 0.0, 0.0], [0.0, 0.01, 0.0], [0.0, 0.0, 0.01]]
CAP = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.35]]
# With equal variances and no correlation the nearest weights under a cap of 0.35 share the excess of the first name.
CAPPED = [[0.35], [0.325], [0.325]]

# [MS-VBAL] 3.3.5.2, reserved identifiers: no argument of a VBA function can have such a name.
RESERVED_BY_VBA = set(
    re.findall(
        r"\w+",
        """
        call case close const declare defbool defbyte defcur defdate defdbl defint deflng deflnglng deflngptr defobj
        defsng defstr defvar dim do else elseif end endif enum erase event exit for friend function get global gosub
        goto if implements input let lock loop lset next on open option print private public put raiseevent redim
        resume return rset seek select set static stop sub type unlock wend while with write any as byref byval each
        in new shared until withevents optional paramarray preserve spc tab then to addressof and eqv imp is like mod
        not or typeof xor abs cbool cbyte ccur cdate cdbl cdec cint clng clnglng clngptr csng cstr cvar cverr date
        debug doevents fix int len lenb me pset scale sgn string array circle inputb lbound ubound boolean byte
        currency double integer long longlong longptr single variant true false nothing empty null rem attribute
        lineinput cdecl decimal defdec
        """,
    )
)


@pytest.fixture(scope="module")
def excel():
    excel = Excel()
    yield excel
    excel.close()


def test_optimal_weights_spill_as_a_column(excel):
    weights = excel.formula(
        "TE_OPTIMIZE", cells(BENCHMARK), cells(EQUAL_VARIANCES), cells(CAP), LEFT_OUT, LEFT_OUT, LEFT_OUT
    )
    assert weights == [[pytest.approx(row[0], abs=1e-12)] for row in CAPPED]


def test_row_of_weights_spills_as_a_row(excel):
    # The server hands a single row to VBA as a flat array, which a cell spills to the right.
    weights = excel.formula("TE_OPTIMIZE", cells([[0.4, 0.3, 0.3]]), cells(EQUAL_VARIANCES), cells(CAP))
    assert weights == pytest.approx([0.35, 0.325, 0.325], abs=1e-12)


def test_names_come_back_beside_their_weights(excel):
    names = ["Bond A", "Bond B", "Bond C"]
    benchmark = [[name, row[0]] for name, row in zip(names, BENCHMARK, strict=True)]
    cov = [["", *names], *([name, *row] for name, row in zip(names, EQUAL_VARIANCES, strict=True))]
    weights = excel.formula("TE_OPTIMIZE", cells(benchmark), cells(cov), cells(CAP))
    assert [row[0] for row in weights] == names
    assert [row[1] for row in weights] == pytest.approx([0.35, 0.325, 0.325], abs=1e-12)


def test_blank_rows_and_columns_behind_a_range_do_not_count(excel):
    cov = [[*row, None] for row in EQUAL_VARIANCES] + [[None] * 4]
    weights = excel.formula("TE_OPTIMIZE", cells([*BENCHMARK, [None]]), cells(cov))
    assert weights == [[pytest.approx(row[0], abs=1e-12)] for row in BENCHMARK]


# Active weights (0.1, -0.1): variance 0.01 (0.04 + 0.09 - 2 × 0.006) = 0.00118.
COV = [[0.04, 0.006], [0.006, 0.09]]
PORTFOLIO, EQUAL = [[0.6], [0.4]], [[0.5], [0.5]]


def test_tracking_error_is_one_number(excel):
    answer = excel.formula("TRACKING_ERROR", cells(PORTFOLIO), cells(EQUAL), cells(COV), LEFT_OUT, LEFT_OUT)
    assert answer == pytest.approx(math.sqrt(0.00118), rel=1e-14)


def test_periods_may_be_typed_into_the_formula(excel):
    answer = excel.formula(
        "TRACKING_ERROR", cells(PORTFOLIO), cells(EQUAL), cells(COV), value(12.0), LEFT_OUT
    )
    assert answer == pytest.approx(math.sqrt(12 * 0.00118), rel=1e-14)


def test_empty_cell_for_periods_means_the_default(excel):
    answer = excel.formula("TRACKING_ERROR", cells(PORTFOLIO), cells(EQUAL), cells(COV), cells([[None]]))
    assert answer == pytest.approx(math.sqrt(0.00118), rel=1e-14)


def test_covariance_left_out_means_two_return_series(excel):
    # Differences 1 %, -1 %, 1 %, -1 %: mean 0, sample variance 4 × 1e-4 / 3.
    portfolio, benchmark = [[0.02], [0.0], [0.02], [0.0]], [[0.01], [0.01], [0.01], [0.01]]
    answer = excel.formula("TRACKING_ERROR", cells(portfolio), cells(benchmark), LEFT_OUT, value(1.0))
    assert answer == pytest.approx(math.sqrt(4e-4 / 3), rel=1e-12)


def test_array_calculated_inside_the_formula_is_read_like_a_range(excel):
    inside = value(tuple(map(tuple, COV)))
    answer = excel.formula("TRACKING_ERROR", value(((0.6,), (0.4,))), value(((0.5,), (0.5,))), inside)
    assert answer == pytest.approx(math.sqrt(0.00118), rel=1e-14)


@pytest.mark.parametrize(("arriving", "marker"), [(NOT_AVAILABLE, "#XL:2042"), (SPILL, "#XL:2045")])
def test_error_cell_passes_through(excel, arriving, marker):
    cov = [[0.04, arriving], [0.006, 0.09]]
    assert excel.formula("TRACKING_ERROR", cells(PORTFOLIO), cells(EQUAL), cells(cov)) == marker
    assert excel.formula("TE_OPTIMIZE", cells(EQUAL), cells(cov)) == marker


@pytest.mark.parametrize(
    "cov",
    [
        [[0.04, None], [0.006, 0.09]],
        [[0.04, "0.006"], [0.006, 0.09]],
        [[0.04, True], [0.006, 0.09]],
        [[0.04, 0.006]],
        [[0.04, -2146826246.0], [0.006, 0.09]],
    ],
    ids=["blank", "text", "truth value", "shape", "a number equal to the code of an error"],
)
def test_unreadable_covariance_is_a_value_error(excel, cov):
    assert excel.formula("TRACKING_ERROR", cells(PORTFOLIO), cells(EQUAL), cells(cov)) == "#XL:2015"
    assert excel.formula("TE_OPTIMIZE", cells(EQUAL), cells(cov)) == "#XL:2015"


def test_limits_that_clash_are_not_available(excel):
    limits = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.2]]
    assert excel.formula("TE_OPTIMIZE", cells(BENCHMARK), cells(EQUAL_VARIANCES), cells(limits)) == "#XL:2042"


def test_explanation_takes_any_number_of_arguments(excel):
    arguments = [cells(PORTFOLIO), cells(EQUAL), cells([[0.04, 0.006], [0.006, "x"]]), LEFT_OUT, LEFT_OUT]
    rows = excel.formula("TE_EXPLAIN", value("TRACKING_ERROR"), *arguments)
    sentences = " ".join(str(cell) for row in rows for cell in row)
    assert re.search(r"TE-1\d\d cov row 2, column 2 ", sentences)


def test_cells_formatted_as_currency_keep_every_digit(excel):
    # Excel's Value would deliver 0.1235 and 0.8765 (Microsoft KB 182812); half the sum of |0.12345678 - 0.5| twice.
    portfolio = cells([[0.12345678], [0.87654322]], formats={(0, 0): "currency", (1, 0): "currency"})
    assert excel.formula("ACTIVE_SHARE", portfolio, cells(EQUAL)) == pytest.approx(0.37654322, rel=1e-14)


def test_selection_of_several_areas_is_refused(excel):
    assert excel.formula("ACTIVE_SHARE", cells(PORTFOLIO, areas=2), cells(EQUAL)) == "#XL:2015"


def test_range_that_excel_cannot_hand_over_is_a_value_error(excel):
    assert excel.formula("ACTIVE_SHARE", cells(PORTFOLIO, broken="too large"), cells(EQUAL)) == "#XL:2015"


def test_object_that_is_no_range_is_a_value_error(excel):
    assert excel.formula("ACTIVE_SHARE", ("object", None, {}), cells(EQUAL)) == "#XL:2015"


com_cells = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(),
    st.floats(0.0, 1.0),
    st.sampled_from([NOT_AVAILABLE, SPILL, 1, 0]),
    st.sampled_from(["", "A", "B", "1.5", "Weight", "*"]),
)


@st.composite
def com_arguments(draw):
    if draw(st.booleans()):
        return draw(st.one_of(com_cells.map(value), st.just(LEFT_OUT), st.just(("object", None, {}))))
    columns = draw(st.integers(1, 3))
    row = st.lists(com_cells, min_size=columns, max_size=columns)
    return cells(draw(st.lists(row, min_size=1, max_size=3)))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["TE_OPTIMIZE", "TRACKING_ERROR", "TE_CONTRIB", "ACTIVE_SHARE"]),
    st.lists(com_arguments(), min_size=2, max_size=2),
    st.lists(com_arguments(), max_size=3),
)
def test_nothing_escapes_and_every_cell_can_be_shown(excel, function, required, optional):
    declared = len(CATALOGUE[function].arguments)
    answer = excel.formula(function, *(required + optional)[:declared])
    rows = answer if isinstance(answer, list) else [answer]
    for row in rows:
        for cell in row if isinstance(row, list) else [row]:
            assert isinstance(cell, (str, bool)) or (isinstance(cell, float) and math.isfinite(cell))


def test_every_function_of_the_catalogue_gets_its_vba_wrapper(excel):
    wrapper = excel.ask("wrapper")
    signatures = dict(re.findall(r"^Function (\w+)\((.*)\)$", wrapper, re.M))
    assert signatures.keys() == CATALOGUE.keys()
    for name, declared in CATALOGUE.items():
        shown = [part.removeprefix("Optional ") for part in signatures[name].split(", ") if part]
        assert shown[: len(declared.arguments)] == [argument.name for argument in declared.arguments]
    # A line of VBA holds 1,023 characters.
    assert max(map(len, wrapper.splitlines())) <= 1023


@pytest.mark.parametrize("name", CATALOGUE)
def test_argument_may_be_left_out_exactly_when_declared(excel, name):
    signature = re.search(rf"^Function {name}\((.*)\)$", excel.ask("wrapper"), re.M)[1]
    optional = [argument.name for argument in CATALOGUE[name].arguments if not argument.required]
    if not CATALOGUE[name].variadic:
        assert re.findall(r"Optional (\w+)", signature) == optional


def test_no_argument_has_a_name_reserved_by_vba(excel):
    signatures = re.findall(r"^Function \w+\((.*)\)$", excel.ask("wrapper"), re.M)
    words = {
        word.lower() for signature in signatures for word in re.findall(r"(\w+)(?:\(\))?(?:,|$)", signature)
    }
    assert words.isdisjoint(RESERVED_BY_VBA)


def test_function_window_shows_the_words_of_the_catalogue(excel):
    shown = excel.ask("help")
    assert shown.keys() == CATALOGUE.keys()
    for name, declared in CATALOGUE.items():
        category, text, arguments = shown[name]
        assert (category, text) == ("Tracking error", declared.summary)
        assert {each.name: each.help for each in declared.arguments}.items() <= arguments.items()


def test_large_range_is_read_several_times_faster_than_by_xlwings(excel):
    seconds = excel.ask("seconds_to_convert", 500, 7)
    assert min(seconds["ours"]) < min(seconds["stock"]) / 3


def test_functions_are_plain_python_without_excel():
    code = "from trackerr_xl.hosts import desktop; assert desktop.ACTIVE_SHARE(((0.6,), (0.4,)), ((0.5,), (0.5,)))"
    subprocess.run([sys.executable, "-c", code], check=True)
