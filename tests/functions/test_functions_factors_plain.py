"""Measures of a factor model written once more as plain formulas of a sheet, calculated by two spreadsheet programs."""

from collections.abc import Mapping
from itertools import pairwise

import pytest
from plain_sheet import EXACT, PROGRAMS, calculated, down

from trackerr_xl import evaluate

N, K, PERIODS = 4, 3, 12
W, B = [0.40, 0.30, 0.20, 0.10], [0.25, 0.25, 0.25, 0.25]
W_OLD, B_OLD = [0.35, 0.30, 0.15, 0.20], [0.30, 0.20, 0.25, 0.25]
# Key-rate durations of two buckets and duration times spread; yields and relative spreads; specific variances.
X = [[1.9, 0.0, 0.019], [2.5, 1.8, 0.070], [0.7, 6.1, 0.110], [0.0, 0.2, 0.004]]
F = [[6.4e-5, 3.9e-5, -2.4e-4], [3.9e-5, 3.6e-5, -1.8e-4], [-2.4e-4, -1.8e-4, 0.09]]
D = [1.6e-5, 2.5e-5, 8.1e-5, 1.0e-6]
OLD = [
    [0.0400, 0.0120, 0.0060, 0.0010],
    [0.0120, 0.0900, 0.0150, 0.0020],
    [0.0060, 0.0150, 0.1600, 0.0030],
    [0.0010, 0.0020, 0.0030, 0.0025],
]
NEW = [
    [0.0484, 0.0100, 0.0090, 0.0012],
    [0.0100, 0.0625, 0.0180, 0.0030],
    [0.0090, 0.0180, 0.2025, 0.0040],
    [0.0012, 0.0030, 0.0040, 0.0036],
]


def formulas() -> dict[str, str]:
    """Cell by cell; the inputs lie in columns A to P of rows 1 to 4."""
    at = [str(row + 1) for row in range(N)]
    cells = {f"E{row}": f"=A{row}-B{row}" for row in at}
    # Row 10: active exposures, across; row 11: covariance times exposures; row 12: isolated; row 13: cumulative.
    for k, column in enumerate("FGH"):
        cells[f"{column}10"] = f"=SUMPRODUCT($E1:$E4,{column}1:{column}4)"
        cells[f"{column}11"] = f"=SUMPRODUCT($F$10:$H$10,I{k + 1}:K{k + 1})"
        cells[f"{column}12"] = f"=ABS({column}10)*SQRT({'IJK'[k]}{k + 1}*{PERIODS})"
        products = "+".join(
            f"{'FGH'[i]}10*{'FGH'[j]}10*{'IJK'[i]}{j + 1}" for i in range(k + 1) for j in range(k + 1)
        )
        cells[f"{column}13"] = f"=SQRT({PERIODS}*({products}))"
        cells[f"{column}14"] = f"={column}10*{column}11*{PERIODS}/$L$14"
    cells["L12"] = f"=SQRT({PERIODS}*SUMPRODUCT(E1:E4,E1:E4,L1:L4))"
    cells["L13"] = f"={PERIODS}*SUMPRODUCT(E1:E4,E1:E4,L1:L4)/L14"
    cells["L14"] = "=SQRT(H13^2+L12^2)"
    # The full covariance of the model in rows 20 to 23, and contributions of the names beside it.
    for i, row in enumerate(at):
        for j in range(N):
            own = f"+L{row}" if i == j else ""
            inner = "+".join(
                f"{'FGH'[a]}{row}*{'FGH'[b]}{j + 1}*{'IJK'[a]}{b + 1}" for a in range(K) for b in range(K)
            )
            cells[f"{'ABCD'[j]}{20 + i}"] = f"={inner}{own}"
        cells[f"F{20 + i}"] = f"=SUMPRODUCT(A{20 + i}:D{20 + i},TRANSPOSE($E$1:$E$4))*E{row}*{PERIODS}/$H$20"
    cells["H20"] = f"=SQRT({PERIODS}*SUMPRODUCT(MMULT(A20:D23,E1:E4),E1:E4))"
    return cells | bridge_formulas()


def bridge_formulas() -> dict[str, str]:
    """Covariances of rows 30 and 40, made step by step in rows 50, and tracking errors in row 60."""
    cells = {}
    for i in range(N):
        for j in range(N):
            scale = "*".join(f"SQRT({'ABCD'[x]}{40 + x}/{'ABCD'[x]}{30 + x})" for x in (i, j))
            cells[f"{'ABCD'[j]}{50 + i}"] = f"={'ABCD'[j]}{30 + i}*{scale}"
        cells[f"F{30 + i}"] = f"=C{i + 1}-D{i + 1}"
        cells[f"G{30 + i}"] = f"=A{i + 1}-D{i + 1}"
    for column, first, active in (
        ("A", 30, "F30:F33"),
        ("B", 30, "G30:G33"),
        ("C", 30, "E1:E4"),
        ("D", 50, "E1:E4"),
        ("E", 40, "E1:E4"),
    ):
        cells[f"{column}60"] = f"=SQRT({PERIODS}*SUMPRODUCT(MMULT(A{first}:D{first + 3},{active}),{active}))"
    return cells


@pytest.fixture(scope="module", params=PROGRAMS)
def plain(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, float]:
    weights = [list(row) for row in zip(W, B, W_OLD, B_OLD, strict=True)]
    inputs = {"A1": weights, "F1": X, "I1": F, "L1": down(D), "A30": OLD, "A40": NEW}
    return calculated(request.param, tmp_path_factory.mktemp("plain"), inputs, formulas())


def test_factors_are_split_as_the_sheet_does(plain: Mapping[str, float]) -> None:
    table = evaluate("TE_FACTORS", W, B, X, F, D, PERIODS)
    for k, column in enumerate("FGH"):
        exposure, isolated, cumulative, change, contribution, share = table[k + 1][1:]
        assert exposure == pytest.approx(plain[f"{column}10"], rel=EXACT, abs=1e-16)
        assert isolated == pytest.approx(plain[f"{column}12"], rel=EXACT)
        assert cumulative == pytest.approx(plain[f"{column}13"], rel=EXACT)
        before = plain[f"{'FGH'[k - 1]}13"] if k else 0.0
        assert change == pytest.approx(plain[f"{column}13"] - before, rel=EXACT, abs=1e-15)
        assert contribution == pytest.approx(plain[f"{column}14"], rel=EXACT)
        assert share == pytest.approx(plain[f"{column}14"] / plain["L14"], rel=EXACT)
    specific, total = table[K + 1], table[K + 2]
    assert specific[2] == pytest.approx(plain["L12"], rel=EXACT)
    assert specific[5] == pytest.approx(plain["L13"], rel=EXACT)
    assert total[5] == pytest.approx(plain["L14"], rel=EXACT)


def test_a_risk_model_measures_as_the_full_matrix_on_the_sheet(plain: Mapping[str, float]) -> None:
    model = evaluate("RISK_MODEL", X, F, D)[0][0]
    assert evaluate("TRACKING_ERROR", W, B, model, PERIODS)[0][0] == pytest.approx(plain["H20"], rel=EXACT)
    table = evaluate("TE_CONTRIB", W, B, model, None, PERIODS)
    assert [row[3] for row in table[1 : N + 1]] == pytest.approx(
        [plain[f"F{20 + row}"] for row in range(N)], rel=EXACT
    )


def test_the_bridge_has_the_levels_of_the_sheet(plain: Mapping[str, float]) -> None:
    table = evaluate("TE_BRIDGE", W_OLD, B_OLD, OLD, W, B, NEW, PERIODS)
    levels = [plain[f"{column}60"] for column in "ABCDE"]
    assert [row[2] for row in table[1:6]] == pytest.approx(levels, rel=EXACT)
    changes = [after - before for before, after in pairwise(levels)]
    assert [row[1] for row in table[2:6]] == pytest.approx(changes, rel=EXACT, abs=1e-15)
    assert table[-1][1] == pytest.approx(levels[-1] - levels[0], rel=EXACT, abs=1e-15)
