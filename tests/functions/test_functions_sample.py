"""TE_SAMPLE: cells, counts by hand, weights beside CVXPY's, gaps beside pandas', tracking errors beside enumeration."""

import itertools
import math

import cvxpy
import numpy as np
import pandas as pd
import pytest

from trackerr_xl import evaluate
from trackerr_xl.core.sampling.choice import allotted
from trackerr_xl.sheet.cells import CellError

RNG = np.random.default_rng(20261123)
N = 60
NAMES = [f"B{at:02d}" for at in range(N)]
SECTORS = RNG.choice(["Banks", "Oil", "Utilities"], N)
DURATION = np.round(RNG.uniform(0.5, 15.0, N), 2)
DTS = np.round(DURATION * RNG.uniform(0.5, 3.0, N), 2)
ISSUERS = [f"I{at % 12}" for at in range(N)]
WEIGHTS = RNG.dirichlet(np.full(N, 1.5))
INDEX = [[name, weight] for name, weight in zip(NAMES, WEIGHTS.tolist(), strict=True)]
TABLE = [
    ["Name", "Sector", "Issuer", "Duration", "DTS"],
    *(
        list(row)
        for row in zip(NAMES, SECTORS.tolist(), ISSUERS, DURATION.tolist(), DTS.tolist(), strict=True)
    ),
]
CUTS = "Sector, Duration 3 7"
LIMITS = [
    ["Type", "Item", "Min", "Max"],
    ["Names", None, None, 15],
    ["Position", "*", 0.01, None],
    ["Group", "Issuer=*", None, 0.25],
    ["Exclude", "B07", None, None],
]


def sample(limits: object = LIMITS, cut: str = CUTS, **more: object) -> dict[str, float]:
    rows = evaluate(
        "TE_SAMPLE", INDEX, TABLE, cut, limits, more.get("cov"), more.get("options"), more.get("show")
    )
    assert rows[0] == ["Name", "Weight", "Index weight", "Cell"], rows
    return {str(row[0]): float(row[1]) for row in rows[1:]}


def frame(held: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cell": [
                f"{sector} · {'Duration below 3' if d < 3 else 'Duration 3–7' if d < 7 else 'Duration from 7'}"
                for sector, d in zip(SECTORS, DURATION, strict=True)
            ],
            "held": [held.get(name, 0.0) for name in NAMES],
            "index": WEIGHTS,
            "Duration": DURATION,
            "DTS": DTS,
        }
    )


@pytest.mark.parametrize(
    ("weight", "available", "forced", "count", "expected"),
    [
        # Quotas 3.5, 2.1 and 1.4: the one left goes to the largest remainder.
        ([0.5, 0.3, 0.2], [9, 9, 9], [0, 0, 0], 7, [4, 2, 1]),
        # The first cell is full with two; the five left are shared 3 to 2 by the others.
        ([0.5, 0.3, 0.2], [2, 9, 9], [0, 0, 0], 7, [2, 3, 2]),
        # What must be held counts first.
        ([0.5, 0.5], [9, 9], [3, 0], 4, [3, 1]),
        # There are no more.
        ([0.5, 0.5], [1, 1], [0, 0], 7, [1, 1]),
    ],
)
def test_names_are_allotted_by_largest_remainders(
    weight: list[float], available: list[int], forced: list[int], count: int, expected: list[int]
) -> None:
    given = allotted(np.array(weight), np.array(available), np.array(forced), count)
    assert given.tolist() == expected


def test_as_many_names_as_the_table_allows_share_the_index_among_its_cells() -> None:
    held = sample()
    data = frame(held)
    assert len(held) == 15
    assert sum(held.values()) == pytest.approx(1.0, abs=1e-9)
    share = data.groupby("cell")["index"].sum()
    count = (data["held"] > 0.0).groupby(data["cell"]).sum()
    # No cell is further from its share of the names than one.
    assert (count - 15 * share).abs().max() < 1.0


def test_every_limit_of_the_table_is_kept() -> None:
    held = sample()
    assert min(held.values()) >= 0.01 - 1e-9
    assert "B07" not in held
    by_issuer = pd.Series([held.get(name, 0.0) for name in NAMES]).groupby(ISSUERS).sum()
    assert by_issuer.max() <= 0.25 + 1e-9


def test_the_gaps_are_those_that_pandas_finds() -> None:
    data = frame(sample())
    rows = evaluate("TE_SAMPLE", INDEX, TABLE, CUTS, LIMITS, None, None, "Cells")
    assert rows[0] == [
        *("Cell", "Names", "Names held", "Weight", "Index weight", "Weight gap"),
        *("Duration", "Index Duration", "Duration gap", "DTS", "Index DTS", "DTS gap"),
    ]
    theirs = data.groupby("cell")
    for label, *found in rows[1:-1]:
        group = theirs.get_group(label)
        expected = [float(len(group)), float((group["held"] > 0.0).sum())]
        for values in (1.0, group["Duration"], group["DTS"]):
            mine, index = float((group["held"] * values).sum()), float((group["index"] * values).sum())
            expected += [mine, index, mine - index]
        assert found == pytest.approx(expected, abs=1e-12), label
    assert rows[-1][0] == "Total"
    assert rows[-1][3:6] == pytest.approx([1.0, 1.0, 0.0], abs=1e-9)
    assert len(rows) == 2 + len(theirs)


def test_no_other_weights_of_these_names_close_the_gaps_better() -> None:
    held = sample()
    data = frame(held)
    w = cvxpy.Variable(N)
    active = w - WEIGHTS
    scale = {"Duration": WEIGHTS @ DURATION, "DTS": WEIGHTS @ DTS}
    terms = [1e-4 * cvxpy.sum_squares(active)]
    for _, places in data.groupby("cell").groups.items():
        inside = np.isin(np.arange(N), places).astype(float)
        terms.append(cvxpy.square(inside @ active))
        terms += [cvxpy.square((inside * data[trait].to_numpy() / scale[trait]) @ active) for trait in scale]
    chosen = np.array([name in held for name in NAMES])
    limits = [cvxpy.sum(w) == 1.0, w[~chosen] == 0.0, w[chosen] >= 0.01]
    limits += [
        cvxpy.sum(w[[at for at in range(N) if ISSUERS[at] == issuer]]) <= 0.25 for issuer in set(ISSUERS)
    ]
    problem = cvxpy.Problem(cvxpy.Minimize(sum(terms)), limits)
    problem.solve(solver="CLARABEL")
    theirs = float(problem.value)
    w.value = data["held"].to_numpy()
    assert float(problem.objective.value) == pytest.approx(theirs, rel=1e-5)
    assert max(float(np.max(limit.violation())) for limit in limits) < 1e-9


def test_matching_cells_is_nearer_in_duration_than_the_largest_names_are() -> None:
    data = frame(sample())
    largest = np.zeros(N)
    largest[np.argsort(-WEIGHTS)[:15]] = 1 / 15

    def gap(held: np.ndarray) -> float:
        return float((pd.Series((held - WEIGHTS) * DURATION).groupby(data["cell"]).sum() ** 2).sum())

    assert gap(data["held"].to_numpy()) < 0.5 * gap(largest)


def test_the_summary_has_the_tracking_error_of_the_sample_and_the_least_there_is() -> None:
    rng = np.random.default_rng(5)
    names = [f"N{at}" for at in range(8)]
    weights = rng.dirichlet(np.ones(8))
    x = rng.normal(size=(8, 20))
    cov = x @ x.T / 20 * 1e-4
    index = [[name, weight] for name, weight in zip(names, weights.tolist(), strict=True)]
    table = [["Name", "Side"], *([name, "left" if at < 4 else "right"] for at, name in enumerate(names))]
    matrix = [["", *names], *([name, *row] for name, row in zip(names, cov.tolist(), strict=True))]
    limits = [["Type", "Item", "Min", "Max"], ["Names", "", None, 3]]
    options = [["Option", "Value"], ["Periods", 12], ["Gap", 1e-7]]
    summary = dict(evaluate("TE_SAMPLE", index, table, "Side", limits, matrix, options, "Summary"))
    held = {row[0]: row[1] for row in evaluate("TE_SAMPLE", index, table, "Side", limits)[1:]}
    active = np.array([held.get(name, 0.0) for name in names]) - weights
    assert summary["Tracking error of the sample"] == pytest.approx(
        math.sqrt(12 * active @ cov @ active), rel=1e-9
    )
    least = min(_least(weights, cov, subset) for subset in itertools.combinations(range(8), 3))
    assert summary["Least tracking error found"] == pytest.approx(math.sqrt(12 * least), rel=1e-5)
    assert summary["No portfolio below"] <= math.sqrt(12 * least) * (1 + 1e-9)
    assert summary["Sample over least"] == pytest.approx(
        summary["Tracking error of the sample"] / summary["Least tracking error found"], rel=1e-12
    )
    assert (summary["Names held"], summary["Cells"], summary["Cells without a name"]) == (3.0, 2.0, 0.0)
    assert summary["Active share"] == pytest.approx(0.5 * np.abs(active).sum(), rel=1e-9)


def _least(weights: np.ndarray, cov: np.ndarray, subset: tuple[int, ...]) -> float:
    w = cvxpy.Variable(8, nonneg=True)
    others = [at for at in range(8) if at not in subset]
    root = np.linalg.cholesky(cov * 1e4)
    problem = cvxpy.Problem(
        cvxpy.Minimize(cvxpy.sum_squares(root.T @ (w - weights))), [cvxpy.sum(w) == 1.0, w[others] == 0.0]
    )
    return float(problem.solve(solver="CLARABEL")) * 1e-4


def test_a_column_of_numbers_without_cuts_is_cut_into_quarters_of_the_index() -> None:
    rows = evaluate("TE_SAMPLE", INDEX, TABLE, "Duration", LIMITS, None, None, "Cells")
    weights = [row[4] for row in rows[1:-1]]
    assert len(weights) == 4
    assert sum(weights) == pytest.approx(1.0)
    assert all(abs(weight - 0.25) <= WEIGHTS.max() for weight in weights)


def test_without_a_count_every_cell_has_a_name() -> None:
    held = sample(None)
    data = frame(held)
    assert len(held) == data["cell"].nunique()
    assert (data[data["held"] > 0.0].groupby("cell").size() == 1).all()


def test_the_order_of_the_names_changes_nothing() -> None:
    order = RNG.permutation(N)
    shuffled = [INDEX[at] for at in order]
    rows = evaluate("TE_SAMPLE", shuffled, TABLE, CUTS, LIMITS)
    found = {row[0]: row[1] for row in rows[1:]}
    plain = sample()
    assert set(found) == set(plain)
    assert [found[name] for name in plain] == pytest.approx(list(plain.values()), abs=1e-9)


def test_percent_goes_in_and_out() -> None:
    percent = [[name, 100.0 * weight] for name, weight in INDEX]
    rows = evaluate(
        "TE_SAMPLE", percent, TABLE, CUTS, LIMITS[:2], None, [["Option", "Value"], ["Units", "Percent"]]
    )
    plain = sample(LIMITS[:2])
    assert {row[0]: row[1] for row in rows[1:]} == {
        name: pytest.approx(100.0 * weight, abs=1e-7) for name, weight in plain.items()
    }


def said(*arguments: object) -> str:
    rows = evaluate("TE_EXPLAIN", "TE_SAMPLE", *arguments)
    return str({row[0]: row[1] for row in rows}["Sentence"])


@pytest.mark.parametrize(
    ("cut", "sentence"),
    [
        ("Sectr", 'TE-140 cells column "Sectr" is not known, the nearest known is "Sector".'),
        (
            "Sector 3 x",
            'TE-100 cells has "Sector 3 x", must be columns with commas between them and, after a column of numbers, the '
            "numbers where it is cut: Sector, Duration 3 5 10.",
        ),
        (
            "Sector 3",
            f'TE-100 attributes column Sector has the text "{SECTORS[0]}" for B00, must have a number for Sector.',
        ),
    ],
)
def test_cells_that_cannot_be_made_are_told(cut: str, sentence: str) -> None:
    assert said(INDEX, TABLE, cut, LIMITS) == sentence


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (
            ["Names", "Sector=Banks", None, 3],
            "TE-190 constraints row 2 is Names of a group, which TE_SAMPLE cannot carry out: the cells say how many names "
            "each part gets.",
        ),
        (
            ["Group", "Sector=Oil", 0.9, None],
            None,
        ),
    ],
)
def test_what_no_sample_can_keep_is_told(row: list[object], sentence: str | None) -> None:
    limits = [LIMITS[0], row, ["Names", None, None, 3], ["Weight", "*", 0.0, 0.34]]
    found = said(INDEX, TABLE, CUTS, limits)
    if sentence is not None:
        assert found == sentence
    else:
        assert found.startswith("TE-")
        assert "raise the Max of Names" in found or "row" in found


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (["TE", None, None, 0.02, None], "is TE"),
        (["Beta", None, 0.9, 1.1, None], "is Beta"),
        (["Group", "Sector=Oil", None, 0.2, 5.0], "has a Penalty"),
    ],
)
def test_rows_that_mean_a_risk_are_refused(row: list[object], found: str) -> None:
    table = [["Type", "Item", "Min", "Max", "Penalty"], row]
    assert said(INDEX, TABLE, CUTS, table) == (
        f"TE-190 constraints row 2 {found}, which TE_SAMPLE cannot carry out: it weighs gaps of cells, not risk."
    )


def test_more_names_that_must_be_held_than_may_be_are_told() -> None:
    forced = [["Weight", name, 0.05, None] for name in NAMES[:4]]
    found = said(INDEX, TABLE, CUTS, [LIMITS[0], ["Names", None, None, 3], *forced])
    assert found == "TE-200 4 names must be held, and 3 may be: raise the Max of Names."


def test_a_cell_without_a_name_is_named() -> None:
    rows = evaluate("TE_EXPLAIN", "TE_SAMPLE", INDEX, TABLE, CUTS, [LIMITS[0], ["Names", None, None, 4]])
    words = [row[1] for row in rows if row[0] == "Cells"]
    assert len(words) == 1
    assert "without a name of the sample" in str(words[0])


def test_another_objective_is_refused() -> None:
    answer = evaluate(
        "TE_SAMPLE", INDEX, TABLE, CUTS, None, None, [["Option", "Value"], ["Objective", "Min variance"]]
    )
    assert isinstance(answer[0][0], CellError)
