"""Measures of holdings written once more as plain formulas of a sheet, calculated by two spreadsheet programs."""

from collections.abc import Mapping

import pytest
from plain_sheet import EXACT, PROGRAMS, calculated, down

from trackerr_xl import evaluate

N, PERIODS, LIMIT = 5, 12, 0.06
FUND, INDEX = [0.32, 0.25, 0.20, 0.23, 0.0], [0.20, 0.30, 0.15, 0.25, 0.10]
COV = [
    [0.0040, 0.0012, 0.0006, 0.0001, 0.0009],
    [0.0012, 0.0090, 0.0015, 0.0002, 0.0021],
    [0.0006, 0.0015, 0.0160, 0.0003, 0.0017],
    [0.0001, 0.0002, 0.0003, 0.0005, 0.0001],
    [0.0009, 0.0021, 0.0017, 0.0001, 0.0070],
]
GROUPS = ["Stocks", "Stocks", "Gold", "Bonds", "Gold"]
RETURNS = [
    [0.02, -0.03, 0.05, 0.004, 0.01],
    [-0.01, 0.04, 0.02, 0.001, -0.06],
    [0.03, 0.01, -0.07, 0.002, 0.02],
]
T = 40
"""Periods of returns that the covariance is said to be made of."""

ROWS = range(1, N + 1)
FULL = f"$C$1:$G${N}"
"""The covariance; fund and index stand in columns A and B, groups in column H, returns in row 20 and below."""


def formulas() -> dict[str, str]:
    """Cell by cell."""
    return _of_names() | _of_the_whole() | _of_groups() | _of_headroom() | _of_drift()


def _of_names() -> dict[str, str]:
    """Active weight, covariance times active, index and fund; then the columns of TE_CONTRIB, with cash and with the index."""
    cells = {}
    for row in ROWS:
        line, variance = f"$C{row}:$G{row}", f"INDEX({FULL},{row},{row})"
        cells[f"J{row}"] = f"=A{row}-B{row}"
        for name, vector in (("K", f"$A$1:$A${N}-$B$1:$B${N}"), ("L", f"$B$1:$B${N}"), ("M", f"$A$1:$A${N}")):
            cells[f"{name}{row}"] = f"=SUM(MMULT({line},{vector}))"
        cells[f"P{row}"] = f"=K{row}*SQRT({PERIODS}/$N$1)"
        cells[f"Q{row}"] = f"=J{row}*P{row}"
        cells[f"R{row}"] = f"=Q{row}/$N$2"
        cells[f"S{row}"] = f"=ABS(J{row})*SQRT({PERIODS}*{variance})"
        cells[f"U{row}"] = f"=(K{row}-SUMPRODUCT($B$1:$B${N},$K$1:$K${N}))*SQRT({PERIODS}/$N$1)"
        cells[f"V{row}"] = f"=J{row}*U{row}"
    return cells


def _of_the_whole() -> dict[str, str]:
    """Column N: the rows of TE_STATS that holdings give."""
    a, b, k, m = (f"{name}1:{name}{N}" for name in "ABKM")
    rest = f"({a}-N4*{b})"
    return {
        "N1": f"=SUMPRODUCT({a}-{b},{k})",
        "N2": f"=SQRT({PERIODS}*N1)",
        "N3": f"=SUMPRODUCT(ABS({a}-{b}))/2",
        "N4": f"=SUMPRODUCT({a},L1:L{N})/SUMPRODUCT({b},L1:L{N})",
        "N5": f"=SQRT({PERIODS}*SUMPRODUCT({a},{m}))",
        "N6": f"=SQRT({PERIODS}*SUMPRODUCT({b},L1:L{N}))",
        "N7": "=ABS(N4-1)*N6",
        "N8": f"=SQRT({PERIODS}*SUMPRODUCT(MMULT({FULL},{rest}),{rest}))",
        "N9": f"=SUMPRODUCT(({a}<>0)*1)",
        "N10": f"=SUMPRODUCT(({b}<>0)*1)",
        "N11": f"=SUMPRODUCT(({a}*{b}<>0)*1)",
        "N12": f"=N2/(1-(N9-1)/({T}-1))",
        "N13": f"=N2-SUM(S1:S{N})",
    }


def _of_groups() -> dict[str, str]:
    """Rows 10 to 12: a group of column H each, its name written into the formula."""
    cells = {}
    for row, group in enumerate(dict.fromkeys(GROUPS), start=10):
        within = f'($H$1:$H${N}="{group}")*$J$1:$J${N}'
        cells[f"J{row}"] = f'=SUMIF($H$1:$H${N},"{group}",$J$1:$J${N})'
        cells[f"Q{row}"] = f'=SUMIF($H$1:$H${N},"{group}",$Q$1:$Q${N})'
        cells[f"P{row}"] = f"=Q{row}/J{row}"
        cells[f"S{row}"] = f"=SQRT({PERIODS}*SUMPRODUCT(MMULT({FULL},{within}),{within}))"
    return cells


def _of_headroom() -> dict[str, str]:
    """Columns W and X: most to buy and to sell against cash; Y and Z: against the index."""
    cells = {}
    index = f"$B$1:$B${N}"
    excess = f"({LIMIT}^2/{PERIODS}-$N$1)"
    for row in ROWS:
        variance = f"INDEX({FULL},{row},{row})"
        slope = f"(K{row}-SUMPRODUCT({index},$K$1:$K${N}))"
        curvature = f"({variance}+SUMPRODUCT({index},$L$1:$L${N})-2*L{row})"
        for buy, sell, k, c in (("W", "X", f"K{row}", variance), ("Y", "Z", slope, curvature)):
            root = f"SQRT({k}^2+{c}*{excess})"
            cells[f"{buy}{row}"] = f"=({root}-{k})/{c}"
            cells[f"{sell}{row}"] = f"=({root}+{k})/{c}"
    return cells


def _of_drift() -> dict[str, str]:
    """Rows 31 to 35: return over all periods, weights of fund and index after them; N31 and N32: tracking errors."""
    cells = {}
    for row in ROWS:
        name = "ABCDE"[row - 1]
        cells[f"A{30 + row}"] = f"=PRODUCT(1+{name}20:{name}22)-1"
        for now, then in (("B", "A"), ("C", "B")):
            whole = f"SUMPRODUCT(${then}$1:${then}${N},$A$31:$A${30 + N})"
            cells[f"{now}{30 + row}"] = f"={then}{row}*(1+$A{30 + row})/(1+{whole})"
    active = f"(B31:B{30 + N}-C31:C{30 + N})"
    return cells | {"N31": f"=SQRT({PERIODS}*SUMPRODUCT(MMULT({FULL},{active}),{active}))"}


@pytest.fixture(scope="module", params=PROGRAMS)
def plain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, float]:
    inputs = {"A1": down(FUND), "B1": down(INDEX), "C1": COV, "H1": [[group] for group in GROUPS]}
    folder = tmp_path_factory.mktemp("plain")
    return calculated(request.param, folder, inputs | {"A20": RETURNS}, formulas())


def test_ex_ante_figures_are_those_of_the_sheet(plain: Mapping[str, float]) -> None:
    error = evaluate("TRACKING_ERROR", FUND, INDEX, COV, PERIODS)[0][0]
    assert error == pytest.approx(plain["N2"], rel=EXACT)
    assert evaluate("ACTIVE_SHARE", FUND, INDEX)[0][0] == pytest.approx(plain["N3"], rel=EXACT)
    assert evaluate("ACTIVE_BETA", FUND, INDEX, COV)[0][0] == pytest.approx(plain["N4"], rel=EXACT)


def test_every_row_of_the_statistics_of_holdings_is_on_the_sheet(plain: Mapping[str, float]) -> None:
    series = [[0.001 * ((7 * t) % 11 - 5)] for t in range(T)]
    other = [[0.001 * ((5 * t) % 13 - 6)] for t in range(T)]
    table = dict(evaluate("TE_STATS", FUND, INDEX, COV, series, other, PERIODS)[1:])
    cells = {
        "Names held": "N9",
        "Names in the benchmark": "N10",
        "Names in both": "N11",
        "Active share": "N3",
        "Ex-ante tracking error": "N2",
        "Ex-ante portfolio volatility": "N5",
        "Ex-ante benchmark volatility": "N6",
        "Ex-ante beta": "N4",
        "Ex-ante TE from beta": "N7",
        "Ex-ante TE residual": "N8",
        "Expected realised TE if optimised": "N12",
    }
    of_returns = list(table).index("Returns counted")
    assert list(table)[:of_returns] == list(cells)
    for label, cell in cells.items():
        assert table[label] == pytest.approx(plain[cell], rel=EXACT), label


def test_contributions_of_names_are_those_of_the_sheet(plain: Mapping[str, float]) -> None:
    table = evaluate("TE_CONTRIB", FUND, INDEX, COV, None, PERIODS)
    for row in ROWS:
        expected = [plain[f"{name}{row}"] for name in "JPQRS"]
        assert table[row][1:] == pytest.approx(expected, rel=EXACT, abs=1e-17)
    assert table[N + 1][5] == pytest.approx(plain["N13"], rel=EXACT)
    assert table[N + 2][3] == table[N + 2][5] == pytest.approx(plain["N2"], rel=EXACT)


def test_contributions_paid_with_the_index_are_those_of_the_sheet(plain: Mapping[str, float]) -> None:
    table = evaluate("TE_CONTRIB", FUND, INDEX, COV, None, PERIODS, "Benchmark")
    for row in ROWS:
        found, expected = table[row][2:4], [plain[f"U{row}"], plain[f"V{row}"]]
        assert found == pytest.approx(expected, rel=EXACT, abs=1e-17)


def test_contributions_of_groups_are_those_of_the_sheet(plain: Mapping[str, float]) -> None:
    table = evaluate("TE_CONTRIB", FUND, INDEX, COV, [[group] for group in GROUPS], PERIODS)
    assert [row[0] for row in table[1:4]] == ["Stocks", "Gold", "Bonds"]
    for place in (10, 11, 12):
        found = table[place - 9]
        assert found[1:4] == pytest.approx([plain[f"{name}{place}"] for name in "JPQ"], rel=EXACT)
        assert found[4] == pytest.approx(plain[f"Q{place}"] / plain["N2"], rel=EXACT)
        assert found[5] == pytest.approx(plain[f"S{place}"], rel=EXACT)


@pytest.mark.parametrize(("funding", "buy", "sell"), [("Cash", "W", "X"), ("Benchmark", "Y", "Z")])
def test_headroom_is_that_of_the_sheet(plain: Mapping[str, float], funding: str, buy: str, sell: str) -> None:
    table = evaluate("TE_HEADROOM", FUND, INDEX, COV, LIMIT, PERIODS, funding)
    for row in ROWS:
        assert table[row][3:] == pytest.approx([plain[f"{buy}{row}"], plain[f"{sell}{row}"]], rel=EXACT)


def test_drifted_weights_and_tracking_error_are_those_of_the_sheet(plain: Mapping[str, float]) -> None:
    table = evaluate("TE_DRIFT", FUND, INDEX, RETURNS, COV, LIMIT, PERIODS)
    for row in ROWS:
        now = [plain[f"B{30 + row}"], plain[f"C{30 + row}"]]
        assert [table[row][2], table[row][4]] == pytest.approx(now, rel=EXACT)
        assert table[row][6] == pytest.approx(now[0] - now[1], rel=EXACT, abs=1e-16)
    error = table[N + 2]
    assert error[0] == "Tracking error"
    assert error[5:] == pytest.approx([plain["N2"], plain["N31"]], rel=EXACT)
    assert table[N + 4][5:] == [plain["N2"] > LIMIT, plain["N31"] > LIMIT]
