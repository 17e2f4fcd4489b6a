"""Limits rounded so that a printed repair is no digit short."""

import pytest

from trackerr_xl.core.words import outward


@pytest.mark.parametrize(
    ("limit", "side", "shown"),
    [
        (0.0832, 1, 0.0832),
        (0.08320000000000001, 1, 0.0832),
        (0.08320004, 1, 0.0832001),
        (0.08320004, -1, 0.0832),
        (-0.08320004, 1, -0.0832),
        (-0.08320004, -1, -0.0832001),
        (1.2345678, 1, 1.23457),
        (123456.4, 1, 123457.0),
        (0.9999999, 1, 1.0),
        (2.3e-12, 1, 0.0),
        (1.7e-9, -1, 0.0),
        (1.7e-9, 1, 1e-8),
        (0.1 + 0.2, 1, 0.3),
    ],
)
def test_six_digits_on_the_side_that_makes_room(limit: float, side: int, shown: float) -> None:
    assert outward(limit, side) == shown
