"""COV_ESTIMATE: every method beside another author's, or beside its paper's formula written out plainly."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import multivariate_normal
from sklearn.covariance import OAS, LedoitWolf

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.evaluate import given_from_python

METHODS = ["Sample", "EWMA", "LW Identity", "LW Index", "LW Correlation", "LW Nonlinear", "OAS", "Denoise"]
LINEAR = ["LW Identity", "LW Index", "LW Correlation", "OAS"]


def returns(t: int, n: int, seed: int = 0) -> np.ndarray:
    """A market and noise of different sizes."""
    rng = np.random.default_rng(seed)
    market = rng.normal(0.005, 0.03, (t, 1))
    return market * rng.uniform(0.5, 1.5, n) + rng.normal(0.0, 0.02, (t, n)) * rng.uniform(0.3, 2.0, n)


def matrix(*arguments: object) -> np.ndarray:
    return np.array(evaluate("COV_ESTIMATE", *arguments), dtype=float)


def notes(*arguments: object) -> list[list[object]]:
    return evaluate("TE_EXPLAIN", "COV_ESTIMATE", *arguments)[2:]


def sentence(*arguments: object) -> str:
    fault = call("COV_ESTIMATE", [given_from_python(one) for one in arguments]).fault
    assert fault is not None
    return fault.sentence


@pytest.mark.parametrize(("t", "n"), [(60, 8), (20, 30)])
def test_sample_is_that_of_numpy(t: int, n: int) -> None:
    x = returns(t, n)
    assert matrix(x) == pytest.approx(np.cov(x, rowvar=False), rel=1e-12, abs=1e-18)
    assert matrix(x, "Sample", 12) == pytest.approx(12 * np.cov(x, rowvar=False), rel=1e-12, abs=1e-18)


@pytest.mark.parametrize("halflife", [3.0, 20.0, 500.0])
def test_ewma_is_that_of_pandas(halflife: float) -> None:
    x = pd.DataFrame(returns(80, 5))
    expected = x.ewm(halflife=halflife).cov().loc[79].to_numpy()
    assert matrix(x.to_numpy(), "EWMA", None, halflife) == pytest.approx(expected, rel=1e-11)


def test_the_halflife_is_60_when_left_out() -> None:
    x = returns(80, 4)
    assert (matrix(x, "EWMA") == matrix(x, "EWMA", 1, 60)).all()


@pytest.mark.parametrize("halflife", [None, 7.0])
def test_pairwise_is_that_of_pandas(halflife: float | None) -> None:
    x = returns(60, 4)
    x[:10, 1] = x[15:30, 2] = np.nan
    x[-1, 3] = np.nan
    frame = pd.DataFrame(x)
    expected = frame.cov() if halflife is None else frame.ewm(halflife=halflife).cov().loc[59]
    given = [[None if math.isnan(cell) else cell for cell in row] for row in x.tolist()]
    method = "Sample" if halflife is None else "EWMA"
    assert matrix(given, method, 1, halflife, "Pairwise") == pytest.approx(expected.to_numpy(), rel=1e-10)


@pytest.mark.parametrize(("t", "n"), [(60, 8), (20, 30), (250, 3)])
def test_shrinkage_to_the_identity_is_that_of_scikit_learn(t: int, n: int) -> None:
    x = returns(t, n)
    for method, fitted in (("LW Identity", LedoitWolf().fit(x)), ("OAS", OAS().fit(x))):
        assert matrix(x, method) == pytest.approx(fitted.covariance_, rel=1e-10, abs=1e-18)
        told = dict(map(tuple, notes(x, method)))["Shrinkage"]
        assert told == f"Intensity {fitted.shrinkage_:.6g}: the share of the target."


def mixture(x: np.ndarray, target: np.ndarray, rho: float) -> np.ndarray:
    """The mean of sample and target with the intensity (π − ρ) / γ / T, π by the definition."""
    x = x - x.mean(axis=0)
    t, n = x.shape
    s = x.T @ x / t
    pi = sum(np.mean((x[:, i] * x[:, j] - s[i, j]) ** 2) for i in range(n) for j in range(n))
    intensity = max(0.0, min(1.0, (pi - rho) / ((target - s) ** 2).sum() / t))
    return intensity * target + (1 - intensity) * s


@pytest.mark.parametrize(("t", "n"), [(60, 6), (15, 20), (12, 4)])
def test_the_single_index_is_that_of_the_paper(t: int, n: int) -> None:
    # Ledoit and Wolf 2003, appendix: r_ijt is written out for every pair and date.
    given = returns(t, n)
    x = given - given.mean(axis=0)
    x0 = x.mean(axis=1)
    s, s0, s00 = x.T @ x / t, x.T @ x0 / t, x0 @ x0 / t
    target = np.outer(s0, s0) / s00
    rho = 0.0
    for i in range(n):
        target[i, i] = s[i, i]
        for j in range(n):
            if i == j:
                rho += np.mean((x[:, i] ** 2 - s[i, i]) ** 2)
                continue
            slope = s0[j] * s00 * x[:, i] + s0[i] * s00 * x[:, j] - s0[i] * s0[j] * x0
            rho += np.mean(slope / s00**2 * x0 * x[:, i] * x[:, j] - target[i, j] * s[i, j])
    assert matrix(given, "LW Index") == pytest.approx(mixture(given, target, rho), rel=1e-10, abs=1e-18)


@pytest.mark.parametrize(("t", "n"), [(60, 6), (15, 20), (12, 4)])
def test_the_constant_correlation_is_that_of_the_paper(t: int, n: int) -> None:
    # Ledoit and Wolf 2004, appendix B: theta is written out for every pair.
    given = returns(t, n)
    x = given - given.mean(axis=0)
    s = x.T @ x / t
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    mean = np.mean([s[i, j] / math.sqrt(s[i, i] * s[j, j]) for i, j in pairs])
    target = np.diag(s.diagonal()).copy()
    rho = sum(np.mean((x[:, i] ** 2 - s[i, i]) ** 2) for i in range(n))
    for i, j in pairs:
        target[i, j] = mean * math.sqrt(s[i, i] * s[j, j])
        joint = x[:, i] * x[:, j] - s[i, j]
        one, other = (np.mean((x[:, k] ** 2 - s[k, k]) * joint) for k in (i, j))
        rho += mean / 2 * (math.sqrt(s[j, j] / s[i, i]) * one + math.sqrt(s[i, i] / s[j, j]) * other)
    assert matrix(given, "LW Correlation") == pytest.approx(mixture(given, target, rho), rel=1e-10, abs=1e-18)


@pytest.mark.parametrize(("t", "n"), [(60, 8), (20, 30)])
def test_nonlinear_shrinkage_integrates_its_kernel(t: int, n: int) -> None:
    # Ledoit and Wolf 2020, equations 4.3, 4.7 and C.4, the Hilbert transform as a principal value by quadrature.
    given = returns(t, n)
    free = t - 1
    h = free ** (-1 / 3)
    values, vectors = np.linalg.eigh(np.cov(given, rowvar=False))
    positive = values[max(0, n - free) :]

    def bell(u: float) -> float:
        return 3 / 4 / math.sqrt(5) * max(1 - u * u / 5, 0.0)

    def hilbert(x: float) -> float:
        total = 0.0
        for center in positive:
            # In units of the kernel's width, the principal value by QUADPACK's rule for it.
            at = (x - center) / (center * h)
            total += quad(bell, -math.sqrt(5), math.sqrt(5), weight="cauchy", wvar=at)[0] / (center * h)
        return total / len(positive) / math.pi

    c = n / free
    shrunk = []
    for x in positive:
        f = np.mean([bell((x - center) / (center * h)) / (center * h) for center in positive])
        if c <= 1:
            shrunk.append(x / ((math.pi * c * x * f) ** 2 + (1 - c - math.pi * c * x * hilbert(x)) ** 2))
        else:
            shrunk.append(1 / (math.pi**2 * x * (f**2 + hilbert(x) ** 2)))
    null = [1 / (math.pi * (c - 1) * hilbert(0.0))] * (n - len(shrunk))
    expected = vectors @ np.diag([*null, *shrunk]) @ vectors.T
    assert matrix(given, "LW Nonlinear") == pytest.approx(expected, rel=1e-8, abs=1e-13)


def test_denoising_matches_the_hand_calculation() -> None:
    # Correlations of two pairs. Differences within the pairs have the eigenvalues 0.2 and 0.6, their sums those of
    # [[1.8, 0.6], [0.6, 1.4]], 2.2325 and 0.9675. With T = 64 noise reaches 1.5625 times its mean: 2.2325 is above, and
    # then 0.9675 above 1.5625 · 0.589, but not 0.6 above 1.5625 · 0.4. So 0.2 and 0.6 become 0.4 twice.
    correlation = np.array([[1, 0.8, 0.3, 0.3], [0.8, 1, 0.3, 0.3], [0.3, 0.3, 1, 0.4], [0.3, 0.3, 0.4, 1]])
    volatility = np.array([0.01, 0.02, 0.03, 0.04])
    raw = np.random.default_rng(1).normal(size=(64, 4))
    scores, _ = np.linalg.qr(raw - raw.mean(axis=0))
    x = math.sqrt(63) * scores @ np.linalg.cholesky(correlation).T * volatility
    assert matrix(x) == pytest.approx(correlation * np.outer(volatility, volatility), rel=1e-12)
    across = 0.3 / math.sqrt(1.1 * 0.9)
    first, second = 0.7 / 1.1, 0.5 / 0.9
    expected = [[1, first, across, across], [first, 1, across, across]]
    expected += [[across, across, 1, second], [across, across, second, 1]]
    assert matrix(x, "Denoise") == pytest.approx(expected * np.outer(volatility, volatility), rel=1e-11)
    assert ["Noise", "2 of 4 eigenvalues stand out of the noise."] in notes(x, "Denoise")


def test_expectation_and_maximisation_match_the_closed_form_of_a_late_start() -> None:
    # Anderson 1957: where one series starts late its moments follow from its regression on the one that is whole.
    x = returns(50, 2, seed=3)
    late = 20
    slope = np.cov(x[late:].T)[0, 1] / np.var(x[late:, 0], ddof=1)
    left = np.var(x[late:, 1] - slope * x[late:, 0])
    whole = np.var(x[:, 0])
    expected = np.array([[whole, slope * whole], [slope * whole, left + slope**2 * whole]]) * 50 / 49
    given = [[a, None if at < late else b] for at, (a, b) in enumerate(x.tolist())]
    assert matrix(given, "Sample", 1, None, "EM") == pytest.approx(expected, rel=1e-8)


def likelihood(x: np.ndarray, cov: np.ndarray) -> float:
    """Logarithm of the likelihood of normal returns with gaps, at the best means for this covariance."""
    known = ~np.isnan(x)
    parts = [(np.ix_(k, k), row[k], k) for row, k in zip(x, known, strict=True) if k.any()]
    weight, total = np.zeros_like(cov), np.zeros(len(cov))
    for square, seen, k in parts:
        weight[square] += np.linalg.inv(cov[square])
        total[k] += np.linalg.solve(cov[square], seen)
    mean = np.linalg.solve(weight, total)
    return float(sum(multivariate_normal.logpdf(seen, mean[k], cov[square]) for square, seen, k in parts))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_no_neighbour_of_the_most_likely_covariance_is_more_likely(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = returns(30, 4, seed)
    x[rng.random(x.shape) < 0.3] = np.nan
    given = [[None if math.isnan(cell) else cell for cell in row] for row in x.tolist()]
    dates = int((~np.isnan(x)).any(axis=1).sum())
    found = matrix(given, "Sample", 1, None, "EM") * (dates - 1) / dates
    best = likelihood(x, found)
    volatility = np.sqrt(found.diagonal())
    for _ in range(30):
        step = rng.normal(size=(4, 4)) * np.outer(volatility, volatility) * 1e-3
        assert likelihood(x, found + step + step.T) < best


@pytest.mark.parametrize("missing", ["Complete", "Pairwise", "EM"])
def test_without_gaps_the_word_for_missing_makes_no_difference(missing: str) -> None:
    x = returns(30, 5)
    assert (matrix(x, "Sample", 1, None, missing) == matrix(x)).all()


def test_gaps_are_never_zeros_and_every_count_is_told() -> None:
    rows = [["Date", "AAA", "BBB"], *([45000 + at, *row] for at, row in enumerate(returns(6, 2).tolist()))]
    rows[2][2] = None
    rows[4][2] = None
    complete = [row for row in rows if None not in row]
    assert evaluate("COV_ESTIMATE", rows) == evaluate("COV_ESTIMATE", complete)
    told = notes(rows)
    assert ["Dates", "6 dates, only the 4 on which no return is missing are used."] in told
    assert ["Observations", "BBB: 4 of 6 returns."] in told
    assert [
        "Dates",
        "6 dates, 4 are complete; each two names are estimated over the dates they have in common.",
    ] in notes(rows, "Sample", 1, None, "Pairwise")


def test_names_come_out_on_both_edges_and_go_back_in_as_cov() -> None:
    x = returns(24, 3)
    rows = [["", "AAA", "BBB", "CCC"], *([45000 + at, *row] for at, row in enumerate(x.tolist()))]
    cov = evaluate("COV_ESTIMATE", rows, "Sample", 12)
    assert cov[0] == ["", "AAA", "BBB", "CCC"]
    assert [row[0] for row in cov[1:]] == ["AAA", "BBB", "CCC"]
    # The ex-ante tracking error of a sample covariance is the ex-post one of the same weights held throughout.
    ex_ante = evaluate("TRACKING_ERROR", [["CCC", 1.0]], [["AAA", 0.5], ["BBB", 0.5]], cov)[0][0]
    ex_post = np.std(x @ [-0.5, -0.5, 1.0], ddof=1) * math.sqrt(12)
    assert ex_ante == pytest.approx(ex_post, rel=1e-12)


def test_dates_decide_what_is_newest() -> None:
    rows = [[45000 + at, *row] for at, row in enumerate(returns(20, 2).tolist())]
    assert evaluate("COV_ESTIMATE", rows[::-1], "EWMA", 1, 3) == evaluate("COV_ESTIMATE", rows, "EWMA", 1, 3)


def test_ewma_tells_its_decay_and_effective_dates() -> None:
    # λ = 0.5^(1/1) and three dates: weights 1/7, 2/7, 4/7, so 49/21 dates.
    assert [
        "Weights",
        "Halflife 1, λ = 0.5, effective dates 2.333; the last row is the newest.",
    ] in notes(returns(3, 2), "EWMA", 1, 1)


def test_a_name_that_never_moves_keeps_its_zeros_by_every_method() -> None:
    x = returns(30, 5)
    x[:, 2] = 0.001
    moving = np.array([0, 1, 3, 4])
    for method in METHODS:
        found = matrix(x, method)
        assert (found[2] == 0.0).all()
        assert found[np.ix_(moving, moving)] == pytest.approx(matrix(x[:, moving], method), rel=1e-12)
        assert ["Warning", "No variance over these dates, zeros by any method: column 3."] in notes(x, method)


def test_impossible_pairwise_estimates_are_moved_and_told() -> None:
    # Three pairs seen at different times: A with B and B with C alike, A against C.
    up = [0.01, -0.01, 0.02, -0.02]
    rows = (
        [[one, one, None] for one in up]
        + [[None, one, one] for one in up]
        + [[one, None, -one] for one in up]
    )
    found = matrix(rows, "Sample", 1, None, "Pairwise")
    plain = pd.DataFrame(rows, dtype=float).cov().to_numpy()
    assert found.diagonal() == pytest.approx(plain.diagonal(), rel=1e-12)
    assert np.linalg.eigvalsh(found)[0] > -1e-15 > np.linalg.eigvalsh(plain)[0]
    distance = np.linalg.norm(found - plain) / np.linalg.norm(plain)
    told = dict(map(tuple, notes(rows, "Sample", 1, None, "Pairwise")))["Repair"]
    assert told == (
        "Pairwise estimates could not hold together: moved to the nearest possible correlations, by "
        f"{100 * distance:.3g} % of the matrix's norm."
    )


def test_too_many_names_for_the_dates_are_warned_of() -> None:
    assert [
        "Warning",
        "30 names need more than 20 effective dates: some portfolios seem to have no risk. Use a shrinkage method.",
    ] in notes(returns(20, 30))


def test_percentages_are_warned_of() -> None:
    assert ["Warning", "There are returns as large as 250 %: divide percentages by 100."] in notes(
        [[2.5, 1.0], [-1.0, 2.0], [1.0, 1.0]]
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((np.ones((1, 2)),), "TE-110 returns has 1 complete date, must have 2 or more."),
        (
            ([["A", "B"], [0.1, None], [0.2, 0.1], [0.3, None]],),
            "TE-110 returns has 1 return of B, must have 2 or more.",
        ),
        (
            ([["A", "B"], [0.1, None], [None, 0.1], [0.3, None], [None, 0.1]],),
            "TE-110 returns has 0 complete dates, must have 2 or more.",
        ),
        (
            ([["A", "B"], [0.1, None], [None, 0.1], [0.3, 0.4], [0.2, 0.3]], "OAS", 1, None, "EM"),
            "TE-100 missing is EM for the method OAS, must be Complete: only Sample can do with gaps so.",
        ),
        (
            ([["A", "B"], [0.1, None], [0.2, 0.1], [0.3, 0.4]], "OAS", 1, None, "Pairwise"),
            "TE-100 missing is Pairwise for the method OAS, must be Complete: only Sample and EWMA can do with gaps so.",
        ),
        (
            ([["A", "B"], [0.1, None], [None, 0.1], [0.3, 0.2], [None, 0.4]], "Sample", 1, None, "Pairwise"),
            "TE-110 returns has 1 dates of A in common with B, must have 2 or more.",
        ),
        (
            ([["A", "B", "C"], [0.1, 0.2, None], [0.2, 0.3, 0.1], [0.1, 0.4, 0.3]], "Sample", 1, None, "EM"),
            "TE-110 returns has 3 dates for 3 names that move, must have more dates than names for EM.",
        ),
        (
            (
                [*(np.repeat(returns(9, 1), 2, axis=1)).tolist(), [0.01, None]],
                *("Sample", 1, None, "EM"),
            ),
            "TE-130 returns has names that add up to each other exactly or too few returns, must not for EM: take them out or use Pairwise.",
        ),
        (
            (returns(12, 3), "LW Nonlinear"),
            "TE-110 returns has 12 complete dates, must have 13 or more for LW Nonlinear.",
        ),
        (
            (returns(20, 3) @ [[1, 0, 1], [0, 1, 1], [0, 0, 0]], "LW Nonlinear"),
            "TE-130 returns has names that add up to each other exactly or hardly move beside the others, must not for LW Nonlinear: take them out or use another method.",
        ),
        (
            (returns(12, 3), "Sample", 1, 20),
            "TE-100 halflife is for EWMA, must be left out with the method Sample.",
        ),
    ],
)
def test_what_cannot_be_estimated_is_refused_in_words(arguments: tuple[object, ...], expected: str) -> None:
    assert sentence(*arguments) == expected


@given(
    st.sampled_from(METHODS),
    st.integers(13, 40),
    st.integers(1, 20),
    st.integers(0, 9999),
    st.floats(1e-6, 1e3),
)
@settings(deadline=None, max_examples=150)
def test_every_estimate_is_a_covariance_and_neither_order_nor_scale_matters(
    method: str, t: int, n: int, seed: int, scale: float
) -> None:
    x = returns(t, n, seed)
    found = matrix(x, method).reshape(n, n)
    size = np.abs(found).max()
    assert (found == found.T).all()
    assert np.linalg.eigvalsh(found)[0] >= -1e-12 * size
    order = np.random.default_rng(seed).permutation(n)
    shuffled = [[f"N{at}" for at in order], *x[:, order].tolist()]
    permuted = evaluate("COV_ESTIMATE", shuffled, method)
    assert permuted[0][1:] == shuffled[0]
    numbers = np.array([row[1:] for row in permuted[1:]], dtype=float)
    assert numbers == pytest.approx(found[np.ix_(order, order)], rel=1e-6, abs=1e-9 * size)
    assert matrix(scale * x, method) == pytest.approx(scale**2 * found, rel=1e-6, abs=1e-9 * scale**2 * size)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("small", "large"), [(1e-300, 0.01), (1e-200, 1e150), (0.01, 1e200), (1e-5, 1.0)])
def test_returns_beyond_reason_are_answered_or_refused_as_such(
    method: str, small: float, large: float
) -> None:
    x = returns(20, 4) / 0.03 * [small, large, small, large]
    fault = call("COV_ESTIMATE", [x, method]).fault
    assert fault is None or fault.sentence == (
        "TE-300 The answer is not a finite number: the inputs are too large or too small."
    )
    assert (fault is None) == (large < 1e154)
