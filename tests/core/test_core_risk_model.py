"""The two forms of a covariance say the same, and a vendor's three tables become one of them."""

import numpy as np
import pytest

from trackerr_xl.core.risk_model import DenseCovariance, FactorModel
from trackerr_xl.errors import MatrixError, ShapeError

EXPOSURES = np.array([[1.0, 0.0], [0.5, 1.0], [2.0, -1.0]])
FACTOR_COV = np.array([[0.04, 0.01], [0.01, 0.09]])
SPECIFIC = np.array([0.01, 0.02, 0.03])
# XFX' + D by hand: row 1 is (0.04, 0.03, 0.07), X₂F = (0.03, 0.095), X₃F = (0.07, −0.07).
COV = np.array([[0.05, 0.03, 0.07], [0.03, 0.13, -0.035], [0.07, -0.035, 0.24]])


def test_exposures_and_factor_covariance_make_the_matrix_worked_by_hand() -> None:
    model = FactorModel.from_exposures(EXPOSURES, FACTOR_COV, SPECIFIC)
    full = np.column_stack([model.product(column) for column in np.eye(3)])
    np.testing.assert_allclose(full, COV, rtol=0, atol=1e-16)
    np.testing.assert_allclose(model.diagonal(), COV.diagonal(), rtol=1e-15)


def test_both_forms_measure_the_same_variance() -> None:
    x = np.array([0.3, -0.5, 0.2])
    by_hand = 0.09 * 0.05 + 0.25 * 0.13 + 0.04 * 0.24 - 0.3 * 0.03 + 0.12 * 0.07 - 0.2 * -0.035
    assert DenseCovariance(COV).variance(x) == pytest.approx(by_hand, rel=1e-14)
    model = FactorModel.from_exposures(EXPOSURES, FACTOR_COV, SPECIFIC)
    assert model.variance(x) == pytest.approx(by_hand, rel=1e-14)


def test_a_singular_factor_covariance_is_no_hindrance() -> None:
    # The second factor moves exactly twice as much as the first: one factor with exposures X₁ + 2X₂.
    singular = np.array([[0.04, 0.08], [0.08, 0.16]])
    model = FactorModel.from_exposures(EXPOSURES, singular, SPECIFIC)
    alone = EXPOSURES @ [1.0, 2.0]
    expected = 0.04 * np.outer(alone, alone) + np.diag(SPECIFIC)
    np.testing.assert_allclose(model.loadings @ model.loadings.T + np.diag(SPECIFIC), expected, atol=1e-16)


def test_a_factor_covariance_of_another_size_is_refused() -> None:
    with pytest.raises(ShapeError) as refused:
        FactorModel.from_exposures(EXPOSURES, np.eye(3), SPECIFIC)
    assert refused.value.sentence == "TE-110 factor_cov is 3 x 3, must be 2 x 2."


def test_specific_variances_of_other_assets_are_refused() -> None:
    with pytest.raises(ShapeError) as refused:
        FactorModel.from_exposures(EXPOSURES, FACTOR_COV, SPECIFIC[:2])
    assert refused.value.sentence == "TE-110 specific has 2 entries, must have 3."


def test_an_indefinite_factor_covariance_is_refused() -> None:
    with pytest.raises(MatrixError) as refused:
        FactorModel.from_exposures(EXPOSURES, np.array([[1.0, 2.0], [2.0, 1.0]]), SPECIFIC)
    assert refused.value.sentence == "TE-130 factor_cov has a negative eigenvalue, -1, must have none."
