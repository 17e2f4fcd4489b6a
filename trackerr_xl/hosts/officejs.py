"""Excel on the web, on a Mac and on Windows without Python: the catalogue as custom functions of Office.js.

xlwings Server takes the functions of this module as they are; xlwings Lite takes them from a module in the workbook
that `trackerr_xl.publish` writes. The conversion uses the part of xlwings under the BSD licence only.
"""

import xlwings as xw
from xlwings.conversion import Accessor, ConversionContext, Pipeline

from trackerr_xl.functions import CATALOGUE
from trackerr_xl.hosts.js_values import given_from_js, js_from_grid
from trackerr_xl.hosts.signature import python_function
from trackerr_xl.sheet.call import call
from trackerr_xl.sheet.cells import Given
from trackerr_xl.sheet.write import OutCell

__all__ = tuple(CATALOGUE)


class Cells(Accessor):
    """How xlwings reads an argument of ours and writes an answer: without its own conversions.

    Those drop error values and take a hundred microseconds a cell in a browser.
    """

    @classmethod
    def reader(cls, options: dict[str, object]) -> Pipeline:
        """One stage, from what Office.js delivers to what the sheet layer takes."""
        return Pipeline([_read])

    @classmethod
    def writer(cls, options: dict[str, object]) -> Pipeline:
        """One stage, from an answer to what Office.js takes."""
        runtime = str(options.get("runtime", ""))

        def write(context: ConversionContext) -> None:
            context.value = js_from_grid(context.value, runtime)

        return Pipeline([write])


def answer(name: str, *given: Given) -> list[list[OutCell]]:
    """Answer one function of the catalogue. Never raises."""
    return call(name, given).grid


def _read(context: ConversionContext) -> None:
    context.value = given_from_js(context.value)


# xlwings looks for functions among the names of a module.
globals().update(
    {
        name: xw.func(python_function(declared, answer, Cells, __name__))
        for name, declared in CATALOGUE.items()
    }
)
