"""Formulas read into trees: what is understood, what is refused, and how references move."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.publish.libreoffice import SERVICE, method_name
from trackerr_xl.workbook.book import Address, Table, parse_location, quoted
from trackerr_xl.workbook.file.addresses import MAX_COLUMN, MAX_ROW, Area, address
from trackerr_xl.workbook.formula.own_names import own_function
from trackerr_xl.workbook.formula.shift import shifted
from trackerr_xl.workbook.formula.structured import structured_reference
from trackerr_xl.workbook.formula.tree import (
    Call,
    FormulaError,
    Group,
    Reference,
    Word,
    parse,
    reference_text,
    walk,
    written,
)


def rewritten(text: str) -> str:
    """A formula read and written again from Sheet1."""
    return written(parse(text), "Sheet1", str)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=1+2*A1", "1+2*$A$1"),
        ("=a1:b2", "$A$1:$B$2"),
        ("=B2:A1", "$A$1:$B$2"),
        ("=Sheet1!A1+Other!A1", "$A$1+Other!$A$1"),
        ("='My Cov'!$B$2:C3", "'My Cov'!$B$2:$C$3"),
        ("='O''Neil'!A1", "'O''Neil'!$A$1"),
        ("=SUM(A:A,1:3)", "SUM($A:$A,$1:$3)"),
        ("=_xlfn.ANCHORARRAY(A1)+A1#", "ANCHORARRAY($A$1)+$A$1#"),
        ("=_xlfn._xlws.FILTER(A1:A3,A1:A3>0)", "FILTER($A$1:$A$3,$A$1:$A$3>0)"),
        ("=_xlfn.LET(_xlpm.x,1,_xlpm.x+1)", "LET(x,1,x+1)"),
        ("=_xlfn.LAMBDA(_xlpm.x,_xlpm.x^2)(3)", "LAMBDA(x,x^2)(3)"),
        ("=F(a,,b,)", "F(a,,b,)"),
        ("=F( )", "F()"),
        ('="a ""quoted"" (word"&A1', '"a ""quoted"" (word"&$A$1'),
        ('={1,2;-3,"}"}', '{1,2;-3,"}"}'),
        ("=-A1%", "-$A$1%"),
        ("=@A1:A3", "@$A$1:$A$3"),
        ("=SUM(A1:B3 B2:C4)", "SUM($A$1:$B$3 $B$2:$C$4)"),
        ("=IF(true,#N/A,1.5E-3)", "IF(TRUE,#N/A,1.5E-3)"),
        ("=Sheet9!#REF!+#REF!", "#REF!+#REF!"),
        ("=LOG10(5)+Q1_total+R2D2x", "LOG10(5)+Q1_total+R2D2x"),
        ("= 1 +  2 ", "1 + 2"),
        ("=A1<>B1", "$A$1<>$B$1"),
        ("=Weights[[#This Row],[Port]]*[@[a b]]", "Weights[[#This Row],[Port]]*[@[a b]]"),
        ("=A1:INDEX(A1:A9,3)", "$A$1:INDEX($A$1:$A$9,3)"),
    ],
)
def test_a_formula_is_written_as_it_was_understood(formula: str, expected: str) -> None:
    assert rewritten(formula) == expected


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("=", "its formula is empty"),
        ("=1+", "its formula ends too early"),
        ("=(1", "its formula ends too early"),
        ("=F(1", "its formula ends too early"),
        ("=1 2 ?", "its formula cannot be read at '?'"),
        ("=1)", "its formula cannot be read at ')'"),
        ("=1.2.3", "its formula cannot be read at '1.2.3'"),
        ('="open', "its formula cannot be read at '\"open'"),
        ("=A1 + * B1", "its formula cannot be read at '*'"),
        ("=1,5", "it unites ranges with a comma, which the engine cannot do"),
        ("=SUM((A1,B1))", "it unites ranges with a comma, which the engine cannot do"),
        ("=[1]Sheet1!A1", "it reads another workbook ([1]Sheet1!A1)"),
        ("=SUM('[1]My Sheet'!A1:B2)", "it reads another workbook ('[1]My Sheet'!A1:B2)"),
        ("=Jan:Dec!B2", "it reads through several sheets (Jan:Dec!B2), which the engine cannot do"),
        ("=XFE1048577", "its formula names cells that no sheet has (XFE1048577)"),
    ],
)
def test_what_is_not_understood_is_refused_in_words(formula: str, reason: str) -> None:
    with pytest.raises(FormulaError) as refused:
        parse(formula)
    assert str(refused.value) == reason


def test_a_tree_tells_calls_groups_references_and_words_apart() -> None:
    assert parse("=SUM(A1,(2))") == (
        Call("SUM", ((Reference(None, Area(1, 1, 1, 1)),), (Group(((Word("number", "2"),),)),))),
    )


@pytest.mark.parametrize(
    ("formula", "rows", "columns", "expected"),
    [
        ("=A1+$A$1+A$1+$A1", 2, 3, "=D3+$A$1+D$1+$A3"),
        ("=SUM(A1:B2)*'x A1'!C3", 1, 1, "=SUM(B2:C3)*'x A1'!D4"),
        ("=SUM(A:B,1:$2)", 3, 1, "=SUM(B:C,4:$2)"),
        ('="A1"&LOG10(A1)', 1, 0, '="A1"&LOG10(A2)'),
        ("=A1", -1, -1, f"=XFD{MAX_ROW}"),
    ],
)
def test_copying_a_formula_moves_its_relative_references(
    formula: str, rows: int, columns: int, expected: str
) -> None:
    assert shifted(formula, rows, columns) == expected


@given(
    st.integers(1, MAX_ROW), st.integers(1, MAX_COLUMN), st.integers(1, MAX_ROW), st.integers(1, MAX_COLUMN)
)
def test_a_reference_is_read_back_as_it_was_written(top: int, left: int, bottom: int, right: int) -> None:
    area = Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
    assert parse("=" + reference_text(Reference("My Sheet", area))) == (Reference("My Sheet", area),)


@given(st.text(alphabet="AB1$:!#'\"(),;{}[]+-*/^&=<>%@ .xé\\", max_size=25))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        nodes = parse("=" + text)
    except FormulaError:
        return
    # What was understood is understood the same way when it is written and read again.
    assert written(parse("=" + written(nodes, "S", str)), "S", str) == written(nodes, "S", str)
    assert list(walk(nodes))


@pytest.mark.parametrize(
    ("sheet", "spelt"),
    [
        ("Data", "Data"),
        ("My Cov", "'My Cov'"),
        ("O'Neil", "'O''Neil'"),
        ("A1", "'A1'"),
        ("2024", "'2024'"),
        ("R1C1", "'R1C1'"),
    ],
)
def test_sheets_are_quoted_where_a_formula_needs_it(sheet: str, spelt: str) -> None:
    assert quoted(sheet) == spelt
    where = Address(sheet, 3, 2)
    assert str(where) == f"{spelt}!{address(3, 2)}"
    assert parse_location(str(where)) == where


@pytest.mark.parametrize("text", ["A1", "!A1", "Sheet1!", "Sheet1!A0", "Sheet1!A1:B2"])
def test_a_location_needs_a_sheet_and_a_cell(text: str) -> None:
    with pytest.raises(ValueError):
        parse_location(text)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("TE_OPTIMIZE", "TE_OPTIMIZE"),
        ("_XLL.TE_OPTIMIZE", "TE_OPTIMIZE"),
        ("_XLDUDF_TE_OPTIMIZE", "TE_OPTIMIZE"),
        ("_XLDUDF_MY_NS_TE_OPTIMIZE", "TE_OPTIMIZE"),
        ("[3]!TE_OPTIMIZE", "TE_OPTIMIZE"),
        ("'C:\\X Y\\TRACKERR.XLAM'!TE_OPTIMIZE", "TE_OPTIMIZE"),
        ("ORG.TRACKERR.CALC.ADDIN.TEOPTIMIZE", "TE_OPTIMIZE"),
        ("ORG.TRACKERR.CALC.ADDIN.TEOPTIMIZED", None),
        ("MY_TE_OPTIMIZE", None),
        ("TE_OPTIMIZED", None),
        ("SUM", None),
        ("_XLDUDF_NS_SUM", None),
    ],
)
def test_our_functions_are_known_by_all_their_names(spelling: str, name: str | None) -> None:
    assert own_function(spelling) == name


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_name_that_libreoffice_writes_is_known_of_every_function(name: str) -> None:
    assert own_function(f"{SERVICE}.{method_name(name)}".upper()) == name


# Structured references: a table in B3:E9 with a header row, a totals row and five rows of data.

TABLE = Table("Weights", "Data", Area(3, 2, 9, 5), ("Asset", "Bench", "Port [%]", "Note"), 1, 1)


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Weights[Bench]", "C4:C8"),
        ("weights[BENCH]", "C4:C8"),
        ("Weights[]", "B4:E8"),
        ("Weights[#All]", "B3:E9"),
        ("Weights[#Headers]", "B3:E3"),
        ("Weights[#Totals]", "B9:E9"),
        ("Weights[#Data]", "B4:E8"),
        ("Weights[[Asset]:[Bench]]", "B4:C8"),
        ("Weights[[#All],[Bench]]", "C3:C9"),
        ("Weights[[#Headers],[#Data],[Bench]]", "C3:C8"),
        ("Weights[[#Data],[#Totals],[Bench]:[Note]]", "C4:E9"),
        ("Weights[@Bench]", "C6:C6"),
        ("Weights[@]", "B6:E6"),
        ("Weights[[#This Row],[Bench]]", "C6:C6"),
        ("[@Bench]", "C6:C6"),
        ("[@[Asset]:[Bench]]", "B6:C6"),
        ("[Bench]", "C4:C8"),
        ("Weights[Port '['%']]", "D4:D8"),
    ],
)
def test_a_structured_reference_means_these_cells(text: str, area: str) -> None:
    (expected,) = parse(f"=Data!{area}")
    assert structured_reference(text, [TABLE], Address("Data", 6, 5)) == expected


@pytest.mark.parametrize(
    ("text", "home", "reason"),
    [
        ("Prices[Bench]", Address("Data", 6, 5), "it reads a table that does not exist (Prices)"),
        ("[Bench]", Address("Data", 20, 5), "it reads a table that does not exist (of its own row)"),
        (
            "Weights[Gone]",
            Address("Data", 6, 5),
            "it reads a column that its table does not have (Weights[Gone])",
        ),
        (
            "Weights[@Bench]",
            Address("Data", 20, 9),
            "it reads its own row of a table that does not cross that row (Weights[@Bench])",
        ),
    ],
)
def test_a_structured_reference_without_cells_says_so(text: str, home: Address, reason: str) -> None:
    with pytest.raises(FormulaError) as refused:
        structured_reference(text, [TABLE], home)
    assert str(refused.value) == reason


def test_a_table_without_totals_has_none() -> None:
    bare = Table("T", "Data", Area(1, 1, 3, 1), ("A",), 1, 0)
    with pytest.raises(FormulaError) as refused:
        structured_reference("T[#Totals]", [bare], Address("Data", 1, 9))
    assert str(refused.value) == "it reads a part that its table does not have (T[#Totals])"
