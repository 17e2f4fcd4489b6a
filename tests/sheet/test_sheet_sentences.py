"""Every sentence a cell can be asked for, whole: code, argument, place, what was found, what is needed."""

import numpy as np
import pytest

from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError, Given

B = [[0.4], [0.3], [0.3]]
COV = [[0.04, 0.01, 0.0], [0.01, 0.09, 0.02], [0.0, 0.02, 0.16]]
NAMED = [["AAA", 0.4], ["BBB", 0.3], ["CCC", 0.3]]
EDGES = [[None, "AAA", "BBB", "CCC"], ["AAA", *COV[0]], ["BBB", *COV[1]], ["CCC", *COV[2]]]
HEADER = ["Type", "Item", "Min", "Max"]
ASSETS = [["Name", "Sector", "Duration"], ["AAA", "Banks", 2.0], ["BBB", "Oil", 5.0], ["CCC", "Banks", "n/a"]]


def optimize(
    constraints: Given = None, attributes: Given = None, current: Given = None, options: Given = None
) -> list[Given]:
    return [NAMED, EDGES, constraints, attributes, current, options]


def rows(*rows_: list[object]) -> list[list[object]]:
    return [HEADER, *rows_]


def option(name: object, value: object) -> list[list[object]]:
    return [["Option", "Value"], [name, value]]


SENTENCES: list[tuple[str, str, list[Given], str, str]] = [
    # what is given
    ("unknown function", "TE_OPTIMISE", [B, COV], "#NAME?", 'TE-120 function "TE_OPTIMISE" is not known, the nearest known is "TE_OPTIMIZE".'),
    ("too many", "ACTIVE_SHARE", [B, B, COV], "#VALUE!", "TE-100 ACTIVE_SHARE was given 3 arguments, must have at most 2."),
    ("missing", "TE_OPTIMIZE", [B], "#VALUE!", "TE-100 cov is missing, must be given."),
    ("blank is missing", "TE_OPTIMIZE", [[[None], [""]], COV], "#VALUE!", "TE-100 weights is missing, must be given."),
    ("ragged", "TE_OPTIMIZE", [[[0.4], [0.3, 0.3]], COV], "#VALUE!", "TE-110 weights has rows of different lengths, must be a rectangle."),
    ("not a range", "TE_OPTIMIZE", [B, [0.1, 0.2]], "#VALUE!", "TE-110 cov is not a rectangle of cells, must be a range."),
    ("flat array", "TE_OPTIMIZE", [B, np.ones(3)], "#VALUE!", "TE-110 cov is not a rectangle of cells, must be a range."),
    ("no cell", "TE_OPTIMIZE", [[[object()]], COV], "#VALUE!", "TE-100 weights holds something that is no cell, must be numbers and texts."),
    ("beyond floats", "TE_OPTIMIZE", [[[10**400]], COV], "#VALUE!", "TE-100 weights holds a number beyond 1.8e308, must be smaller."),
    # numbers
    ("blank inside", "ACTIVE_SHARE", [[[0.4], [None], [0.6]], B], "#VALUE!", "TE-100 portfolio row 2, column 1 is empty, must be a number."),
    ("text", "ACTIVE_SHARE", [[["0.4"], [0.6]], B], "#VALUE!", 'TE-100 portfolio row 1, column 1 is the text "0.4", must be a number: numbers stored as text are not read.'),
    ("header", "ACTIVE_SHARE", [[["Weight"], [1.0]], B], "#VALUE!", 'TE-100 portfolio row 1, column 1 is the text "Weight", must be a number.'),
    ("truth", "ACTIVE_SHARE", [[[True], [0.6]], B], "#VALUE!", "TE-100 portfolio row 1, column 1 is TRUE, must be a number."),
    ("infinite", "ACTIVE_SHARE", [np.array([[0.4], [np.inf]]), B], "#VALUE!", "TE-100 portfolio row 2, column 1 is not a finite number, must be a number."),
    ("low", "TRACKING_ERROR", [B, B, COV, 0], "#VALUE!", "TE-100 periods is 0, must be from 0.001 to 1e+06."),
    ("range for a number", "TRACKING_ERROR", [B, B, COV, [[1.0, 2.0]]], "#VALUE!", "TE-110 periods is 1 x 2, must be one cell."),
    # vectors and names
    ("three columns", "ACTIVE_SHARE", [COV, B], "#VALUE!", "TE-110 portfolio is 3 x 3, must be one column, one row, or two columns [name, number]."),
    ("two columns of fractions", "ACTIVE_SHARE", [[[0.4, 0.5], [0.6, 0.5]], B], "#VALUE!", "TE-100 portfolio row 1, column 1 is 0.4, must be a name."),
    ("no name", "ACTIVE_SHARE", [[["AAA", 0.4], [None, 0.6]], B], "#VALUE!", "TE-100 portfolio row 2, column 1 is empty, must be a name."),
    ("doubled name", "ACTIVE_SHARE", [[["AAA", 0.4], [" aaa", 0.6]], NAMED], "#VALUE!", "TE-140 portfolio row 2, column 1 names aaa a second time, must name everything once."),
    ("other size", "ACTIVE_SHARE", [[[0.4], [0.6]], B], "#VALUE!", "TE-110 benchmark has 3 rows, must have 2 like portfolio."),
    ("names beside none", "TE_OPTIMIZE", [[[1.0]], [[1.0]], None, None, [["AAA", 0.5], ["BBB", 0.5]]], "#VALUE!", "TE-110 current has 2 rows, must have 1 like weights."),
    ("unnamed beside two orders", "TRACKING_ERROR", [NAMED, NAMED[::-1], COV], "#VALUE!", "TE-140 cov has no names, and portfolio and benchmark do not list the same names in the same order."),
    ("percent", "ACTIVE_SHARE", [[[40.0], [30.0], [30.0]], B], "#VALUE!", "TE-150 portfolio weights sum to 100, not 1: divide by 100."),
    ("percent benchmark", "TE_OPTIMIZE", [[[40.0], [30.0], [29.8]], COV], "#VALUE!", "TE-150 weights sum to 99.8, not 1: divide by 100 or set option Units to Percent."),
    ("fractions as percent", "TE_OPTIMIZE", optimize(options=option("Units", "Percent")), "#VALUE!", "TE-150 weights sum to 1, not 100: set option Units to Decimal or leave it out."),
    # covariance
    ("not square", "TE_OPTIMIZE", [B, [[1.0, 2.0]]], "#VALUE!", "TE-110 cov is 1 x 2, must be square, with or without names on both edges."),
    ("small", "TE_OPTIMIZE", [B, [[1.0, 0.0], [0.0, 1.0]]], "#VALUE!", "TE-110 cov is 2 x 2, must be 3 x 3."),
    ("text in the first row", "TE_OPTIMIZE", [B, [[1.0, "0.5", 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]], "#VALUE!", 'TE-100 cov row 1, column 2 is the text "0.5", must be a number: numbers stored as text are not read.'),
    ("blank corner", "TE_OPTIMIZE", [B, [[None, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]], "#VALUE!", "TE-100 cov row 1, column 1 is empty, must be a number."),
    ("larger beside no names", "TE_OPTIMIZE", [[[0.5], [0.5]], EDGES, None, None, [["AAA", 0.5], ["BBB", 0.5]]], "#VALUE!", "TE-110 cov is 3 x 3, must be 2 x 2."),
    ("edges differ", "TE_OPTIMIZE", [NAMED, [[None, "AAA", "BBB"], ["AAA", 1.0, 0.0], ["BBC", 0.0, 1.0]]], "#VALUE!", "TE-140 cov row and column 3 is BBC at the left and BBB on top, must be the same name."),
    ("name without risk", "TRACKING_ERROR", [NAMED, NAMED, [[None, "AAA", "BB"], ["AAA", 1.0, 0.0], ["BB", 0.0, 1.0]]], "#VALUE!", 'TE-140 cov has no entry for BBB, CCC, the nearest to it is "BB", must have a row and a column for each name, zeros for cash.'),
    ("asymmetric", "TRACKING_ERROR", [B, B[::-1], [[1.0, 0.5, 0.0], [0.4, 1.0, 0.0], [0.0, 0.0, 1.0]]], "#VALUE!", "TE-130 cov row 1, column 2 is 0.5 but its mirror image is 0.4, they must be equal."),
    ("asymmetric with names", "TE_OPTIMIZE", [NAMED, [EDGES[0], EDGES[1], ["BBB", 0.02, 0.09, 0.02], EDGES[3]]], "#VALUE!", "TE-130 cov BBB with AAA is 0.02 but its mirror image is 0.01, they must be equal."),
    ("negative variance", "TE_CONTRIB", [NAMED, NAMED, [EDGES[0], ["AAA", -0.04, 0.01, 0.0], *EDGES[2:]]], "#VALUE!", "TE-130 cov AAA with AAA is the variance -0.04, must be zero or more."),
    ("denormal", "TE_OPTIMIZE", [[[1.0]], [[5e-324]]], "#VALUE!", "TE-130 cov holds nothing above 4.94e-324, must be zero or above 1e-250."),
    ("beyond reason", "TE_OPTIMIZE", [[[1.0]], [[1e300]]], "#VALUE!", "TE-130 cov holds 1e+300, must hold nothing above 1e+100."),
    # return series
    ("method beside cov", "TRACKING_ERROR", [B, B, COV, None, "Std"], "#VALUE!", "TE-100 method is for two return series, must be left out when cov is given."),
    ("unknown method", "TRACKING_ERROR", [B, B, None, None, "Downsize"], "#VALUE!", 'TE-120 method "Downsize" is not known, the nearest known is "Downside".'),
    ("bad halflife", "TRACKING_ERROR", [B, B, None, None, "EWMA -3"], "#VALUE!", 'TE-120 method is "EWMA -3", must be like EWMA 60, a number above 0.'),
    ("dates differ", "TRACKING_ERROR", [[[45322.0, 0.1], [45351.0, 0.2]], [[45322.0, 0.1], [45382.0, 0.2]]], "#VALUE!", "TE-140 benchmark has no return for 2024-02-29, must have the same dates."),
    ("months differ", "TRACKING_ERROR", [[["Jan", 0.1], ["Feb", 0.2]], [["Jan", 0.1], ["Mar", 0.2]]], "#VALUE!", "TE-140 benchmark has no return for Feb, must have the same dates."),
    ("weights without cov", "TRACKING_ERROR", [NAMED, NAMED], "#VALUE!", "TE-100 cov is missing, weights need it: portfolio and benchmark both sum to 1."),
    ("lengths differ", "TRACKING_ERROR", [B, [[0.1], [0.2]]], "#VALUE!", "TE-110 benchmark has 2 returns, must have 3 like the portfolio."),
    # groups
    ("blank group", "TE_CONTRIB", [B, B, COV, [["Banks"], [None], ["Oil"]]], "#VALUE!", "TE-100 groups row 2, column 1 is empty, must be a group."),
    ("groups too few", "TE_CONTRIB", [B, B, COV, [["Banks"], ["Oil"]]], "#VALUE!", "TE-110 groups has 2 rows, must have 3 like portfolio."),
    ("groups too wide", "TE_CONTRIB", [B, B, COV, [["a", "b", "c"], ["a", "b", "c"]]], "#VALUE!", "TE-110 groups is 2 x 3, must be one column, one row, or two columns [name, group]."),
    ("name without group", "TE_CONTRIB", [NAMED, NAMED, EDGES, [["AAA", "Banks"], ["BBB", "Oil"]]], "#VALUE!", "TE-140 groups has no entry for CCC, must have a group for each name."),
    # constraints table
    ("no header", "TE_OPTIMIZE", optimize([["Type", "Item", "Min"], ["Weight", "*", 0.1]]), "#VALUE!", "TE-110 constraints has no header Max in its first row, must have Type, Item, Min, Max."),
    ("unknown header", "TE_OPTIMIZE", optimize([["Typ", "Item", "Min", "Max"]]), "#VALUE!", 'TE-120 constraints row 1, column 1 header "Typ" is not known, the nearest known is "Type".'),
    ("header twice", "TE_OPTIMIZE", optimize([["Type", "Item", "Min", "Max", "min"]]), "#VALUE!", "TE-120 constraints row 1, column 5 repeats the header Min, must be new."),
    ("unknown type", "TE_OPTIMIZE", optimize(rows(["Wieght", "*", 0.0, 0.5])), "#VALUE!", 'TE-120 constraints row 2 Type "Wieght" is not known, the nearest known is "Weight".'),
    ("nothing alike", "TE_OPTIMIZE", optimize(rows(["qqqq", "*", 0.0, 0.5])), "#VALUE!", 'TE-120 constraints row 2 Type "qqqq" is not known, must be one of Weight, Group, Exposure, Ratio, Budget, Gross, Turnover, Trade and 9 more.'),
    ("soft count", "TE_OPTIMIZE", optimize([[*HEADER, "Penalty"], ["Names", None, None, 2.0, 0.1]]), "#VALUE!", "TE-100 constraints row 2 is Names with a Penalty, must have none: it holds or it does not."),
    ("largest position", "TE_OPTIMIZE", optimize(rows(["Position", "*", None, 0.5])), "#VALUE!", "TE-100 constraints row 2 is Position with a Max or a Min below 0, must have a Min of zero or more: zero, or at least this."),
    ("names of returns", "TE_OPTIMIZE", optimize(rows(["Names", None, None, 2.0]), options=option("Objective", "Min turnover"), current=[[0.4, 0.3, 0.3]]), "#VALUE!", "TE-190 constraints counts names with the objective Min turnover, which cannot be carried out yet."),
    ("penalty", "TE_OPTIMIZE", optimize([[*HEADER, "Penalty"], ["Weight", "*", 0.0, 0.5, 0.0]]), "#VALUE!", "TE-100 constraints row 2 has the Penalty 0, must be above 0, or blank where the limit must hold."),
    ("unknown basis", "TE_OPTIMIZE", optimize([[*HEADER, "Basis"], ["Weight", "*", 0.0, 0.5, "relativ"]]), "#VALUE!", 'TE-120 constraints row 2 Basis "relativ" is not known, the nearest known is "Relative".'),
    ("unknown on", "TE_OPTIMIZE", optimize([[*HEADER, "On"], ["Weight", "*", 0.0, 0.5, "perhaps"]]), "#VALUE!", 'TE-120 constraints row 2 On "perhaps" is not known, must be one of yes, no, true, false, on, off.'),
    ("min above max", "TE_OPTIMIZE", optimize(rows([None] * 4, ["Weight", "*", 0.5, 0.1])), "#VALUE!", "TE-100 constraints row 3 has Min 0.5 above Max 0.1, must not be above."),
    ("no limit", "TE_OPTIMIZE", optimize(rows(["Weight", "*", None, None])), "#VALUE!", "TE-100 constraints row 2 is Weight without Min and Max, must have one of them."),
    ("no item", "TE_OPTIMIZE", optimize(rows(["Group", None, 0.1, None])), "#VALUE!", "TE-100 constraints row 2 is Group without an Item, must have one."),
    ("budget with item", "TE_OPTIMIZE", optimize(rows(["Budget", "AAA", 1.0, 1.0])), "#VALUE!", 'TE-100 constraints row 2 is Budget with the Item "AAA", must have none.'),
    ("exclude with limit", "TE_OPTIMIZE", optimize(rows(["Exclude", "AAA", 0.0, None])), "#VALUE!", "TE-100 constraints row 2 is Exclude with a Min or Max, must have neither."),
    ("limit as text", "TE_OPTIMIZE", optimize(rows(["Weight", "*", "5%", None])), "#VALUE!", 'TE-100 constraints row 2, column 3 is the text "5%", must be a number: numbers stored as text are not read.'),
    ("unknown name", "TE_OPTIMIZE", optimize(rows(["Weight", "AAB", None, 0.1])), "#VALUE!", 'TE-140 constraints row 2 "AAB" is not among the names, the nearest is "AAA".'),
    ("no attributes", "TE_OPTIMIZE", optimize(rows(["Group", "Sector=Banks", None, 0.1])), "#VALUE!", "TE-100 attributes is missing, Group Sector=Banks (row 2) needs it."),
    ("no current", "TE_OPTIMIZE", optimize(rows(["Hold", "AAA", None, None])), "#VALUE!", "TE-100 current is missing, Hold AAA (row 2) needs it."),
    ("text exposure", "TE_OPTIMIZE", optimize(rows(["Exposure", "Duration", None, 5.0]), ASSETS), "#VALUE!", 'TE-100 attributes column Duration has the text "n/a" for CCC, must have a number for Exposure Duration (row 2).'),
    # attributes table
    ("header only", "TE_OPTIMIZE", optimize(None, ASSETS[:1]), "#VALUE!", "TE-110 attributes has one row, must have a header row and a row for each name."),
    ("blank header", "TE_OPTIMIZE", optimize(None, [["Name", None, "Sector"], ["AAA", 1.0, "Banks"]]), "#VALUE!", "TE-100 attributes row 1, column 2 is empty, must be a header."),
    ("attribute twice", "TE_OPTIMIZE", optimize(None, [["Name", "Sector", "sector"], ["AAA", 1.0, "Banks"]]), "#VALUE!", "TE-140 attributes row 1, column 3 repeats the header sector, must be new."),
    ("attribute name twice", "TE_OPTIMIZE", optimize(None, [["Name", "Sector"], ["AAA", "Oil"], ["AAA", "Banks"]]), "#VALUE!", "TE-140 attributes row 3, column 1 names AAA a second time, must name everything once."),
    ("attributes by position", "TE_OPTIMIZE", [B, COV, None, ASSETS[:3]], "#VALUE!", "TE-110 attributes has 2 names, must have 3 like weights."),
    # options table
    ("unknown option", "TE_OPTIMIZE", optimize(options=option("Unit", "Percent")), "#VALUE!", 'TE-120 options row 2 option "Unit" is not known, the nearest known is "Units".'),
    ("option twice", "TE_OPTIMIZE", optimize(options=[*option("Units", "Decimal"), ["units", "Decimal"]]), "#VALUE!", "TE-120 options row 3 gives Units a second time, must give it once."),
    ("unknown choice", "TE_OPTIMIZE", optimize(options=option("Layout", "Ful")), "#VALUE!", 'TE-120 options Layout (row 2) "Ful" is not known, the nearest known is "Full".'),
    ("option limit", "TE_OPTIMIZE", optimize(options=option("Periods", 0)), "#VALUE!", "TE-100 options Periods (row 2) is 0, must be from 0.001 to 1e+06."),
    ("gap beyond all", "TE_OPTIMIZE", optimize(options=option("Gap", 2)), "#VALUE!", "TE-100 options Gap (row 2) is 2, must be from 0 to 1."),
    ("no alpha", "TE_OPTIMIZE", optimize(options=option("Objective", "Max return")), "#VALUE!", "TE-100 attributes is missing, the objective Max return needs its column Alpha."),
    ("no turnover without holdings", "TE_OPTIMIZE", optimize(rows(["Turnover", None, None, 0.15])), "#VALUE!", "TE-100 current is missing, Turnover (row 2) needs it."),
    ("active share at least", "TE_OPTIMIZE", optimize(rows(["ActiveShare", None, 0.6, None])), "#VALUE!", "TE-100 constraints row 2 has the Min 0.6, which no convex problem can hold: ActiveShare takes a Max only."),
    ("a second cap", "TE_OPTIMIZE", optimize(rows(["TE", None, None, 0.02], ["TE", None, None, 0.03])), "#VALUE!", "TE-100 constraints row 3 is a second limit on the tracking error beside TE (row 2), must be the only one."),
    ("basis of a trade", "TE_OPTIMIZE", optimize([[*HEADER, "Basis"], ["Trade", "*", None, 0.02, "Active"]]), "#VALUE!", "TE-100 constraints row 2 has the Basis Active, must be Absolute or blank: Trade has no other."),
    # answers that do not exist or were not reached
    ("crossing", "TE_OPTIMIZE", optimize(rows(["Weight", "AAA", 0.5, None], ["Weight", "*", None, 0.4])), "#N/A", "TE-200 AAA must hold at least 0.5 by Weight AAA (row 2) and at most 0.4 by Weight * (row 3): relax one of them."),
    ("too large", "ACTIVE_SHARE", [[[1e308], [1e308]], [[-1e308], [-1e308]]], "#NUM!", "TE-300 The answer is not a finite number: the inputs are too large or too small."),
    ("benchmark funding", "TE_CONTRIB", [[[0.5], [0.3], [0.1]], B, COV, None, None, "Benchmark"], "#VALUE!", "TE-100 funding Benchmark needs active weights that sum to 0, they sum to -0.1: add the cash line."),
    ("drop all", "TE_OPTIMIZE", [[["Z", 1.0]], EDGES, None, None, None, option("Missing cov name", "Drop")], "#VALUE!", "TE-100 weights has no weight left without Z."),
    # explaining
    ("explain nothing", "TE_EXPLAIN", [], "#VALUE!", "TE-100 function_name is missing, must be given."),
    ("explain the unknown", "TE_EXPLAIN", ["TE_OPTIMISE"], "#VALUE!", 'TE-120 function_name "TE_OPTIMISE" is not known, the nearest known is "TE_OPTIMIZE".'),
    ("explain two at once", "TE_EXPLAIN", [[["TE_OPTIMIZE", "TE_CONTRIB"]]], "#VALUE!", "TE-110 function_name is 1 x 2, must be one cell."),
    ("explain an error value", "TE_EXPLAIN", [CellError("#REF!")], "#REF!", "TE-100 function_name row 1, column 1 is #REF!, must be mended there."),
    ("help on the unknown", "TE_HELP", ["ACTIVESHARE"], "#VALUE!", 'TE-120 function_name "ACTIVESHARE" is not known, the nearest known is "ACTIVE_SHARE".'),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "arguments", "value", "sentence"),
    [case[1:] for case in SENTENCES],
    ids=[case[0] for case in SENTENCES],
)
def test_the_whole_sentence(name: str, arguments: list[Given], value: str, sentence: str) -> None:
    reply = call(name, arguments)
    assert reply.fault is not None, reply.grid
    assert reply.fault.sentence == sentence
    assert reply.grid == [[CellError(value)]]
    assert len(sentence) <= 255


def test_clashing_rows_are_named_with_the_users_labels() -> None:
    limits = rows(["Group", "Sector=Banks", 0.7, None], ["Group", "Sector=Oil", 0.6, None])
    reply = call("TE_OPTIMIZE", optimize(limits, ASSETS))
    assert reply.fault is not None
    assert str(reply.fault.value) == "#N/A"
    for label in (
        "Budget",
        "Group Sector=Banks (row 2) Min 0.7",
        "Group Sector=Oil (row 3) Min 0.6",
    ):
        assert label in reply.fault.sentence


def test_an_error_value_in_a_range_passes_through_as_itself() -> None:
    reply = call(
        "TE_OPTIMIZE",
        [B, [[0.04, 0.0, 0.0], [0.0, CellError("#DIV/0!"), CellError("#REF!")], [0.0, 0.0, 1.0]]],
    )
    assert reply.grid == [[CellError("#DIV/0!")]]
    assert reply.fault is not None
    assert reply.fault.sentence == "TE-100 cov row 2, column 2 is #DIV/0!, must be mended there."


def test_the_first_error_value_counts_before_any_other_fault() -> None:
    assert call("TE_OPTIMIZE", [[["text"]], CellError("#N/A")]).grid == [[CellError("#N/A")]]
