"""The text of the macros, held against what VBA and Excel take and what xlwings itself writes."""

import re
import shlex
from importlib.resources import files

import pytest

from tests.asked_excel import Excel
from trackerr_xl.functions import CATALOGUE
from trackerr_xl.hosts import buttons
from trackerr_xl.macros.agreed import BUTTONS, FUNCTIONS, RIBBON
from trackerr_xl.macros.modules import add_in_modules, workbook_modules
from trackerr_xl.macros.python_command import PROGRAM, SWITCHES

MODULES = {module.name: module.body for module in add_in_modules(CATALOGUE)}
ALL_TEXT = "\n".join(MODULES.values())
# [MS-VBAL] 3.2.2 and the limits of the VBA editor: characters a line, continuations a statement.
LONGEST_LINE, MOST_CONTINUATIONS = 1023, 24
# Excel: "Description" and each of "ArgumentDescriptions" of Application.MacroOptions.
LONGEST_HELP = 255


def signatures(text: str) -> dict[str, str]:
    return dict(re.findall(r"^(?:Public )?Function ([A-Z_]+)\((.*?)\)(?: As Variant)?$", text, re.M))


def test_every_wrapper_has_the_signature_that_xlwings_itself_would_write() -> None:
    excel = Excel()
    try:
        by_xlwings = signatures(excel.ask("wrapper"))
    finally:
        excel.close()
    assert signatures(MODULES["TrackerrFunctions"]) == by_xlwings
    assert set(by_xlwings) == set(CATALOGUE)


@pytest.mark.parametrize("name", MODULES)
def test_no_line_is_longer_and_no_statement_folded_more_often_than_vba_takes(name: str) -> None:
    assert max(map(len, MODULES[name].splitlines())) <= LONGEST_LINE
    folded = re.findall(r"(?:.* _\n)+", MODULES[name])
    assert max((statement.count("\n") for statement in folded), default=0) <= MOST_CONTINUATIONS


def test_every_help_text_is_one_that_excel_takes() -> None:
    texts = re.findall(r'"((?:[^"]|"")*)"', re.sub(r'" & _\n\s*"', "", MODULES["TrackerrHelp"]))
    assert len(texts) > 3 * len(CATALOGUE)
    assert max(len(text.replace('""', '"')) for text in texts) <= LONGEST_HELP


def test_the_ribbon_has_a_button_for_everything_that_python_offers() -> None:
    offered = {
        name
        for name, member in vars(buttons).items()
        if not name.startswith("_") and getattr(member, "__module__", None) == BUTTONS and callable(member)
    }
    assert {button.action for button in RIBBON} == offered


def test_modules_of_python_are_those_that_the_macros_name() -> None:
    assert f'FUNCTIONS As String = "{FUNCTIONS}"' in MODULES["TrackerrFunctions"]
    assert f'BUTTONS As String = "{BUTTONS}"' in MODULES["TrackerrButtons"]


def test_python_is_started_with_the_switches_that_keep_a_workbooks_folder_out() -> None:
    (written,) = re.findall(r'Const ARGUMENTS As String = "(.*)"\n', MODULES["xlwings"])
    assert shlex.split(written.replace('""', '"')) == [*SWITCHES, "-c", PROGRAM]


def test_nothing_asks_the_active_workbook_or_its_folder() -> None:
    # There a stranger could name the Python to start.
    assert not re.search(r"ActiveWorkbook|ActiveSheet|CurDir|\.Path\b|cmd\.exe|Shell", ALL_TEXT)


def test_declarations_and_licence_are_those_of_the_installed_xlwings() -> None:
    shipped = (files("xlwings") / "xlwings_custom_addin.bas").read_text(encoding="utf-8").splitlines()
    taken = [line for line in MODULES["xlwings"].splitlines() if "Declare " in line]
    assert taken == [line for line in shipped if "Declare " in line]
    assert "BSD 3-clause" in MODULES["xlwings"]


def test_only_the_functions_are_offered_to_cells_and_to_the_list_of_macros() -> None:
    hidden = {name for name, body in MODULES.items() if "Option Private Module" in body}
    assert hidden == set(MODULES) - {"ThisWorkbook", "TrackerrFunctions"}


def test_a_workbook_of_its_own_carries_all_that_its_functions_and_buttons_call() -> None:
    carried = "\n".join(module.body for module in workbook_modules(CATALOGUE))
    for called in ("XLPy", "Answered", "Failed", "Joined", "Press"):
        assert re.search(rf"^Public (?:Function|Sub) {called}\(", carried, re.M), called
    assert "IRibbonControl" not in carried
