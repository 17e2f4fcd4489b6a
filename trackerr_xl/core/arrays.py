"""Names for the two kinds of array the core works on."""

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
"""Array of shape (n,)."""

Matrix = NDArray[np.float64]
"""Array of shape (rows, columns)."""
