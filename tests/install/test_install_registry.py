"""Windows' registry is read as Python's `winreg` offers it: a stand-in of that module, since it exists on Windows only."""

import json
import subprocess
import sys

READ = r"""
import json, pathlib, sys, types

KEYS = {
    ("machine", r"Software\Microsoft\Office\ClickToRun\Configuration"): [("Platform", "x64", 1), ("Other", 7, 4)],
    ("user", r"Software\Microsoft\Office\16.0\Excel\Security"): [("VBAWarnings", 4, 4)],
    ("machine", r"Software\LibreOffice\UNO\InstallPath"): [("", r"C:\LibreOffice\program", 1)],
}

class Opened:
    def __init__(self, root, path, *, access):
        if (root, path) not in KEYS:
            raise FileNotFoundError(2, "no such key")
        assert access == 5
        self.entries = KEYS[root, path]
    def __enter__(self): return self
    def __exit__(self, *_): self.entries = None

stand_in = types.ModuleType("winreg")
stand_in.HKEY_LOCAL_MACHINE, stand_in.HKEY_CURRENT_USER = "machine", "user"
stand_in.KEY_READ, stand_in.KEY_WOW64_64KEY = 1, 4
stand_in.HKEYType, stand_in.OpenKey = Opened, Opened
stand_in.QueryInfoKey = lambda opened: (0, len(opened.entries), 0)
stand_in.EnumValue = lambda opened, at: opened.entries[at]
sys.modules["winreg"] = stand_in
sys.platform = "win32"
from trackerr_xl.install.registry import read_registry
sys.stdout.write(json.dumps(read_registry()))
"""


def test_keys_that_exist_are_read_with_all_their_values_and_others_left_out() -> None:
    done = subprocess.run([sys.executable, "-c", READ], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        r"HKLM\Software\Microsoft\Office\ClickToRun\Configuration": {"Platform": "x64", "Other": 7},
        r"HKCU\Software\Microsoft\Office\16.0\Excel\Security": {"VBAWarnings": 4},
        r"HKLM\Software\LibreOffice\UNO\InstallPath": {"": r"C:\LibreOffice\program"},
    }
