"""A risk model is accepted wherever a covariance is: every function that takes one gives the same answer for both."""

import pytest

from tests.example_sheet import NAMED, parsed
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.functions.spec import SheetFunction
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import Cell, Given

TAKES_ONE = [
    function
    for function in CATALOGUE.values()
    if any(argument.kind == "covariance" for argument in function.arguments)
]


def as_model(cov: Given) -> Cell:
    """A covariance as the model with a factor for each name: exposures 1, no specific risk."""
    assert isinstance(cov, list)
    names = cov[0][1:]
    identity: list[list[Cell]] = [[float(one == other) for other in names] for one in names]
    exposures = [[None, *names], *([name, *row] for name, row in zip(names, identity, strict=True))]
    reply = call("RISK_MODEL", [exposures, cov, [[name, 0.0] for name in names]])
    assert reply.fault is None
    return reply.grid[0][0]


@pytest.mark.parametrize("function", TAKES_ONE, ids=lambda function: function.name)
def test_a_model_with_a_factor_for_each_name_answers_as_its_matrix(function: SheetFunction) -> None:
    _, arguments = parsed(function.example)
    places = [
        at
        for at, argument in enumerate(function.arguments[: len(arguments)])
        if argument.kind == "covariance"
    ]
    assert places, f"the example of {function.name} has no covariance"
    expected = call(function.name, arguments)
    assert expected.fault is None
    for at in places:
        assert arguments[at] in (NAMED["Cov"], NAMED["CovThen"])
        arguments[at] = as_model(arguments[at])
    found = call(function.name, arguments)
    assert found.fault is None
    assert len(found.grid) == len(expected.grid)
    for row, other in zip(found.grid, expected.grid, strict=True):
        for cell, same in zip(row, other, strict=True):
            near = pytest.approx(same, rel=1e-6, abs=1e-9) if isinstance(same, float) else same
            assert cell == near
