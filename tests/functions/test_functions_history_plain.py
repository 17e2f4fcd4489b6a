"""Measures of returns written once more as plain formulas of a sheet, calculated by two spreadsheet programs."""

from collections.abc import Mapping

import pytest
from plain_sheet import EXACT, PROGRAMS, calculated, down

from trackerr_xl import evaluate

PERIODS, WINDOW, HALFLIFE = 12, 4, 2.5
FUND = [0.0213, -0.0081, 0.0342, 0.0127, -0.0264, 0.0175, 0.0021, -0.0112, 0.0283, 0.0094]
INDEX = [0.0182, -0.0143, 0.0291, 0.0165, -0.0231, 0.0118, 0.0047, -0.0086, 0.0204, 0.0131]
T = len(FUND)

FUND_WEIGHTS = [[0.40, 0.25, 0.20, 0.15], [0.38, 0.27, 0.22, 0.13], [0.35, 0.30, 0.20, 0.15]]
INDEX_WEIGHTS = [[0.30, 0.30, 0.25, 0.15], [0.32, 0.28, 0.24, 0.16], [0.31, 0.29, 0.26, 0.14]]
FUND_RETURNS = [[0.031, -0.012, 0.024, 0.005], [-0.018, 0.027, 0.009, 0.041], [0.022, 0.014, -0.033, 0.008]]
INDEX_RETURNS = [[0.026, -0.009, 0.019, 0.011], [-0.021, 0.022, 0.013, 0.036], [0.017, 0.019, -0.028, 0.003]]
GROUPS = ["Stocks", "Stocks", "Bonds", "Bonds"]
MONTHS = range(3)

R, Q, X = (f"${name}$1:${name}${T}" for name in "ABC")
"""Returns of the fund in column A, of the index in column B; what one is above the other in column C."""


def formulas() -> dict[str, str]:
    """Cell by cell."""
    return _of_dates() | _of_methods() | _of_statistics() | _of_attribution()


def _of_dates() -> dict[str, str]:
    """Active returns, growth of fund and index and their ratio, its highest level, the fall below it, and moving windows."""
    cells = {f"{name}{T + 1}": "=1" for name in "DEFG"}
    cells |= {f"J{age + 1}": f"=0.5^({age}/{HALFLIFE})" for age in range(T)}
    for row in range(1, T + 1):
        cells[f"C{row}"] = f"=A{row}-B{row}"
        cells[f"D{row}"] = f"=PRODUCT(1+$A$1:A{row})"
        cells[f"E{row}"] = f"=PRODUCT(1+$B$1:B{row})"
        cells[f"F{row}"] = f"=D{row}/E{row}"
        cells[f"G{row}"] = f"=MAX(1,$F$1:F{row})"
        cells[f"H{row}"] = f"=F{row}/G{row}-1"
        if row >= WINDOW:
            within = f"C{row - WINDOW + 1}:C{row}"
            cells[f"K{row}"] = f"=STDEV({within})*SQRT({PERIODS})"
            cells[f"L{row}"] = _weighted(within, [f"$J${WINDOW - place}" for place in range(WINDOW)])
    return cells


def _weighted(values: str, weights: list[str]) -> str:
    """Weighted standard deviation of a year, weights given as cells from the oldest to the newest."""
    first, last = values.replace("$", "").split(":")
    cells = [f"$C${row}" for row in range(int(first[1:]), int(last[1:]) + 1)]
    total = f"({'+'.join(weights)})"
    mean = f"(({'+'.join(f'{w}*{x}' for w, x in zip(weights, cells, strict=True))})/{total})"
    squares = "+".join(f"{w}*({x}-{mean})^2" for w, x in zip(weights, cells, strict=True))
    own = "+".join(f"{w}^2" for w in weights)
    return f"=SQRT({PERIODS}*(({squares})/{total})/(1-({own})/{total}^2))"


def _of_methods() -> dict[str, str]:
    """Column N: TRACKING_ERROR by method, then beta."""
    ratio = f"((1+{R})/(1+{Q})-1)"
    return {
        "N1": f"=STDEV({R}-{Q})*SQRT({PERIODS})",
        "N2": f"=SQRT({PERIODS}*SUMSQ({R}-{Q})/{T})",
        "N3": f"=AVEDEV({X})*SQRT({PERIODS})",
        "N4": f"=SQRT({PERIODS}*SUMPRODUCT(({X}<0)*{X}^2)/{T})",
        "N5": f"=STDEV({ratio})*SQRT({PERIODS})",
        "N6": _weighted(f"C1:C{T}", [f"$J${T - place}" for place in range(T)]),
        "N7": f"=SLOPE({R},{Q})",
    }


def _of_statistics() -> dict[str, str]:
    """Column P: the rows of TE_STATS that returns give, from the second on."""
    beta = "$N$7"
    return {
        "P1": f"=MAX(0,N1-NORMSINV(0.975)*N1/SQRT(2*{T}))",
        "P2": f"=N1+NORMSINV(0.975)*N1/SQRT(2*{T})",
        "P3": f"=ABS({beta}-1)*STDEV({Q})*SQRT({PERIODS})",
        "P4": f"=STDEV({R}-{beta}*{Q})*SQRT({PERIODS})",
        "P5": f"=D{T}^({PERIODS}/{T})-1",
        "P6": f"=E{T}^({PERIODS}/{T})-1",
        "P7": "=P5-P6",
        "P8": f"={PERIODS}*AVERAGE({X})/N1",
        "P9": "=P7/N1",
        "P10": f"=SUMPRODUCT(({X}>0)*1)/{T}",
        "P11": f"=MIN(0,H1:H{T})",
    }


def _of_attribution() -> dict[str, str]:
    """Rows 21 to 32: weights and returns, names across, a block of three rows each; groups in row 34.

    Rows 40 and on: a group each, its effects in each month; column A has the months' linking factors.
    """
    cells = {}
    for t in MONTHS:
        w, b, r, q = (f"$A${first + t}:$D${first + t}" for first in (21, 24, 27, 30))
        cells[f"E{21 + t}"] = f"=SUMPRODUCT({w},{r})"
        cells[f"F{21 + t}"] = f"=SUMPRODUCT({b},{q})"
        cells[f"G{21 + t}"] = f"=(LN(1+E{21 + t})-LN(1+F{21 + t}))/(E{21 + t}-F{21 + t})/$E$25"
        for place, group in enumerate(("Stocks", "Bonds")):
            row = 40 + 10 * place + t
            member = f'($A$34:$D$34="{group}")'
            cells[f"A{row}"] = f"=SUMPRODUCT({member}*{w})"
            cells[f"B{row}"] = f"=SUMPRODUCT({member}*{b})"
            cells[f"C{row}"] = f"=SUMPRODUCT({member}*{w}*{r})/A{row}"
            cells[f"D{row}"] = f"=SUMPRODUCT({member}*{b}*{q})/B{row}"
            cells[f"E{row}"] = f"=(A{row}-B{row})*(D{row}-$F${21 + t})*$G${21 + t}"
            cells[f"F{row}"] = f"=B{row}*(C{row}-D{row})*$G${21 + t}"
            cells[f"G{row}"] = f"=(A{row}-B{row})*(C{row}-D{row})*$G${21 + t}"
    cells["E24"] = "=PRODUCT(1+E21:E23)-1"
    cells["F24"] = "=PRODUCT(1+F21:F23)-1"
    cells["E25"] = "=(LN(1+E24)-LN(1+F24))/(E24-F24)"
    for first in (40, 50):
        for name in "AB":
            cells[f"{name}{first + 4}"] = f"=AVERAGE({name}{first}:{name}{first + 2})"
        for name in "CD":
            cells[f"{name}{first + 4}"] = f"=PRODUCT(1+{name}{first}:{name}{first + 2})-1"
        for name in "EFG":
            cells[f"{name}{first + 4}"] = f"=SUM({name}{first}:{name}{first + 2})"
    return cells


@pytest.fixture(scope="module", params=PROGRAMS)
def plain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, float]:
    panels = [*FUND_WEIGHTS, *INDEX_WEIGHTS, *FUND_RETURNS, *INDEX_RETURNS]
    inputs = {"A1": down(FUND), "B1": down(INDEX), "A21": panels, "A34": [GROUPS]}
    return calculated(request.param, tmp_path_factory.mktemp("plain"), inputs, formulas())


@pytest.mark.parametrize(
    ("method", "cell"),
    [
        (None, "N1"),
        ("Std", "N1"),
        ("RMS", "N2"),
        ("MAD", "N3"),
        ("Downside", "N4"),
        ("Geometric", "N5"),
        (f"EWMA {HALFLIFE}", "N6"),
    ],
)
def test_the_tracking_error_of_every_method_is_that_of_the_sheet(
    plain: Mapping[str, float], method: str | None, cell: str
) -> None:
    found = evaluate("TRACKING_ERROR", FUND, INDEX, None, PERIODS, method)[0][0]
    assert found == pytest.approx(plain[cell], rel=EXACT)


def test_beta_is_the_slope_of_the_sheet(plain: Mapping[str, float]) -> None:
    assert evaluate("ACTIVE_BETA", FUND, INDEX)[0][0] == pytest.approx(plain["N7"], rel=EXACT)


def test_every_row_of_the_statistics_of_returns_is_on_the_sheet(plain: Mapping[str, float]) -> None:
    table = evaluate("TE_STATS", None, None, None, FUND, INDEX, PERIODS)[1:]
    assert table[0] == ["Returns counted", T]
    cells = {
        "Ex-post tracking error": "N1",
        "95 % band, lower": "P1",
        "95 % band, upper": "P2",
        "Ex-post beta": "N7",
        "Ex-post TE from beta": "P3",
        "Ex-post TE residual": "P4",
        "Portfolio return a year": "P5",
        "Benchmark return a year": "P6",
        "Tracking difference": "P7",
        "Information ratio": "P8",
        "Information ratio, geometric": "P9",
        "Hit rate": "P10",
        "Largest relative drawdown": "P11",
    }
    assert [row[0] for row in table[1:-1]] == list(cells)
    for (label, found), cell in zip(table[1:-1], cells.values(), strict=True):
        assert found == pytest.approx(plain[cell], rel=EXACT), label
    assert table[-1] == ["Periods a year", PERIODS]


@pytest.mark.parametrize(("halflife", "name"), [(None, "K"), (HALFLIFE, "L")])
def test_every_window_is_that_of_the_sheet(
    plain: Mapping[str, float], halflife: float | None, name: str
) -> None:
    spill = evaluate("TE_ROLLING", down(FUND), down(INDEX), WINDOW, PERIODS, halflife)
    assert [str(row[0]) for row in spill[: WINDOW - 1]] == ["#N/A"] * (WINDOW - 1)
    expected = [plain[f"{name}{row}"] for row in range(WINDOW, T + 1)]
    assert [row[0] for row in spill[WINDOW - 1 :]] == pytest.approx(expected, rel=EXACT)


def test_linked_attribution_is_that_of_the_sheet(plain: Mapping[str, float]) -> None:
    table = evaluate("BRINSON", FUND_WEIGHTS, INDEX_WEIGHTS, FUND_RETURNS, INDEX_RETURNS, [GROUPS])
    assert [row[0] for row in table[1:]] == ["Stocks", "Bonds", "Total"]
    for found, first in ((table[1], 44), (table[2], 54)):
        assert found[1:8] == pytest.approx([plain[f"{name}{first}"] for name in "ABCDEFG"], rel=EXACT)
        assert found[8] == pytest.approx(sum(plain[f"{name}{first}"] for name in "EFG"), rel=EXACT)
    assert table[3][3:5] == pytest.approx([plain["E24"], plain["F24"]], rel=EXACT)
    assert table[3][8] == pytest.approx(plain["E24"] - plain["F24"], rel=EXACT)


def test_attribution_of_one_month_is_that_of_the_sheet(plain: Mapping[str, float]) -> None:
    panels = (FUND_WEIGHTS, INDEX_WEIGHTS, FUND_RETURNS, INDEX_RETURNS)
    table = evaluate("BRINSON", *(down(panel[0]) for panel in panels), [[group] for group in GROUPS])
    for found, row in ((table[1], 40), (table[2], 50)):
        unlinked = [plain[f"{name}{row}"] / plain["G21"] for name in "EFG"]
        assert found[5:8] == pytest.approx(unlinked, rel=EXACT)
