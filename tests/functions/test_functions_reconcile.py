"""TE_RECONCILE: every convention worked out again by pandas and statsmodels' formulas, and found again from its figure."""

import numpy as np
import pandas as pd
import pytest

from tests.example_sheet import NAMED
from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call

RNG = np.random.default_rng(2026)
FUND, INDEX = RNG.normal(0.006, 0.04, 48), RNG.normal(0.005, 0.038, 48)
R, Q = pd.Series(FUND), pd.Series(INDEX)
X = R - Q
ROOT = np.sqrt(12.0)


def regression_residuals() -> np.ndarray:
    design = np.column_stack([np.ones(48), INDEX])
    return FUND - design @ np.linalg.lstsq(design, FUND, rcond=None)[0]


def exponential(halflife: float) -> float:
    return float(X.ewm(halflife=halflife).std().iloc[-1])


def riskmetrics(decay: float) -> float:
    return float(np.sqrt((X**2).ewm(alpha=1.0 - decay).mean().iloc[-1]))


EX_POST = {
    "Standard deviation, divisor T − 1": X.std() * ROOT,
    "Standard deviation, divisor T": X.std(ddof=0) * ROOT,
    "Root mean square, divisor T": np.sqrt((X**2).mean()) * ROOT,
    "Root mean square, divisor T − 1": np.sqrt((X**2).sum() / 47) * ROOT,
    "Geometric difference": ((1 + R) / (1 + Q) - 1).std() * ROOT,
    "Logarithmic difference": (np.log1p(R) - np.log1p(Q)).std() * ROOT,
    "Mean absolute deviation": (X - X.mean()).abs().mean() * ROOT,
    "Mean absolute deviation as a standard deviation": 1.2533141373155 * (X - X.mean()).abs().mean() * ROOT,
    "Mean absolute difference": X.abs().mean() * ROOT,
    "Downside deviation": np.sqrt((X.clip(upper=0.0) ** 2).mean()) * ROOT,
    "Residual of a regression, divisor T − 2": np.sqrt((regression_residuals() ** 2).sum() / 46) * ROOT,
    "Residual of a regression, divisor T − 1": np.sqrt((regression_residuals() ** 2).sum() / 47) * ROOT,
    "Difference of the volatilities": abs(R.std() - Q.std()) * ROOT,
    "Exponential weights, half-life 12": exponential(12) * ROOT,
    "Exponential weights, half-life 36": exponential(36) * ROOT,
    "Exponential weights, half-life 60": exponential(60) * ROOT,
    "RiskMetrics, λ = 0.94": riskmetrics(0.94) * ROOT,
    "RiskMetrics, λ = 0.97": riskmetrics(0.97) * ROOT,
    "Variance": X.var() * 12.0,
    "Annualised by p, not by its root": X.std() * 12.0,
    **{f"With {p} periods a year": X.std() * np.sqrt(p) for p in (252, 250, 260, 261, 365, 52, 4)},
    "Not annualised": X.std(),
}

W, B = np.array([0.5, 0.3, 0.1, 0.0]), np.array([0.4, 0.3, 0.2, 0.1])
COV = (
    np.array([[4.0, 1.0, 0.0, 0.5], [1.0, 9.0, 2.0, 0.0], [0.0, 2.0, 16.0, 1.0], [0.5, 0.0, 1.0, 6.0]]) * 1e-4
)


def error(a: np.ndarray) -> float:
    return float(np.sqrt(a @ COV @ a))


BOTH = np.array([1.0, 1.0, 1.0, 0.0])
BETA = float(W @ COV @ B / (B @ COV @ B))
EX_ANTE = {
    "Ex-ante": error(W - B) * ROOT,
    "Weights scaled to sum to one": error(W / 0.9 - B) * ROOT,
    "Names of both only": error(W / 0.9 - B * BOTH / 0.9) * ROOT,
    "Active weights about their mean": error(W - B + 0.025) * ROOT,
    "Residual, without beta": np.sqrt(error(W) ** 2 - BETA**2 * error(B) ** 2) * ROOT,
    "Without correlations": np.sqrt(((W - B) ** 2) @ COV.diagonal()) * ROOT,
    "With all correlations one, unsigned": np.abs(W - B) @ np.sqrt(COV.diagonal()) * ROOT,
    "Difference of the volatilities": abs(error(W) - error(B)) * ROOT,
    "Variance": error(W - B) ** 2 * 12.0,
    "Annualised by p, not by its root": error(W - B) * 12.0,
    **{f"With {p} periods a year": error(W - B) * np.sqrt(p) for p in (252, 250, 260, 261, 365, 52, 4)},
    "Not annualised": error(W - B),
}


def values_of(*arguments: object) -> dict[str, float]:
    header, *rows = evaluate("TE_RECONCILE", *arguments)
    assert header[:3] == ["Convention", "Value", "Formula"]
    return {str(row[0]): float(row[1]) for row in rows}


def test_every_convention_of_returns_is_what_pandas_makes_of_it() -> None:
    assert values_of(FUND, INDEX, None, None, 12) == pytest.approx(EX_POST, rel=1e-9)


def test_every_convention_of_weights_is_what_numpy_makes_of_it() -> None:
    assert values_of(W, B, COV, None, 12) == pytest.approx(EX_ANTE, rel=1e-9)


@pytest.mark.parametrize(("unit", "word"), [(1.0, ""), (100.0, " in percent"), (1e4, " in basis points")])
@pytest.mark.parametrize("convention", [*EX_POST])
def test_a_printed_figure_finds_its_convention_and_unit(convention: str, unit: float, word: str) -> None:
    _, *rows = evaluate("TE_RECONCILE", FUND, INDEX, None, EX_POST[convention] * unit, 12)
    marked = [row for row in rows if row[4]]
    assert len(marked) == 1
    assert marked[0][0] == convention
    assert marked[0][4] == f"Nearest{word}"
    assert marked[0][3] == pytest.approx(0.0, abs=1e-9)


def test_a_figure_that_no_convention_gives_is_said_to_be_another_portfolio() -> None:
    words = evaluate("TE_EXPLAIN", "TE_RECONCILE", FUND, INDEX, None, 7.7, 1)
    assert [
        "Warning",
        "No convention gives the target: the returns, weights or dates behind it are likely others.",
    ] in words


def test_a_rounded_figure_is_the_same() -> None:
    target = round(100.0 * EX_POST["Standard deviation, divisor T"], 2)
    words = dict(evaluate("TE_EXPLAIN", "TE_RECONCILE", FUND, INDEX, None, target, 12))
    assert words["Nearest"].startswith("Standard deviation, divisor T in percent gives ")
    assert "which is the same to rounding" in words["Nearest"]


def test_what_does_not_exist_is_left_out() -> None:
    fund, index = FUND.copy(), INDEX.copy()
    index[3] = -1.0
    values = values_of(fund, index, None, None, 12)
    assert "Geometric difference" not in values
    assert "Logarithmic difference" not in values
    assert len(values) == len(EX_POST) - 2


def test_weights_without_a_covariance_are_asked_for_it() -> None:
    fault = call("TE_RECONCILE", [NAMED["Portfolio"], NAMED["Benchmark"]]).fault
    assert fault is not None
    assert "cov is missing" in fault.sentence


# C. R. Bacon's 24 months of a portfolio and its benchmark, percent.
BACON = np.array(
    [
        (0.3, 0.2), (2.6, 2.5), (1.1, 1.8), (-1.0, -1.1), (1.5, 1.4), (2.5, 1.8), (1.6, 1.4), (6.7, 6.5),
        (-1.4, -1.5), (4.0, 4.2), (-0.5, -0.6), (8.1, 8.3), (4.0, 3.9), (-3.7, -3.8), (-6.1, -6.2), (1.7, 1.5),
        (-4.9, -4.8), (-2.2, 2.1), (7.0, 6.0), (5.8, 5.6), (-6.5, -6.7), (2.4, 1.9), (-0.5, -0.3), (-0.9, 0.0),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("convention", "percent"),
    [
        ("Standard deviation, divisor T − 1", 0.97109),
        ("Standard deviation, divisor T", 0.95065),
        ("Root mean square, divisor T − 1", 0.97691),
        ("Root mean square, divisor T", 0.95634),
        ("Geometric difference", 0.95047),
        ("Mean absolute deviation", 0.48958),
    ],
)
def test_the_printed_table_of_conventions_for_one_data_set(convention: str, percent: float) -> None:
    months = BACON / 100.0
    values = values_of(months[:, 0], months[:, 1], None, None, 1)
    assert values[convention] == pytest.approx(percent / 100.0, abs=5.1e-8)
    _, *rows = evaluate("TE_RECONCILE", months[:, 0], months[:, 1], None, percent, 1)
    assert [row[0] for row in rows if row[4] == "Nearest in percent"] == [convention]
