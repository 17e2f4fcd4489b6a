"""Keep BLAS on one thread while solving.

Our matrices are small enough that more threads gain little, and on a loaded machine they cost twenty times.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


@cache
def _controller() -> "ThreadpoolController":
    from threadpoolctl import ThreadpoolController

    # Finding the loaded libraries takes milliseconds; they do not change once SciPy is in.
    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit every BLAS of this process to one thread inside the block."""
    if sys.platform == "emscripten":
        # Python in a browser has one thread, and libraries that cannot be asked.
        yield
        return
    with _controller().limit(limits=1, user_api="blas"):
        yield
