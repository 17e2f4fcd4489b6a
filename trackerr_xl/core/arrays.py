"""Names for the kinds of array the core works on."""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
"""Array of shape (n,)."""

Matrix = NDArray[np.float64]
"""Array of shape (rows, columns)."""

Indices = NDArray[np.intp]
"""Positions, shape (count,)."""

Mask = NDArray[np.bool_]
"""One yes or no an element, shape (n,)."""

Sides = NDArray[np.int8]
"""−1, 0 or 1 an element, shape (n,): which limit holds."""
