"""COV_NEAREST: Higham's published matrices, another solver, and what it tells."""

import cvxpy as cp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.evaluate import given_from_python

HIGHAM = [[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]]


def nearest(*arguments: object) -> np.ndarray:
    return np.array(evaluate("COV_NEAREST", *arguments), dtype=float)


def notes(*arguments: object) -> dict[str, str]:
    return dict(map(tuple, evaluate("TE_EXPLAIN", "COV_NEAREST", *arguments)[1:]))  # type: ignore[arg-type]


def indefinite(n: int, seed: int) -> np.ndarray:
    """Correlations drawn one by one, which cannot exist together."""
    rng = np.random.default_rng(seed)
    drawn = rng.uniform(-1.0, 1.0, (n, n))
    matrix = 0.5 * (drawn + drawn.T)
    np.fill_diagonal(matrix, 1.0)
    return matrix


def test_highams_published_matrix() -> None:
    # Higham 2002, section 4: the nearest correlation matrix, to four digits, and its distance 0.5278.
    found = nearest(HIGHAM)
    expected = [[1.0, 0.7607, 0.1573], [0.7607, 1.0, 0.7607], [0.1573, 0.7607, 1.0]]
    assert found == pytest.approx(np.array(expected), abs=5e-5)
    assert np.linalg.norm(found - HIGHAM) == pytest.approx(0.5278, abs=5e-5)
    told = notes(HIGHAM)
    # The tridiagonal matrix of ones has the eigenvalues 1 − √2, 1 and 1 + √2.
    assert told["Eigenvalue"] == f"The smallest was {1 - 2**0.5:.6g} and is 0."
    share = 100 * np.linalg.norm(found - HIGHAM) / 7**0.5
    assert (
        told["Distance"]
        == f"{np.linalg.norm(found - HIGHAM):.6g} in Frobenius norm, {share:.3g} % of the matrix's."
    )
    assert told["Largest move"] == "column 1 with column 2: from 1 to 0.7607 in units of their volatilities."


def test_variances_and_names_are_kept() -> None:
    volatility = np.array([0.01, 0.2, 3.0])
    cov = HIGHAM * np.outer(volatility, volatility)
    named = [["", "A", "B", "C"], *([name, *row] for name, row in zip("ABC", cov.tolist(), strict=True))]
    found = evaluate("COV_NEAREST", named)
    assert found[0] == ["", "A", "B", "C"]
    assert [row[0] for row in found[1:]] == ["A", "B", "C"]
    numbers = np.array([row[1:] for row in found[1:]], dtype=float)
    assert (numbers.diagonal() == cov.diagonal()).all()
    assert numbers == pytest.approx(nearest(HIGHAM) * np.outer(volatility, volatility), rel=1e-9)


@pytest.mark.parametrize("n", [3, 6, 12])
def test_nearest_correlations_are_those_of_a_cone_solver(n: int) -> None:
    given = indefinite(n, seed=n)
    x = cp.Variable((n, n), PSD=True)
    cp.Problem(cp.Minimize(cp.sum_squares(x - given)), [cp.diag(x) == 1.0]).solve(solver=cp.CLARABEL)
    assert nearest(given) == pytest.approx(x.value, abs=1e-5)
    # Ours is at least as near, so that the difference above is the other solver's.
    assert np.linalg.norm(nearest(given) - given) <= np.linalg.norm(x.value - given) * (1.0 + 1e-8)


@pytest.mark.parametrize("n", [3, 6, 12])
def test_the_nearest_covariance_is_that_of_a_cone_solver(n: int) -> None:
    given = indefinite(n, seed=n)
    x = cp.Variable((n, n), PSD=True)
    cp.Problem(cp.Minimize(cp.sum_squares(x - given))).solve(solver=cp.CLARABEL)
    assert nearest(given, "Higham covariance") == pytest.approx(x.value, abs=1e-5)


def test_clipping_matches_the_hand_calculation() -> None:
    # Without its eigenvalue 1 − √2, vector (½, −1/√2, ½), the matrix has the diagonal 1 + k/4, 1 + k/2, 1 + k/4 and beside it
    # 1 − k/√8 and k/4, with k = √2 − 1.
    k = 2**0.5 - 1
    first = (1 - k / 8**0.5) / ((1 + k / 4) * (1 + k / 2)) ** 0.5
    corner = (k / 4) / (1 + k / 4)
    expected = [[1, first, corner], [first, 1, first], [corner, first, 1]]
    assert nearest(HIGHAM, "Clip") == pytest.approx(np.array(expected), rel=1e-12)
    assert notes(HIGHAM, "Clip")["Method"] == (
        "Negative eigenvalues of the correlations set to zero, variances kept; near, not nearest."
    )


@pytest.mark.parametrize("method", ["Higham", "Higham covariance", "Clip"])
def test_a_covariance_is_not_moved(method: str) -> None:
    cov = [[0.04, 0.03], [0.03, 0.09]]
    assert (nearest(cov, method) == cov).all()
    smallest = 0.065 - (0.025**2 + 0.03**2) ** 0.5
    assert notes(cov, method) == {
        "Status": f"Nothing moved: the smallest eigenvalue is {smallest:.6g}, none is negative.",
    }


def test_cash_has_no_covariances() -> None:
    cov = np.zeros((4, 4))
    cov[:3, :3] = HIGHAM
    cov[0, 3] = cov[3, 0] = 0.1
    found = nearest(cov)
    assert found[:3, :3] == pytest.approx(nearest(HIGHAM), rel=1e-9)
    assert not found[3].any()


@pytest.mark.parametrize(
    ("cov", "expected"),
    [
        ([[1.0, 0.5]], "TE-110 cov is 1 x 2, must be square, with or without names on both edges."),
        (
            [[1.0, 0.5], [0.4, 1.0]],
            "TE-130 cov row 1, column 2 is 0.5 but its mirror image is 0.4, they must be equal.",
        ),
        (
            [[1e-30, 1.0], [1.0, 1.0]],
            "TE-130 cov has correlations of 1e+15, must have variances to go with them.",
        ),
        (
            [["", "A", "B"], ["A", 1.0, 0.5], ["B", 0.5, -1.0]],
            "TE-130 cov B with B is the variance -1, must be zero or more.",
        ),
    ],
)
def test_what_is_no_symmetric_matrix_is_refused_in_words(cov: object, expected: str) -> None:
    fault = call("COV_NEAREST", [given_from_python(cov)]).fault
    assert fault is not None
    assert fault.sentence == expected


@given(
    st.sampled_from(["Higham", "Higham covariance", "Clip"]),
    st.integers(2, 25),
    st.integers(0, 9999),
    st.floats(1e-4, 1e3),
)
@settings(deadline=None, max_examples=100)
def test_the_nearest_is_a_covariance_and_neither_order_nor_scale_matters(
    method: str, n: int, seed: int, scale: float
) -> None:
    volatility = np.random.default_rng(seed).uniform(0.5, 2.0, n)
    cov = indefinite(n, seed) * np.outer(volatility, volatility)
    found = nearest(cov, method)
    assert (found == found.T).all()
    assert np.linalg.eigvalsh(found)[0] >= -1e-12 * n
    if method != "Higham covariance":
        assert (found.diagonal() == cov.diagonal()).all()
    order = np.random.default_rng(seed).permutation(n)
    permuted = nearest(cov[np.ix_(order, order)], method)
    assert permuted == pytest.approx(found[np.ix_(order, order)], rel=1e-7, abs=1e-8)
    assert nearest(scale * cov, method) == pytest.approx(scale * found, rel=1e-7, abs=1e-8 * scale)
    # Once a covariance, it stays where it is.
    assert nearest(found, method) == pytest.approx(found, rel=1e-7, abs=1e-8)
