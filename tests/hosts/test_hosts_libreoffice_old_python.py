"""The part inside LibreOffice runs in the old Pythons that LibreOffice comes with, given no more than they have."""

import ast
import io
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.hosts.libreoffice.inside.child import PYTHON
from trackerr_xl.publish.libreoffice import INSIDE, extension

OLDEST = (3, 8)
"""Python of LibreOffice 7 for Windows and Mac."""

# What the two modules of LibreOffice's bridge have that the extension imports: names alone, no behaviour.
BRIDGE = {
    "uno.py": "class RuntimeException(Exception): ...\ndef getClass(name): return type('Interface', (), {})\n",
    "unohelper.py": (
        "class Base: ...\n"
        "class ImplementationHelper:\n"
        "    def __init__(self): self.made = {}\n"
        "    def addImplementation(self, made, name, services): self.made[name] = made\n"
    ),
    "com/sun/star/lang.py": (
        "class XLocalizable: ...\nclass XServiceInfo: ...\nclass XServiceName: ...\n"
        "class Locale:\n    def __init__(self, *words): ...\n"
    ),
    "com/sun/star/task.py": "class XJob: ...\n",
}

ASK = """
import sys
from trackerr_calc import component
made = component.implementation().made
add_in = made["org.trackerr.calc.AddIn"](None)
made["org.trackerr.calc.Mend"](None)
sys.stdout.write(repr(add_in.trackingError(((0.5,), (0.5,)), ((0.6,), (0.4,)), ((0.04, 0.0), (0.0, 0.01)))))
component._child.end()
"""


@pytest.mark.parametrize("module", INSIDE)
def test_its_grammar_is_that_of_the_oldest(module: str) -> None:
    source = (files("trackerr_xl.hosts.libreoffice") / "inside" / module).read_text(encoding="utf-8")
    ast.parse(source, feature_version=OLDEST)


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.12", "3.13"])
def test_it_answers_in_a_python_of_that_version(version: str, tmp_path: Path) -> None:
    python = _python(version)
    if python is None:
        pytest.skip(f"there is no Python {version} on this machine")
    with zipfile.ZipFile(io.BytesIO(extension(CATALOGUE))) as archive:
        archive.extractall(tmp_path)
    for name, text in BRIDGE.items():
        path = tmp_path / "pythonpath" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [python, "-c", ASK],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "pythonpath"), PYTHON: sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # By hand: the active weights are ±0.1, the active variance 0.01 · (0.04 + 0.01).
    assert float(done.stdout) == pytest.approx(0.0005**0.5, rel=1e-12)


def _python(version: str) -> str | None:
    """A Python of that version: on the PATH, or beside our own where several are kept in folders by their versions."""
    beside = Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python{version}")
    for found in (shutil.which(f"python{version}"), *map(str, sorted(beside))):
        if found and not subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode:
            return found
    return None
