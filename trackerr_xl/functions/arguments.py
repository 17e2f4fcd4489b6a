"""Arguments that many functions share, word for word."""

from trackerr_xl.functions.spec import Argument

PORTFOLIO = Argument(
    "portfolio", "weights", "Portfolio weights, one column, one row or [name, weight].", unit="fraction"
)
BENCHMARK = Argument(
    "benchmark", "weights", "Benchmark weights, one column, one row or [name, weight].", unit="fraction"
)
WEIGHTS = Argument(
    "weights", "weights", "Benchmark weights, one column, one row or [name, weight].", unit="fraction"
)
