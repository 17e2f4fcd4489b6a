"""Keep BLAS on one thread while solving.

Our matrices are small enough that more threads gain little, and on a loaded machine they cost twenty times.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from threadpoolctl import ThreadpoolController


@cache
def _controller() -> ThreadpoolController:
    # Finding the loaded libraries takes milliseconds; they do not change once SciPy is in.
    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit every BLAS of this process to one thread inside the block."""
    with _controller().limit(limits=1, user_api="blas"):
        yield
