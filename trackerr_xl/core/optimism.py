"""What tracking error to expect of weights that were chosen on the covariance they are measured with.

The covariance of T periods is a sample. Weights that make its tracking error least look better in it than they will be,
the more so the more of them are free.
"""

import numpy as np


def expected_realised(error: float, free: int, observations: float) -> float:
    r"""Expected tracking error of optimised weights out of sample.

    Parameters
    ----------
    error : float
        Tracking error in sample, any unit.
    free : int
        Names strictly between their limits, K.
    observations : float
        Periods T behind the covariance.

    Returns
    -------
    float
        In the unit of `error`; infinite where as many names are free as there are periods.

    Notes
    -----
    Weights fitted to T normal returns under a budget have, with :math:`x = (K - 1)/(T - 1)`, a variance in sample of
    :math:`1 - x` times the best one's and out of sample of about :math:`1 / (1 - x)` times it, so that the ratio of the
    tracking errors is :math:`1 / (1 - x)`. The tests show it by simulation.
    """
    left = 1.0 - (free - 1.0) / (observations - 1.0)
    return error / left if left > 0.0 else np.inf


def sampling_band(error: float, observations: float) -> float:
    r"""Standard error of a tracking error measured over T independent normal active returns, :math:`TE / \sqrt{2T}`.

    Parameters
    ----------
    error : float
        Tracking error, any unit.
    observations : float
        Periods T.
    """
    return error / float(np.sqrt(2.0 * observations))
