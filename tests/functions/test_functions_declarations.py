"""Every declaration of the catalogue keeps the rules of the programs it is shown in, and its example works."""

import re

import pytest

from tests.example_sheet import NAMED, parsed
from trackerr_xl.errors import SENTENCE_LIMIT
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.options import FIELDS, OPTIONS, Options
from trackerr_xl.functions.spec import Answer, Argument, Result, SheetFunction
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import Given
from trackerr_xl.sheet.read import READERS

# The reserved words of VBA, from the language's own list of keywords.
VBA_KEYWORDS = frozenset(
    re.findall(
        r"\w+",
        """
    addressof alias and any as attribute base boolean byref byte byval call case cbool cbyte ccur cdate cdbl cdec
    cint class clng close const csng cstr currency cvar date debug declare defbool dim do double each else elseif
    empty end endif enum eqv erase error event exit explicit false for friend function get global gosub goto if imp
    implements in input integer is let lib like line lock long loop lset me mid mod module name new next not nothing
    null object on open option optional or output paramarray preserve print private property public put raiseevent
    randomize redim rem resume return rset seek select set shared single static step stop string sub tab then time to
    true type typeof unlock until variant wend while with withevents write xor
    """,
    )
)

FUNCTIONS = list(CATALOGUE.values())
ARGUMENTS = [(function, argument) for function in FUNCTIONS for argument in function.arguments]
each_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
each_argument = pytest.mark.parametrize(
    ("function", "argument"), ARGUMENTS, ids=[f"{f.name}-{a.name}" for f, a in ARGUMENTS]
)


CATEGORIES = [
    "measuring",
    "decomposing",
    "covariance",
    "optimising",
    "trading",
    "explaining",
    "over time",
    "help",
]


def test_the_catalogue_lists_every_function_under_its_own_name_by_category() -> None:
    assert [function.name for function in FUNCTIONS] == list(CATALOGUE)
    places = [CATEGORIES.index(function.category) for function in FUNCTIONS]
    assert places == sorted(places)


def test_the_argument_lists_are_those_of_the_catalogue() -> None:
    listed = {
        name: [argument.name for argument in function.arguments] for name, function in CATALOGUE.items()
    }
    assert listed["TRACKING_ERROR"] == ["portfolio", "benchmark", "cov", "periods", "method"]
    assert listed["ACTIVE_SHARE"] == ["portfolio", "benchmark"]
    assert listed["TE_CONTRIB"] == ["portfolio", "benchmark", "cov", "groups", "periods", "funding"]
    assert listed["TE_FACTORS"] == [
        *("portfolio", "benchmark", "exposures", "factor_cov", "specific", "periods", "units", "blocks")
    ]
    assert listed["TE_BRIDGE"] == ["w_old", "b_old", "cov_old", "w_new", "b_new", "cov_new", "periods"]
    assert listed["RISK_MODEL"] == ["exposures", "factor_cov", "specific", "units"]
    assert listed["TE_OPTIMIZE"] == ["weights", "cov", "constraints", "attributes", "current", "options"]


@each_function
def test_texts_fit_into_excel(function: SheetFunction) -> None:
    texts = [function.summary, function.result.help, *(argument.help for argument in function.arguments)]
    assert all(0 < len(text) <= SENTENCE_LIMIT for text in texts)
    assert all(text.endswith(".") for text in texts)


@each_function
def test_no_name_looks_like_a_cell(function: SheetFunction) -> None:
    assert re.fullmatch(r"[A-Z][A-Z_]+", function.name)


@each_argument
def test_no_argument_is_a_keyword_of_vba(function: SheetFunction, argument: Argument) -> None:
    assert re.fullmatch(r"[a-z][a-z_]*", argument.name)
    assert argument.name not in VBA_KEYWORDS


@each_function
def test_required_arguments_come_first(function: SheetFunction) -> None:
    required = [argument.required for argument in function.arguments]
    assert required == sorted(required, reverse=True)
    assert len({argument.name for argument in function.arguments}) == len(required)


@each_argument
def test_every_kind_has_a_reader(function: SheetFunction, argument: Argument) -> None:
    assert argument.kind in READERS


@each_argument
def test_defaults_are_among_what_is_allowed(function: SheetFunction, argument: Argument) -> None:
    if argument.choices and not argument.required:
        assert argument.default is None or argument.default in argument.choices
    if isinstance(argument.default, float):
        assert argument.minimum is not None
        assert argument.maximum is not None
        assert argument.minimum <= argument.default <= argument.maximum


@each_function
def test_the_example_is_answered(function: SheetFunction) -> None:
    name, arguments = parsed(function.example)
    assert name == function.name
    reply = call(name, arguments)
    assert reply.fault is None
    single = function.result.shape in ("number", "text")
    assert ((len(reply.grid), len(reply.grid[0])) == (1, 1)) == single


def invalid_values() -> list[tuple[str, Argument, Given]]:
    """A value outside every limit and choice of the catalogue."""
    cases: list[tuple[str, Argument, Given]] = []
    for function, argument in ARGUMENTS:
        if argument.minimum is not None:
            cases.append((function.name, argument, argument.minimum * 0.999 - 1e-9))
        if argument.maximum is not None:
            cases.append((function.name, argument, argument.maximum * 1.001 + 1e-9))
        if argument.choices:
            cases.append((function.name, argument, "zzz"))
        if argument.kind == "number":
            cases.append((function.name, argument, "1"))
            cases.append((function.name, argument, True))
            cases.append((function.name, argument, [[1.0, 2.0]]))
        if argument.required and function.name != "TE_EXPLAIN":
            cases.append((function.name, argument, None))
    return cases


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    invalid_values(),
    ids=[f"{name}-{argument.name}-{value!r}" for name, argument, value in invalid_values()],
)
def test_a_value_outside_a_limit_is_refused_at_its_argument(
    name: str, argument: Argument, value: Given
) -> None:
    function = CATALOGUE[name]
    usual = dict(zip([one.name for one in function.arguments], parsed(function.example)[1], strict=False))
    usual[argument.name] = value
    reply = call(name, [usual.get(one.name) for one in function.arguments])
    assert reply.fault is not None
    assert str(reply.fault.value) == "#VALUE!"
    assert reply.fault.error.argument == argument.name


def test_every_option_either_works_or_says_that_it_comes_later() -> None:
    assert {option.name for option in OPTIONS if not option.later} == set(FIELDS)
    fields = Options.__dataclass_fields__
    assert {FIELDS[name] for name in FIELDS} == set(fields)
    for option in OPTIONS:
        if not option.later:
            assert option.default == fields[FIELDS[option.name]].default


def test_an_argument_of_a_later_version_is_accepted_when_left_out_and_refused_when_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declared = SheetFunction(
        "LATER",
        "test",
        "Waits.",
        (Argument("curve", "matrix", "Yields.", default=None, later="Curves are not read yet"),),
        Result("number", "One."),
        lambda curve: Answer(1.0),
        "=LATER()",
    )
    monkeypatch.setitem(CATALOGUE, "LATER", declared)
    assert call("LATER", []).grid == [[1.0]]
    reply = call("LATER", [2.0])
    assert reply.fault is not None
    assert reply.fault.sentence == "TE-190 curve is given: curves are not read yet."
    assert ["curve", "Yields. Curves are not read yet."] in call("TE_HELP", ["LATER"]).grid


@pytest.mark.parametrize(
    "option", [option for option in OPTIONS if option.default is not None], ids=lambda o: o.name
)
def test_every_option_takes_its_own_default(option: Argument) -> None:
    table: Given = [["Option", "Value"], [option.name, option.default]]  # type: ignore[list-item]  # a cell by its kind
    usual = call("TE_OPTIMIZE", [NAMED["Benchmark"], NAMED["Cov"]])
    assert call("TE_OPTIMIZE", [NAMED["Benchmark"], NAMED["Cov"], None, None, None, table]).grid == usual.grid
