"""Honest tracking error: the formulas against simulated markets."""

import numpy as np
import pytest

from trackerr_xl import evaluate
from trackerr_xl.core.optimism import expected_realised, sampling_band


@pytest.mark.parametrize(("names", "periods"), [(10, 60), (30, 120), (40, 100)])
def test_the_ratio_out_of_sample_to_in_sample_is_that_of_simulated_markets(names: int, periods: int) -> None:
    # One name is held back in the index only; the others, all free, replicate it as well as they can.
    rng = np.random.default_rng(names)
    loads = rng.normal(size=(names + 1, 3))
    truth = loads @ loads.T + np.diag(rng.uniform(0.5, 1.5, names + 1))
    root = np.linalg.cholesky(truth)
    inside, outside = [], []
    for _ in range(400):
        sample = rng.normal(size=(periods, names + 1)) @ root.T
        cov = np.cov(sample.T)
        weights = _replicating(cov)
        inside.append(np.sqrt(weights @ cov @ weights))
        outside.append(np.sqrt(weights @ truth @ weights))
    ratio = np.mean(outside) / np.mean(inside)
    assert expected_realised(1.0, names, periods) == pytest.approx(ratio, rel=0.04)


def _replicating(cov: np.ndarray) -> np.ndarray:
    """Active weights of least variance that sum to zero, short one unit of the last name."""
    block, pull = cov[:-1, :-1], cov[:-1, -1]
    ones = np.ones(len(block))
    solved = np.linalg.solve(block, np.column_stack([pull, ones]))
    shift = (1.0 - ones @ solved[:, 0]) / (ones @ solved[:, 1])
    return np.append(solved[:, 0] + shift * solved[:, 1], -1.0)


def test_as_many_free_names_as_periods_promise_nothing() -> None:
    assert expected_realised(0.01, 60, 60.0) == np.inf
    assert expected_realised(0.01, 1, 60.0) == 0.01


def test_the_band_is_that_of_simulated_standard_deviations() -> None:
    rng = np.random.default_rng(1)
    measured = rng.normal(0.0, 0.02, size=(4000, 60)).std(axis=1, ddof=1)
    assert sampling_band(0.02, 60.0) == pytest.approx(measured.std(), rel=0.05)


def market() -> tuple[list[float], list[list[float]]]:
    return [0.4, 0.3, 0.3], [[4e-4, 1e-4, 0.0], [1e-4, 9e-4, 2e-4], [0.0, 2e-4, 16e-4]]


def test_explain_tells_what_to_expect_when_the_periods_are_known() -> None:
    weights, cov = market()
    table = [["Type", "Item", "Min", "Max"], ["Weight", "1", 0.0, 0.35]]
    named = [[str(at + 1), weight] for at, weight in enumerate(weights)]
    square = [[None, "1", "2", "3"], *([str(at + 1), *row] for at, row in enumerate(cov))]
    words = evaluate(
        "TE_EXPLAIN",
        "TE_OPTIMIZE",
        named,
        square,
        table,
        None,
        None,
        [["Option", "Value"], ["Observations", 11]],
    )
    said = dict(words)
    error = float(said["Tracking error"].split()[0])
    # Two free names, eleven periods: 1 / (1 − 1/10), and 1/√22 of it.
    expected = error / 0.9
    assert said["Expected realised TE"].startswith(
        f"{expected:.4g}, give or take {expected / 22**0.5:.2g}: 2 weights"
    )


def test_explain_raises_the_flag_when_as_many_names_are_free_as_there_are_periods() -> None:
    weights, cov = market()
    table = [["Type", "Item", "Min", "Max"], ["Exposure", "D", 3.0, 3.0]]
    attributes = [["Name", "D"], ["Asset 1", 1.0], ["Asset 2", 2.0], ["Asset 3", 7.0]]
    words = evaluate(
        "TE_EXPLAIN",
        "TE_OPTIMIZE",
        weights,
        cov,
        table,
        attributes,
        None,
        [["Option", "Value"], ["Observations", 3]],
    )
    assert any(
        topic == "Warning" and text.startswith("3 weights are free and cov rests on 3")
        for topic, text in words
    )
