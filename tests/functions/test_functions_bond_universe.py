"""A universe of 3,000 bonds with sector, issuer and duration rows on a factor model, beside Clarabel's cone."""

import csv
from pathlib import Path

import cvxpy as cp
import numpy as np
import pytest

from trackerr_xl import evaluate

HOLDINGS = Path(__file__).parents[2].parent / "shared" / "data" / "holdings" / "LQD_holdings_full.csv"


def _number(text: str) -> float:
    return float(text.replace(",", ""))


@pytest.mark.skipif(not HOLDINGS.exists(), reason="The bond holdings are not on this machine.")
def test_three_thousand_bonds_meet_the_least_tracking_error_of_a_cone() -> None:
    with HOLDINGS.open() as lines:
        bonds = [line for line in csv.DictReader(lines) if line["Asset Class"] == "Fixed Income"]
    weights = np.array([_number(bond["Market Value"]) for bond in bonds])
    weights /= weights.sum()
    duration = np.array([_number(bond["Duration"]) for bond in bonds])
    sector = np.array([bond["Sector"] for bond in bonds])
    issuer = np.array([bond["Name"] for bond in bonds])
    knots = np.exp(-(((duration[:, None] - np.linspace(1, 25, 12)) / 3) ** 2))
    in_sector = (sector[:, None] == np.unique(sector)).astype(float)
    in_issuer = (issuer[:, None] == np.unique(issuer)).astype(float)
    exposures = np.hstack([in_sector, knots])
    rng = np.random.default_rng(1)
    root = rng.normal(size=(exposures.shape[1], exposures.shape[1] + 5)) * 0.004
    factor_cov = root @ root.T
    factor_cov = (factor_cov + factor_cov.T) / 2
    specific = rng.uniform(1e-6, 1e-4, weights.size)
    largest = float(np.sort(weights)[-100])
    table = [
        ["Type", "Item", "Min", "Max", "Basis"],
        ["Weight", "*", 0, largest, None],
        ["Group", "Sector=*", -0.005, 0.005, "Active"],
        ["Group", "Issuer=*", None, 0.002, "Active"],
        ["Exposure", "Duration", -0.02, -0.01, "Active"],
    ]
    columns = zip(
        [f"Bond {at}" for at in range(weights.size)], sector, issuer, duration.tolist(), strict=True
    )
    attributes = [
        ["Name", "Sector", "Issuer", "Duration"],
        *([n, str(s), str(i), d] for n, s, i, d in columns),
    ]
    model = evaluate("RISK_MODEL", exposures, factor_cov, specific)
    answer = evaluate("TE_OPTIMIZE", weights, model, table, attributes)
    held = np.ravel(np.array(answer, dtype=float))

    x = cp.Variable(weights.size)
    active = x - weights
    parts = [
        np.linalg.cholesky(factor_cov).T @ (exposures.T @ active),
        cp.multiply(np.sqrt(specific), active),
    ]
    limits = [x >= 0, x <= largest, cp.sum(x) == 1, cp.abs(in_sector.T @ active) <= 0.005]
    limits += [in_issuer.T @ active <= 0.002, duration @ active >= -0.02, duration @ active <= -0.01]
    cp.Problem(cp.Minimize(cp.norm(cp.hstack(parts) * 1e3)), limits).solve(solver="CLARABEL")

    def error(w: np.ndarray) -> float:
        a = w - weights
        moved = exposures.T @ a
        return float(np.sqrt(moved @ factor_cov @ moved + specific @ a**2))

    assert error(held) == pytest.approx(error(np.asarray(x.value)), rel=1e-6)
    assert held.min() >= -1e-12
    assert held.max() <= largest + 1e-12
    assert (in_issuer.T @ (held - weights)).max() <= 0.002 + 1e-12
    assert -0.02 - 1e-10 <= duration @ (held - weights) <= -0.01 + 1e-10
