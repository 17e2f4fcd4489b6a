"""The extension for LibreOffice Calc, made from the catalogue: types, names and help, and the part that runs inside.

LibreOffice reads an interface in UNO's own language as it stands, so nothing of its development kit is needed.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from xml.sax.saxutils import escape

from trackerr_xl.functions.spec import SheetFunction
from trackerr_xl.publish.stored_zip import stored_zip
from trackerr_xl.version import __version__

SERVICE = "org.trackerr.calc.AddIn"
"""Service of the add-in, and the node its functions have in Calc's settings."""

MEND_SERVICE = "org.trackerr.calc.Mend"
"""Service of the job that LibreOffice does when it has opened a document."""

INSIDE = ("__init__.py", "cells.py", "child.py", "component.py", "mend.py", "wire.py")
"""The modules that run in LibreOffice's own Python."""


def extension(catalogue: Mapping[str, SheetFunction]) -> bytes:
    """The .oxt file.

    Parameters
    ----------
    catalogue : mapping of str to SheetFunction
        Every function by its name.
    """
    functions = list(catalogue.values())
    parts = {
        "META-INF/manifest.xml": _MANIFEST,
        "description.xml": _DESCRIPTION.format(version=__version__),
        "description_en.txt": _WORDS,
        "trackerr_calc.idl": _interface(functions),
        "CalcAddIns.xcu": _names(functions),
        "Jobs.xcu": _JOBS.format(service=MEND_SERVICE),
        "trackerr_calc_addin.py": _ENTRY,
        "pythonpath/trackerr_calc/functions.json": json.dumps(_methods(functions), indent=1) + "\n",
    }
    inside = files("trackerr_xl.hosts.libreoffice") / "inside"
    parts |= {
        f"pythonpath/trackerr_calc/{name}": (inside / name).read_text(encoding="utf-8") for name in INSIDE
    }
    return stored_zip({name: text.encode() for name, text in parts.items()})


def method_name(name: str) -> str:
    """A name of the catalogue as UNO takes it: ``TE_OPTIMIZE`` is ``teOptimize``."""
    first, *rest = name.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


def _is_matrix(function: SheetFunction) -> bool:
    return function.result.shape in ("column", "table")


def _methods(functions: Iterable[SheetFunction]) -> dict[str, dict[str, object]]:
    return {
        method_name(function.name): {
            "function": function.name,
            "matrix": _is_matrix(function),
            "words": _is_matrix(function) and (function.variadic or function.category == "help"),
        }
        for function in functions
    }


def _interface(functions: Sequence[SheetFunction]) -> str:
    """The interface in UNO's language; a matrix must be declared as one, and every argument as optional ``any``."""
    methods = []
    for function in functions:
        result = "sequence< sequence< any > >" if _is_matrix(function) else "any"
        words = [f"[in] any {name}" for name, _, _ in _arguments(function, functions)]
        methods.append(f"    {result} {method_name(function.name)}({', '.join(words)});")
    return _IDL.format(methods="\n".join(methods))


def _arguments(function: SheetFunction, functions: Sequence[SheetFunction]) -> list[tuple[str, str, str]]:
    """Name, name shown and help of each argument. One that takes any number of them takes as many as any other function
    has: a list of any length would cut its answer to the height of its ranges.
    """
    arguments = [(method_name(one.name), one.name, one.help) for one in function.arguments]
    if function.variadic:
        most = max(len(other.arguments) for other in functions)
        arguments += [
            (f"argument{at}", f"argument{at}", f"Argument {at} of that function.")
            for at in range(1, most + 1)
        ]
    return arguments


def _names(functions: Sequence[SheetFunction]) -> str:
    """Calc's settings: what each method is called in a cell, here and in Excel's files, and its help."""
    nodes = "".join(_function_node(function, functions) for function in functions)
    return _XCU.format(service=SERVICE, functions=nodes)


def _function_node(function: SheetFunction, functions: Sequence[SheetFunction]) -> str:
    arguments = _arguments(function, functions)
    parameters = "".join(_node(name, _texts(shown, text)) for name, shown, text in arguments)
    inner = _texts(function.name, function.summary)
    inner += '<prop oor:name="Category"><value>Add-In</value></prop>'
    inner += f'<prop oor:name="CompatibilityName"><value xml:lang="en-US">{function.name}</value></prop>'
    inner += f'<node oor:name="Parameters">{parameters}</node>'
    return _node(method_name(function.name), inner) + "\n"


def _texts(name: str, description: str) -> str:
    return "".join(_text(*each) for each in (("DisplayName", name), ("Description", description)))


def _text(name: str, value: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en-US">{escape(value)}</value></prop>'


def _node(name: str, inner: str) -> str:
    return f'<node oor:name="{name}" oor:op="replace">{inner}</node>'


_ENTRY = '''"""What LibreOffice loads; the work is in pythonpath/trackerr_calc."""

from trackerr_calc.component import implementation

g_ImplementationHelper = implementation()
'''

_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
 <manifest:file-entry manifest:media-type="application/vnd.sun.star.uno-typelibrary;type=RDB" manifest:full-path="trackerr_calc.idl"/>
 <manifest:file-entry manifest:media-type="application/vnd.sun.star.uno-component;type=Python" manifest:full-path="trackerr_calc_addin.py"/>
 <manifest:file-entry manifest:media-type="application/vnd.sun.star.configuration-data" manifest:full-path="CalcAddIns.xcu"/>
 <manifest:file-entry manifest:media-type="application/vnd.sun.star.configuration-data" manifest:full-path="Jobs.xcu"/>
</manifest:manifest>
"""

_DESCRIPTION = """<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006" xmlns:xlink="http://www.w3.org/1999/xlink">
 <identifier value="org.trackerr.calc"/>
 <version value="{version}"/>
 <display-name><name lang="en">trackerr_xl for Calc</name></display-name>
 <extension-description><src lang="en" xlink:href="description_en.txt"/></extension-description>
</description>
"""

_WORDS = """Tracking-error functions: proved optimal weights under a table of limits, measures of active risk, and plain words.
They calculate in a Python of yours, which trackerr-xl install --libreoffice names; trackerr-xl doctor says what is wrong.
"""

_IDL = """module org {{ module trackerr {{ module calc {{
  interface XTrackerr : com::sun::star::uno::XInterface
  {{
{methods}
  }};
}}; }}; }};
"""

_XCU = """<?xml version="1.0" encoding="UTF-8"?>
<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="CalcAddIns" oor:package="org.openoffice.Office">
<node oor:name="AddInInfo"><node oor:name="{service}" oor:op="replace"><node oor:name="AddInFunctions">
{functions}</node></node></node>
</oor:component-data>
"""

_JOBS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="Jobs" oor:package="org.openoffice.Office">
<node oor:name="Jobs"><node oor:name="TrackerrMend" oor:op="replace"><prop oor:name="Service"><value>{service}</value></prop></node></node>
<node oor:name="Events"><node oor:name="OnLoadFinished" oor:op="fuse"><node oor:name="JobList"><node oor:name="TrackerrMend" oor:op="replace"/></node></node></node>
</oor:component-data>
"""
