"""Run by the Python that LibreOffice comes with: opens a workbook with its macros, runs some, and reads its cells.

The words given are a file of questions and the command that starts LibreOffice. The questions are JSON: the workbook,
calls as [module.procedure, arguments], and cells as [sheet, area]; the answers take their place in the file.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import uno
from com.sun.star.script.provider import ScriptFrameworkErrorException
from com.sun.star.uno import RuntimeException
from office_script import office

ALWAYS_EXECUTE = 4
MACRO_WORKBOOK = "Calc MS Excel 2007 VBA XML"


def main():
    path, *command = sys.argv[1:]
    asked = json.loads(Path(path).read_text(encoding="utf-8"))
    with office(command) as context:
        desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        options = {"Hidden": True, "MacroExecutionMode": ALWAYS_EXECUTE, "FilterName": MACRO_WORKBOOK}
        document = desktop.loadComponentFromURL(
            Path(asked["workbook"]).as_uri(), "_blank", 0, tuple(map(option, options, options.values()))
        )
        if asked["cells"]:
            document.calculateAll()
        library = document.BasicLibraries.getByName("VBAProject")
        answers = {
            "modules": {name: library.getByName(name) for name in library.ElementNames},
            "calls": [called(document, *call) for call in asked["calls"]],
        }
        answers["cells"] = [cells(document, *area) for area in asked["cells"]]
        document.close(True)
    Path(path).write_text(json.dumps(answers), encoding="utf-8")


def option(name, value):
    made = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    made.Name, made.Value = name, value
    return made


def called(document, procedure, arguments):
    where = f"vnd.sun.star.script:VBAProject.{procedure}?language=Basic&location=document"
    try:
        script = document.getScriptProvider().getScript(where)
        return ["answer", script.invoke(tuple(arguments), (), ())[0]]
    except (ScriptFrameworkErrorException, RuntimeException) as fault:
        return ["fault", str(fault)]


def cells(document, sheet, area):
    """Numbers as numbers, everything else as it is shown."""
    there = document.Sheets.getByName(sheet).getCellRangeByName(area)
    return [
        [cell(there, row, column) for column in range(there.Columns.Count)] for row in range(there.Rows.Count)
    ]


def cell(there, row, column):
    one = there.getCellByPosition(column, row)
    # A formula that shows a number has no text of its own, and no error.
    return one.Value if one.FormulaResultType2 == 1 and not one.getError() else one.String


if __name__ == "__main__":
    main()
