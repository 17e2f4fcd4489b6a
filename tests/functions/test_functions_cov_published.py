"""Covariances of real returns with gaps: the six managers of PerformanceAnalytics, beside pandas and scikit-learn."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.covariance import OAS, LedoitWolf

from trackerr_xl import evaluate

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "performanceanalytics" / "managers.csv"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the managers' returns are not at hand")


@pytest.fixture(scope="module")
def managers() -> pd.DataFrame:
    frame = pd.read_csv(DATA, index_col=0)
    frame.index = pd.to_datetime(frame.index)
    return frame.astype(float)


def numbers(table: list[list[object]]) -> np.ndarray:
    return np.array([row[1:] for row in table[1:]], dtype=float)


def test_ragged_histories_are_estimated_pair_by_pair_as_pandas_does(managers: pd.DataFrame) -> None:
    given = managers.iloc[:, :5]
    expected = given.cov()
    assert given.isna().to_numpy().any()
    # pandas leaves an indefinite matrix as it is; this one is a covariance, and so neither do we touch it.
    assert np.linalg.eigvalsh(expected.to_numpy())[0] > 0.0
    table = evaluate("COV_ESTIMATE", given, "Sample", 12, None, "Pairwise")
    assert table[0][1:] == list(given.columns)
    assert numbers(table) == pytest.approx(12.0 * expected.to_numpy(), rel=1e-10)


@pytest.mark.parametrize(("method", "fitted"), [("LW Identity", LedoitWolf()), ("OAS", OAS())])
def test_months_that_all_managers_have_are_shrunk_as_scikit_learn_does(
    managers: pd.DataFrame, method: str, fitted: LedoitWolf | OAS
) -> None:
    complete = managers.dropna().to_numpy()
    assert 12 < len(complete) < len(managers)
    table = evaluate("COV_ESTIMATE", managers, method)
    assert numbers(table) == pytest.approx(fitted.fit(complete).covariance_, rel=1e-9, abs=1e-16)
