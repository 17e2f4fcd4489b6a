"""When the time of a solve is over, known to every method without being handed down to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import perf_counter

_END: ContextVar[float] = ContextVar("end", default=float("inf"))


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """Give the block so many seconds; endless for None. A block inside cannot have more than what is left."""
    end = _END.get() if seconds is None else min(perf_counter() + seconds, _END.get())
    token = _END.set(end)
    try:
        yield
    finally:
        _END.reset(token)


def over() -> bool:
    """Whether the time of the block is over."""
    return perf_counter() > _END.get()
