"""Groups may be numbers, such as the identifiers of issuers."""

import numpy as np
import pytest

from trackerr_xl import evaluate


def test_issuers_with_long_numbers_are_not_taken_for_one():
    # Four issuers of 25 % each keep a cap of 30 % by issuer, so the benchmark itself is allowed.
    names = ["A", "B", "C", "D"]
    benchmark = [[name, 0.25] for name in names]
    cov = [["", *names], *([name, *row] for name, row in zip(names, np.eye(4).tolist(), strict=True))]
    attributes = [["Name", "Issuer"], *([name, 10000001.0 + at] for at, name in enumerate(names))]
    limits = [["Type", "Item", "Min", "Max"], ["Group", "Issuer=*", None, 0.3]]
    weights = evaluate("TE_OPTIMIZE", benchmark, cov, limits, attributes)
    assert [row[0] for row in weights] == names
    assert [row[1] for row in weights] == pytest.approx([0.25] * 4, abs=1e-12)
