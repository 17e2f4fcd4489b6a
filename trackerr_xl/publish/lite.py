"""What is pasted into xlwings Lite: the module with every function of the catalogue, and the packages it needs."""

from collections.abc import Iterable

from trackerr_xl.functions.parameters import Parameter, parameters
from trackerr_xl.functions.spec import SheetFunction
from trackerr_xl.version import __version__


def main_module(catalogue: Iterable[SheetFunction]) -> str:
    """``main.py``. Every function is written out: Lite lists what it finds in the module itself."""
    return _HEAD + "".join(f"\n\n{_definition(declared)}" for declared in catalogue)


def requirements(xlwings: str) -> str:
    """``requirements.txt``. Packages that Lite's Python brings along must not be pinned.

    Parameters
    ----------
    xlwings : str
        Version of xlwings that this package is tested with.
    """
    return f"xlwings=={xlwings}\nnumpy\nscipy\ntrackerr-xl=={__version__}\n"


def _definition(declared: SheetFunction) -> str:
    given = parameters(declared)
    taken = "".join(f"\n    {_shown(parameter)}," for parameter in given) + ("\n" if given else "")
    passed = "".join(f", {'*' if one.many else ''}{one.name}" for one in given)
    return _FUNCTION.format(
        name=declared.name, taken=taken, summary=_escaped(declared.summary), passed=passed
    )


def _shown(parameter: Parameter) -> str:
    hint = f'Annotated[Cells, {{"doc": "{_escaped(parameter.help)}"}}]'
    star, default = "*" if parameter.many else "", " = None" if parameter.optional else ""
    return f"{star}{parameter.name}: {hint}{default}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


_FUNCTION = '''@func
def {name}({taken}) -> Cells:
    """{summary}"""
    return answer("{name}"{passed})
'''

_HEAD = '''"""trackerr_xl in xlwings Lite: paste into main.py. Written by `python -m trackerr_xl.publish`; do not edit."""

from typing import Annotated

from xlwings import func

from trackerr_xl.hosts.officejs import Cells, answer
'''
