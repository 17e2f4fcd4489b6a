"""Run by the Python that LibreOffice comes with: what its function wizard says of every function, as JSON.

The words given are the file to write, and the command that starts LibreOffice.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from office_script import office


def main() -> None:
    """Start LibreOffice, ask its catalogue of functions, and close it again."""
    path, *command = sys.argv[1:]
    with office(command) as context:
        functions = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.sheet.FunctionDescriptions", context
        )
        described = [as_data(functions.getByIndex(at)) for at in range(functions.getCount())]
        Path(path).write_text(json.dumps(described), encoding="utf-8")


def as_data(properties):
    """One function."""
    values = {each.Name: each.Value for each in properties}
    return {
        "name": values["Name"],
        "description": values["Description"],
        "category": values["Category"],
        "arguments": [[one.Name, one.Description] for one in values["Arguments"] or ()],
    }


if __name__ == "__main__":
    main()
