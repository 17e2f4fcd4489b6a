"""Index tracking with proved answers, for spreadsheets and for Python.

The names below are the public door. They load when first used, so that `import trackerr_xl` costs little more
than `import numpy`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from trackerr_xl.version import __version__

if TYPE_CHECKING:
    from trackerr_xl.core.problem import TrackingProblem
    from trackerr_xl.core.risk import tracking_error
    from trackerr_xl.core.solve import solve
    from trackerr_xl.errors import InputError, NoAnswerError, NumericalError, SetupError, TrackerrError
    from trackerr_xl.sheet.evaluate import evaluate

_HOMES = {
    "evaluate": "sheet.evaluate",
    "tracking_error": "core.risk",
    "solve": "core.solve",
    "TrackingProblem": "core.problem",
    "TrackerrError": "errors",
    "InputError": "errors",
    "NoAnswerError": "errors",
    "NumericalError": "errors",
    "SetupError": "errors",
}

__all__ = [
    "InputError",
    "NoAnswerError",
    "NumericalError",
    "SetupError",
    "TrackerrError",
    "TrackingProblem",
    "__version__",
    "evaluate",
    "solve",
    "tracking_error",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
