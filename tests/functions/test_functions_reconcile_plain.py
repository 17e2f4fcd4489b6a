"""Every convention of TE_RECONCILE written as a plain formula of a sheet, calculated by two spreadsheet programs."""

from collections.abc import Mapping

import pytest
from plain_sheet import EXACT, PROGRAMS, calculated, down

from trackerr_xl import evaluate

PERIODS = 12
FUND = [0.0213, -0.0081, 0.0342, 0.0127, -0.0264, 0.0175, 0.0021, -0.0112, 0.0283, 0.0094]
INDEX = [0.0182, -0.0143, 0.0291, 0.0165, -0.0231, 0.0118, 0.0047, -0.0086, 0.0204, 0.0131]
T = len(FUND)
R, Q, X, AGE = (f"${name}$1:${name}${T}" for name in "ABCD")

WEIGHTS, BENCHMARK = [0.5, 0.3, 0.1, 0.0], [0.4, 0.3, 0.2, 0.1]
COVARIANCE = [
    [0.0004, 0.0001, 0.0, 0.00005],
    [0.0001, 0.0009, 0.0002, 0.0],
    [0.0, 0.0002, 0.0016, 0.0001],
    [0.00005, 0.0, 0.0001, 0.0006],
]
W, B, S, A, SCALED, BOTH, CENTRED = (f"${name}$21:${name}$24" for name in "ABIJKLM")
COV = "$C$21:$F$24"
YEARS = (252, 250, 260, 261, 365, 52, 4)

EX_POST = {
    "Standard deviation, divisor T − 1": f"=STDEV({X})*SQRT({PERIODS})",
    "Standard deviation, divisor T": f"=STDEVP({X})*SQRT({PERIODS})",
    "Root mean square, divisor T": f"=SQRT({PERIODS}*SUMSQ({X})/{T})",
    "Root mean square, divisor T − 1": f"=SQRT({PERIODS}*SUMSQ({X})/({T}-1))",
    "Geometric difference": f"=STDEV((1+{R})/(1+{Q})-1)*SQRT({PERIODS})",
    "Logarithmic difference": f"=STDEV(LN(1+{R})-LN(1+{Q}))*SQRT({PERIODS})",
    "Mean absolute deviation": f"=AVEDEV({X})*SQRT({PERIODS})",
    "Mean absolute deviation as a standard deviation": f"=SQRT(PI()/2)*AVEDEV({X})*SQRT({PERIODS})",
    "Mean absolute difference": f"=SUMPRODUCT(ABS({X}))/{T}*SQRT({PERIODS})",
    "Downside deviation": f"=SQRT({PERIODS}*SUMPRODUCT(({X}<0)*{X}^2)/{T})",
    "Residual of a regression, divisor T − 2": f"=STEYX({R},{Q})*SQRT({PERIODS})",
    "Residual of a regression, divisor T − 1": f"=STEYX({R},{Q})*SQRT({PERIODS}*({T}-2)/({T}-1))",
    "Difference of the volatilities": f"=ABS(STDEV({R})-STDEV({Q}))*SQRT({PERIODS})",
    **{
        f"Exponential weights, half-life {halflife}": (
            f"=SQRT({PERIODS}*SUMPRODUCT(0.5^({AGE}/{halflife}),({X}-"
            f"SUMPRODUCT(0.5^({AGE}/{halflife}),{X})/SUMPRODUCT(0.5^({AGE}/{halflife})))^2)"
            f"/SUMPRODUCT(0.5^({AGE}/{halflife}))"
            f"/(1-SUMPRODUCT(0.25^({AGE}/{halflife}))/SUMPRODUCT(0.5^({AGE}/{halflife}))^2))"
        )
        for halflife in (12, 36, 60)
    },
    **{
        f"RiskMetrics, λ = {decay}": (
            f"=SQRT({PERIODS}*SUMPRODUCT({decay}^{AGE},{X}^2)/SUMPRODUCT({decay}^{AGE}))"
        )
        for decay in (0.94, 0.97)
    },
    "Variance": f"=VAR({X})*{PERIODS}",
    "Annualised by p, not by its root": f"=STDEV({X})*{PERIODS}",
    **{f"With {p} periods a year": f"=STDEV({X})*SQRT({p})" for p in YEARS},
    "Not annualised": f"=STDEV({X})",
}


def _error(active: str) -> str:
    return f"SUMPRODUCT(MMULT({COV},{active}),{active})"


_BETA = f"(SUMPRODUCT(MMULT({COV},{W}),{B})/{_error(B)})"
EX_ANTE = {
    "Ex-ante": f"=SQRT({PERIODS}*{_error(A)})",
    "Weights scaled to sum to one": f"=SQRT({PERIODS}*{_error(SCALED)})",
    "Names of both only": f"=SQRT({PERIODS}*{_error(BOTH)})",
    "Active weights about their mean": f"=SQRT({PERIODS}*{_error(CENTRED)})",
    "Residual, without beta": f"=SQRT({PERIODS}*({_error(A)}-({_BETA}-1)^2*{_error(B)}))",
    "Without correlations": f"=SQRT({PERIODS}*SUMPRODUCT({A}^2,{S}^2))",
    "With all correlations one, unsigned": f"=SUMPRODUCT(ABS({A}),{S})*SQRT({PERIODS})",
    "Difference of the volatilities": f"=ABS(SQRT({_error(W)})-SQRT({_error(B)}))*SQRT({PERIODS})",
    "Variance": f"={PERIODS}*{_error(A)}",
    "Annualised by p, not by its root": f"={PERIODS}*SQRT({_error(A)})",
    **{f"With {p} periods a year": f"=SQRT({p}*{_error(A)})" for p in YEARS},
    "Not annualised": f"=SQRT({_error(A)})",
}


def formulas() -> dict[str, str]:
    """Columns C and D: active returns and their ages; J to M: active weights, as they are and changed; answers in P and Q."""
    cells = {f"C{row}": f"=A{row}-B{row}" for row in range(1, T + 1)}
    cells |= {f"D{row}": f"={T}-{row}" for row in range(1, T + 1)}
    for place, row in enumerate(range(21, 25)):
        cells[f"I{row}"] = f"=SQRT({'CDEF'[place]}{row})"
        cells[f"J{row}"] = f"=A{row}-B{row}"
        cells[f"K{row}"] = f"=A{row}/SUM({W})-B{row}/SUM({B})"
        both = f"({W}<>0)*({B}<>0)"
        cells[f"L{row}"] = (
            f"=(A{row}<>0)*(B{row}<>0)*(A{row}/SUMPRODUCT({both}*{W})-B{row}/SUMPRODUCT({both}*{B}))"
        )
        cells[f"M{row}"] = f"=J{row}-AVERAGE({A})"
    return cells | _answers("P", EX_POST) | _answers("Q", EX_ANTE)


def _answers(column: str, conventions: Mapping[str, str]) -> dict[str, str]:
    return {f"{column}{row}": formula for row, formula in enumerate(conventions.values(), start=1)}


@pytest.fixture(scope="module", params=PROGRAMS)
def plain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, float]:
    inputs = {"A1": down(FUND), "B1": down(INDEX)}
    inputs |= {"A21": down(WEIGHTS), "B21": down(BENCHMARK), "C21": COVARIANCE}
    return calculated(request.param, tmp_path_factory.mktemp("plain"), inputs, formulas())


@pytest.mark.parametrize(
    ("column", "conventions", "given"),
    [
        ("P", EX_POST, (down(FUND), down(INDEX), None, None, PERIODS)),
        ("Q", EX_ANTE, (down(WEIGHTS), down(BENCHMARK), COVARIANCE, None, PERIODS)),
    ],
    ids=["returns", "weights"],
)
def test_every_convention_is_that_of_the_sheet(
    plain: Mapping[str, float], column: str, conventions: Mapping[str, str], given: tuple[object, ...]
) -> None:
    found = {row[0]: row[1] for row in evaluate("TE_RECONCILE", *given)[1:]}
    assert set(found) == set(conventions)
    for row, convention in enumerate(conventions, start=1):
        assert found[convention] == pytest.approx(plain[f"{column}{row}"], rel=EXACT), convention
