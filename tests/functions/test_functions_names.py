"""Names and Position rows in the functions: brute force over choices, conflicts with the number that would do, words."""

import itertools
import math

import numpy as np
import pytest

from tests.example_sheet import NAMED
from trackerr_xl import evaluate
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import CellError

HEADER = ["Type", "Item", "Min", "Max", "Basis"]


def market(n: int, seed: int) -> tuple[list[list[object]], list[list[object]], np.ndarray, np.ndarray]:
    """Benchmark and covariance as given, and as numbers."""
    rng = np.random.default_rng(seed)
    loads = rng.normal(size=(n, 3)) * 0.1
    cov = loads @ loads.T + np.diag(rng.uniform(0.1, 0.3, n) ** 2)
    benchmark, names = rng.dirichlet(np.ones(n)), [f"N{at}" for at in range(n)]
    weights = [[name, weight] for name, weight in zip(names, benchmark.tolist(), strict=True)]
    table = [["", *names], *([name, *row] for name, row in zip(names, cov.tolist(), strict=True))]
    return weights, table, benchmark, cov


def least_error(names: tuple[int, ...], benchmark: np.ndarray, cov: np.ndarray) -> float:
    """The least tracking error on some names, each at least zero: over every set of them that is free."""
    best = math.inf
    for size in range(1, len(names) + 1):
        for free in itertools.combinations(names, size):
            held = list(free)
            system = np.ones((size + 1, size + 1))
            system[:size, :size], system[size, size] = cov[np.ix_(held, held)], 0.0
            weights = np.zeros(benchmark.size)
            weights[held] = np.linalg.solve(system, [*(cov @ benchmark)[held], 1.0])[:size]
            if weights.min() >= 0.0:
                away = weights - benchmark
                best = min(best, math.sqrt(away @ cov @ away))
    return best


@pytest.mark.parametrize("seed", range(5))
def test_te_names_is_brute_force_for_every_count(seed: int) -> None:
    weights, table, benchmark, cov = market(8, seed)
    options = [["Option", "Value"], ["Gap", 0.0]]
    header, *rows = evaluate("TE_NAMES", weights, table, [1, 2, 3, 8], None, None, None, options)
    assert header == ["Names", "TE", "Proven bound", "Gap", "Names held", "Seconds"]
    for count, error, bound, gap, held, _ in rows:
        best = min(
            least_error(names, benchmark, cov) for names in itertools.combinations(range(8), int(count))
        )
        assert error == pytest.approx(best, rel=1e-6, abs=1e-9)
        assert bound == pytest.approx(best, rel=1e-6, abs=1e-9)
        assert gap <= 1e-6 or error < 1e-9
        assert held <= count


def test_rows_of_groups_and_smallest_holdings_hold_and_answer_back() -> None:
    weights, table, _, _ = market(30, 7)
    attributes = [["Name", "Sector"], *([f"N{at}", "ABC"[at % 3]] for at in range(30))]
    limits = [
        HEADER,
        ["Names", None, None, 10.0, None],
        ["Names", "Sector=*", 2.0, 4.0, None],
        ["Position", "*", 0.05, None, None],
        ["Position", "Sector=A", 0.08, None, None],
        ["Weight", "*", 0.0, 0.3, None],
    ]
    best = evaluate("TE_OPTIMIZE", weights, table, limits, attributes)
    held = {str(name): float(weight) for name, weight in best if weight}
    assert len(held) <= 10
    for sector in "ABC":
        members = [name for name in held if "ABC"[int(name[1:]) % 3] == sector]
        assert 2 <= len(members) <= 4
        assert min(held[name] for name in members) >= (0.08 if sector == "A" else 0.05) - 1e-12
    _, *rows = evaluate("TE_CONSTRAINTS", best, weights, table, limits, attributes)
    values = {(row[0], row[1]): row for row in rows}
    assert values["Names", ""][2:5] == [
        float(len(held)),
        10.0 - len(held),
        "Binding" if len(held) == 10 else "OK",
    ]
    least = min(weight for name, weight in held.items() if int(name[1:]) % 3)
    assert values["Position", "*"][2] == pytest.approx(least, rel=1e-12)
    assert values["Names", ""][5:7] == ["", ""]
    without = float(values["Names", ""][7])
    assert without <= float(values["Position", "*"][7]) * 1.02
    words = evaluate("TE_EXPLAIN", "TE_OPTIMIZE", weights, table, limits, attributes)
    names = next(sentence for topic, sentence in words if topic == "Names")
    assert names.startswith(
        f"{len(held)} names are held. Of all choices of names within the limits none reach"
    )


def test_what_cannot_be_held_whole_is_told_with_the_number_that_could() -> None:
    weights, table, _, _ = market(12, 3)
    limits = [HEADER, ["Names", None, None, 5.0, None], ["Weight", "*", 0.0, 0.15, None]]
    assert evaluate("TE_OPTIMIZE", weights, table, limits)[0][0] == CellError("#N/A")
    words = evaluate("TE_EXPLAIN", "TE_OPTIMIZE", weights, table, limits)
    assert ["Conflict", "Names (row 2) Max 5"] in words
    assert ["Conflict", "Weight * (row 3) Max 0.15"] in words or any(
        topic == "Conflict" and "Weight * (row 3)" in sentence for topic, sentence in words
    )
    # Seven names of 15 % each are the fewest that make up the whole.
    assert ["Repair", "Raise the Max of Names (row 2) to 7."] in words
    mended = [limits[0], ["Names", None, None, 7.0, None], limits[2]]
    assert call("TE_OPTIMIZE", [weights, table, mended]).fault is None


def test_weights_in_percent_have_smallest_holdings_in_percent() -> None:
    weights, table, _, _ = market(10, 4)
    percent = [[name, 100.0 * float(str(weight))] for name, weight in weights]
    options = [["Option", "Value"], ["Units", "Percent"]]
    plain = evaluate("TE_OPTIMIZE", weights, table, [HEADER, ["Position", "*", 0.15, None, None]])
    scaled = evaluate(
        "TE_OPTIMIZE", percent, table, [HEADER, ["Position", "*", 15.0, None, None]], None, None, options
    )
    for (_, one), (_, other) in zip(plain, scaled, strict=True):
        assert float(str(other)) == pytest.approx(100.0 * float(str(one)), rel=1e-9)


def test_a_utility_and_a_variance_count_names_too() -> None:
    weights, table, _, _ = market(15, 5)
    attributes = [["Name", "Alpha"], *([f"N{at}", 0.001 * at] for at in range(15))]
    limits = [HEADER, ["Names", None, None, 4.0, None]]
    for objective in ("Max utility", "Min variance"):
        options = [["Option", "Value"], ["Objective", objective], ["Risk aversion", 5.0], ["Gap", 0.0]]
        best = evaluate("TE_OPTIMIZE", weights, table, limits, attributes, None, options)
        assert sum(1 for _, weight in best if weight) <= 4
        words = dict(evaluate("TE_EXPLAIN", "TE_OPTIMIZE", weights, table, limits, attributes, None, options))
        assert "names are held" in words["Names"]


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("TE_FRONTIER", ["Benchmark", "Cov", "Alpha"]),
        ("TE_TRACK", ["Returns", "IndexReturns"]),
    ],
)
def test_functions_that_follow_an_answer_refuse_to_count(function: str, arguments: list[str]) -> None:
    given = [NAMED[name] for name in arguments]
    fault = call(function, [*given, [HEADER, ["Names", None, None, 2.0, None]]]).fault
    assert fault is not None
    assert fault.sentence.startswith("TE-190 constraints row 2")


@pytest.mark.parametrize(("count", "place"), [(0.0, "cell 2"), (2.5, "cell 2")])
def test_counts_must_be_whole(count: float, place: str) -> None:
    fault = call("TE_NAMES", [NAMED["Benchmark"], NAMED["Cov"], [[1.0, count]]]).fault
    assert fault is not None
    assert fault.sentence == f"TE-100 counts {place} is {count:g}, must be a whole number from 1."
