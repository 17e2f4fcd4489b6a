"""RISK_MODEL: one cell stands for a factor model wherever a covariance may stand, and says so when it is forgotten."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.example_sheet import NAMED
from trackerr_xl import evaluate
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.functions import models
from trackerr_xl.functions.values import LabelledModel
from trackerr_xl.sheet import memo
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.evaluate import given_from_python

X = np.array([[0.9, 0.5], [1.0, -0.25], [1.2, 0.0]])
F = np.array([[0.0016, 0.0001], [0.0001, 0.0004]])
D = np.array([0.0004, 0.0009, 0.0001])
W, B = [0.5, 0.3, 0.2], [0.4, 0.3, 0.3]


def model(*arguments: object) -> str:
    ((name,),) = evaluate("RISK_MODEL", *arguments)
    assert isinstance(name, str)
    return name


def sentence(name: str, *arguments: object) -> str:
    reply = call(name, [given_from_python(one) for one in arguments])
    assert reply.fault is not None
    return reply.fault.sentence


def test_it_gives_what_the_full_covariance_gives_everywhere() -> None:
    full = X @ F @ X.T + np.diag(D)
    name = model(X, F, D)
    for function, before, after in (
        ("TRACKING_ERROR", (W, B), (12,)),
        ("TE_CONTRIB", (W, B), (["a", "b", "a"], 12)),
        ("TE_CONTRIB", (W, B), (None, None, "Benchmark")),
        ("TE_HEADROOM", (W, B), (0.02, 12)),
        ("TE_OPTIMIZE", (B,), ([["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.35]],)),
    ):
        expected = evaluate(function, *before, full, *after)
        found = evaluate(function, *before, name, *after)
        assert len(found) == len(expected)
        for cell, other in zip(chain(*found), chain(*expected), strict=True):
            near = pytest.approx(other, rel=1e-8, abs=1e-12) if isinstance(other, float) else other
            assert cell == near


def test_factors_and_names_are_matched_by_name_in_any_order() -> None:
    covariance = [[None, "Value", "Market"], ["value", 0.0004, 0.0001], ["MARKET", 0.0001, 0.0016]]
    specific = [["CCC", 0.0001], ["ZZZ", 9.0], ["AAA", 0.0004], ["BBB", 0.0009]]
    name = model(NAMED["Exposures"], covariance, specific)
    index = [["CCC", 0.3], ["AAA", 0.4], ["BBB", 0.3]]
    active = np.array([0.1, 0.0, -0.1])
    expected = np.sqrt(12 * active @ (X @ F @ X.T + np.diag(D)) @ active)
    found = evaluate("TRACKING_ERROR", NAMED["Portfolio"], index, name, 12)
    assert found == [[pytest.approx(expected, rel=1e-14)]]


@pytest.mark.parametrize(
    ("units", "factor_scale", "specific"),
    [
        ("Decimal variance", 1.0, D),
        ("Decimal sd", 1.0, np.sqrt(D)),
        ("Percent variance", 1e4, 1e4 * D),
        ("Percent sd", 1e4, 100.0 * np.sqrt(D)),
    ],
)
def test_every_unit_a_vendor_delivers_gives_the_same_tracking_error(
    units: str, factor_scale: float, specific: np.ndarray[Any, Any]
) -> None:
    name = model(X, factor_scale * F, specific, units)
    usual = evaluate("TRACKING_ERROR", W, B, model(X, F, D))
    assert evaluate("TRACKING_ERROR", W, B, name) == [[pytest.approx(usual[0][0], rel=1e-13)]]


def test_a_vendor_s_percent_taken_for_fractions_is_warned_of() -> None:
    # Specific risk of 20 and 30 % and factor variances of 16² and 20² %², taken for fractions.
    rows = evaluate("TE_EXPLAIN", "RISK_MODEL", X, 1e4 * F, [20.0, 30.0, 10.0], "Decimal sd")
    assert any("divide percent squared by 10,000" in str(text) for topic, text in rows if topic == "Warning")
    middle = 100 * np.sqrt(np.median(1e4 * np.einsum("ij,jk,ik->i", X, F, X)))
    assert ["Volatility", f"Of the middle name: {middle:.4g} % from factors, 2000 % specific."] in rows


def test_equal_content_has_one_name_and_other_content_another() -> None:
    assert model(X, F, D) == model(X.tolist(), F.tolist(), D.tolist()) == model(X, F, D)
    assert model(X, F, D).startswith("RISK:")
    others = [(X + 1e-15, F, D), (X, F * 1.0001, D), (X, F, D[::-1].copy()), (X, F, D, "Decimal sd")]
    assert len({model(X, F, D), *(model(*other) for other in others)}) == 5


def test_a_forgotten_model_is_not_available_and_the_words_say_what_to_do() -> None:
    name = model(X, F, D)
    models.forget()
    memo.forget()
    reply = call("TRACKING_ERROR", [[[one] for one in W], [[one] for one in B], name])
    assert reply.fault is not None
    assert str(reply.fault.value) == "#N/A"
    assert reply.fault.sentence == (
        f"TE-410 cov is {name}, a model not made since the workbook was opened or given up since, must be made again: "
        "recalculate (Ctrl+Alt+F9)."
    )


def test_what_was_refused_is_answered_once_the_model_is_made_again() -> None:
    name = model(X, F, D)
    models.forget()
    memo.forget()
    assert [[str(cell) for cell in row] for row in evaluate("TRACKING_ERROR", W, B, name)] == [["#N/A"]]
    model(X, F, D)
    expected = np.sqrt(np.array([0.1, 0.0, -0.1]) @ (X @ F @ X.T + np.diag(D)) @ [0.1, 0.0, -0.1])
    assert evaluate("TRACKING_ERROR", W, B, name)[0][0] == pytest.approx(expected, rel=1e-13)


def test_a_model_given_up_is_made_again_by_the_same_cells() -> None:
    # The answer of RISK_MODEL itself must not come from memory while the model is gone.
    name = model(X, F, D)
    models.forget()
    assert model(X, F, D) == name
    assert models.known(name) is not None


def test_the_store_is_bounded_and_gives_up_what_was_used_least(monkeypatch: pytest.MonkeyPatch) -> None:
    models.forget()
    size = X.nbytes + D.nbytes
    monkeypatch.setattr(models, "CAPACITY", 2 * size)
    names = [model(X * scale, F, D) for scale in (1.0, 2.0)]
    evaluate("TRACKING_ERROR", [0.6, 0.2, 0.2], B, names[0])
    names.append(model(X * 3.0, F, D))
    assert [models.known(name) is not None for name in names] == [True, False, True]


def test_one_model_larger_than_the_store_is_kept_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "CAPACITY", 1)
    assert models.known(model(X, F, D)) is not None


def test_many_threads_find_their_own_models() -> None:
    def error(scale: int) -> float:
        value = evaluate("TRACKING_ERROR", W, B, model(scale * X, scale**2 * F * 0.0, scale**2 * D))[0][0]
        assert isinstance(value, float)
        return value / scale

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(error, range(1, 200)))
    np.testing.assert_allclose(found, 0.1 * np.sqrt(0.0004 + 0.0001), rtol=1e-12)


def test_a_name_that_the_model_has_not_is_refused_as_with_a_matrix() -> None:
    name = model(NAMED["Exposures"], NAMED["FactorCov"], NAMED["Specific"])
    held: list[list[object]] = [["AAA", 0.5], ["BBC", 0.5]]
    assert sentence("TRACKING_ERROR", held, NAMED["Benchmark"], name) == (
        'TE-140 cov has no entry for BBC, the nearest to it is "BBB", must have a row and a column for each name, '
        "zeros for cash."
    )
    assert sentence("TRACKING_ERROR", [[0.5], [0.5]], [[0.5], [0.5]], model(X, F, D)) == (
        "TE-110 cov is 3 x 3, must be 2 x 2."
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((X, F[:1, :1], D), "TE-110 factor_cov is 1 x 1, must be 2 x 2 like the columns of exposures."),
        ((X, F, D[:2]), "TE-110 specific has 2 rows, must have 3 like exposures."),
        ((X, F, [0.1, -0.2, 0.1]), "TE-100 specific entry 2 is -0.2, must be zero or more."),
        ((X, F, [0.1, -0.2, 0.1], "Decimal sd"), "TE-100 specific entry 2 is -0.2, must be zero or more."),
        (
            (NAMED["Exposures"], [[None, "Market"], ["Market", 1.0]], NAMED["Specific"]),
            "TE-140 factor_cov has no entry for Value, must have a row and a column for each factor of exposures.",
        ),
        (
            (NAMED["Exposures"], NAMED["FactorCov"], [["AAA", 0.1], ["BBB", 0.2]]),
            "TE-140 specific has no entry for CCC, must have a row for each name of exposures, zeros for cash.",
        ),
        (
            (X, [[0.01, 0.02], [0.02, 0.01]], D),
            "TE-130 factor_cov has a negative eigenvalue, -0.01, must have none.",
        ),
        (
            (X, "RISK:00", D),
            'TE-100 factor_cov row 1, column 1 is the text "RISK:00", must be a number.',
        ),
    ],
)
def test_what_is_no_model_is_refused(arguments: tuple[Any, ...], words: str) -> None:
    assert sentence("RISK_MODEL", *arguments) == words


def test_factors_without_exposures_are_left_out_and_told() -> None:
    wide = [
        [None, "Market", "Size", "Value"],
        ["Market", 0.0016, 0.0, 0.0001],
        ["Size", 0.0, 0.5, 0.0],
        ["Value", 0.0001, 0.0, 0.0004],
    ]
    arguments = (NAMED["Exposures"], wide, NAMED["Specific"])
    rows = evaluate("TE_EXPLAIN", "RISK_MODEL", *arguments)
    assert ["Warning", "factor_cov lists Size, which exposures has not: not used."] in rows
    assert model(*arguments) == model(NAMED["Exposures"], NAMED["FactorCov"], NAMED["Specific"])


@given(st.integers(2, 12), st.integers(1, 4), st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_the_order_of_names_and_factors_changes_nothing(n: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, root, d = rng.normal(size=(n, k)), rng.normal(size=(k, k)), rng.uniform(0.01, 1.0, n)
    f = root @ root.T
    w, b = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    names, factors = [f"N{i}" for i in range(n)], [f"F{i}" for i in range(k)]
    rows, columns = rng.permutation(n), rng.permutation(k)

    def table(values: Any, left: list[str], top: list[str]) -> list[list[object]]:
        return [[None, *top], *([name, *row] for name, row in zip(left, values.tolist(), strict=True))]

    straight = model(table(x, names, factors), table(f, factors, factors), list(zip(names, d, strict=True)))
    mixed_f = [factors[at] for at in columns]
    mixed = model(
        table(x[np.ix_(rows, columns)], [names[at] for at in rows], mixed_f),
        table(f, factors, factors),
        [[names[at], d[at]] for at in rng.permutation(n)],
    )
    held, index = ([[name, one] for name, one in zip(names, v, strict=True)] for v in (w, b))
    one = evaluate("TRACKING_ERROR", held, index, straight)[0][0]
    other = evaluate("TRACKING_ERROR", held, list(reversed(index)), mixed)[0][0]
    assert one == pytest.approx(other, rel=1e-12)
    assert one == pytest.approx(np.sqrt((w - b) @ (x @ f @ x.T + np.diag(d)) @ (w - b)), rel=1e-10)


def test_a_part_of_a_model_is_that_of_its_names() -> None:
    whole = FactorModel.from_exposures(X, F, D)
    part = whole.part(np.array([2, 0]))
    full = X @ F @ X.T + np.diag(D)
    np.testing.assert_allclose(
        np.column_stack([part.product(one) for one in np.eye(2)]), full[np.ix_([2, 0], [2, 0])], rtol=1e-14
    )


def test_a_model_remembers_nothing_but_its_loadings() -> None:
    kept = models.known(model(X, F, D))
    assert isinstance(kept, LabelledModel)
    assert kept.size == 3
    assert kept.labels is None


OPTIMISED = """
import tracemalloc
import numpy as np
from trackerr_xl import evaluate

n, k = 10_000, 150
rng = np.random.default_rng(1)
few = rng.normal(size=(300, 3))
small = evaluate("RISK_MODEL", few, np.eye(3) * 1e-4, np.full(300, 1e-4))[0][0]
limits = [["Type", "Item", "Min", "Max"], ["Weight", "*", 0.0, 0.004]]
evaluate("TE_OPTIMIZE", rng.dirichlet(np.ones(300)), small, limits)
tracemalloc.start()
exposures = rng.normal(size=(n, k))
factor_cov = np.diag(rng.uniform(0.5, 2.0, k)) * 1e-4
specific = rng.uniform(1.0, 4.0, n) * 1e-4
((name,),) = evaluate("RISK_MODEL", exposures, factor_cov, specific)
benchmark = rng.dirichlet(np.ones(n))
limits[1][3] = float(np.quantile(benchmark, 0.9))
answer = evaluate("TE_OPTIMIZE", benchmark, name, limits)
_, most = tracemalloc.get_traced_memory()
assert abs(sum(row[0] for row in answer) - 1.0) < 1e-9, answer[0]
assert max(row[0] for row in answer) <= limits[1][3] + 1e-9
print(most / exposures.nbytes)
"""


def test_ten_thousand_names_on_150_factors_need_less_than_ten_times_their_exposures() -> None:
    # Everything counts: the exposures themselves, the model that is kept, and the optimisation.
    found = subprocess.run([sys.executable, "-c", OPTIMISED], capture_output=True, text=True, check=True)
    times = float(found.stdout)
    assert 1.0 < times < 10.0
