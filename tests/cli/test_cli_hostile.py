"""Hostile workbooks through the whole command: refused or told apart in words, in bounded time and memory."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from made_workbooks import parts, sheet_xml, workbook, zipped

ONE_CELL = '<row r="1"><c r="A1"{mark}>{formula}<v>2</v></c></row>'
WHOLE_SHEET = '<f t="array" ref="A1:XFD1048576">1+1</f>'
TOO_MANY = "has array formulas over 17,179,869,184 cells, at most 2,000,000 are read"


def one_formula(formula: str, *, mark: str = "") -> bytes:
    return workbook(ONE_CELL.format(mark=mark, formula=formula))


def deep_workbook() -> bytes:
    made = parts({"Sheet1": sheet_xml('<row r="1"/>')})
    depth = 200_000
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(
        "</workbook>", "<x>" * depth + "</x>" * depth + "</workbook>"
    )
    return zipped(made, stored=True)


def with_table(target: str, table: str = "<table/>") -> bytes:
    """A workbook whose sheet says that it has a table."""
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return zipped(
        {
            **parts({"Sheet1": sheet_xml('<row r="1"/>')}),
            "xl/worksheets/_rels/sheet1.xml.rels": (
                '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                f'<Relationship Id="r1" Type="{office}/table" Target="{target}"/></Relationships>'
            ),
            "xl/tables/table1.xml": table,
        }
    )


HOSTILE = {
    "a table that is not there": (
        with_table("../tables/table9.xml"), 2,
        "TE-160 book.xlsx sheet Sheet1 is damaged: its part xl/tables/table9.xml is missing.",
    ),
    "a table over nothing": (
        with_table("../tables/table1.xml", '<table ref="A1:"/>'), 2,
        "TE-160 book.xlsx sheet Sheet1 is damaged: its table xl/tables/table1.xml cannot be read, "
        "'' is not the address of a cell.",
    ),
    "a fixed array over the whole sheet": (one_formula(WHOLE_SHEET), 2, f"TE-160 book.xlsx sheet Sheet1 {TOO_MANY}."),
    "a dynamic array over the whole sheet": (
        one_formula(WHOLE_SHEET, mark=' cm="1"'), 2, f"TE-160 book.xlsx sheet Sheet1 {TOO_MANY}.",
    ),
    "a row beyond the last": (
        workbook('<row r="1048577"><c><f>1</f></c></row>'), 2,
        "TE-160 book.xlsx sheet Sheet1 is damaged: a row 1048577 comes after its row 0.",
    ),
    "a text that is not there": (
        workbook('<row r="1"><c r="A1" t="s"><v>5</v></c></row>'), 2,
        "TE-160 book.xlsx sheet Sheet1 is damaged: its cell A1 cannot be read.",
    ),
    "a shared formula over the whole sheet": (
        one_formula('<f t="shared" si="0" ref="A1:XFD1048576">B1+1</f>'), 0, "",
    ),
    "a sum over the whole sheet": (one_formula("<f>SUM(A2:XFD1048576)</f>"), 0, ""),
    "a spill over the whole sheet": (
        one_formula('<f t="array" ref="A1">SEQUENCE(1048576,16384)</f>', mark=' cm="1"'), 3, "",
    ),
    "brackets in brackets": (one_formula(f"<f>{'(' * 4000}1{')' * 4000}</f>"), 3, ""),
    "functions in functions": (one_formula(f"<f>{'ABS(' * 2000}1{')' * 2000}</f>"), 3, ""),
    "elements in elements": (deep_workbook(), 0, ""),
    "a range in use of the whole sheet": (
        zipped(parts({"Sheet1": sheet_xml('<row r="1"/>', before='<dimension ref="A1:XFD1048576"/>')})), 0, "",
    ),
}  # fmt: skip

PROGRAM = """
import json, resource, sys
from typer.testing import CliRunner
from trackerr_xl.cli import app
done = CliRunner().invoke(app, ["recalc", "book.xlsx", "--out", "out.xlsx"])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sys.stdout.write(json.dumps([int(done.exit_code), done.stderr, peak, repr(done.exception)]))
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_workbooks_end_in_words(name: str, tmp_path: Path) -> None:
    data, code, sentence = HOSTILE[name]
    (tmp_path / "book.xlsx").write_bytes(data)
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    exit_code, stderr, kilobytes, exception = json.loads(done.stdout)
    assert (exit_code, stderr.strip()) == (code, sentence), exception
    assert time.perf_counter() - begun < 20
    assert kilobytes < 800_000
    assert (tmp_path / "out.xlsx").exists() == (code != 2)
