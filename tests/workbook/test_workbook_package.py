"""Files are opened safely: whatever is wrong with one is said in a sentence, in little time and memory."""

import io
import re
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from made_workbooks import parts, sheet_xml, workbook, zipped

from trackerr_xl.errors import FileRefusedError
from trackerr_xl.workbook.file.package import open_package, read_package
from trackerr_xl.workbook.file.patch import SheetEdits, patch_workbook

ROWS = '<row r="1"><c r="A1"><v>1</v></c></row>'
REAL = Path(__file__).parents[2].parent / "shared" / "data" / "workbooks"


def refusal(data: bytes) -> str:
    """The sentence with which a file named book.xlsx is refused."""
    with pytest.raises(FileRefusedError) as refused:
        read_package(data, "book.xlsx")
    return refused.value.sentence


def fate(data: bytes) -> str:
    """Nothing when a file is read and patched, the sentence when it is refused; no other error is let through."""
    try:
        package = read_package(data, "book.xlsx")
        patch_workbook(package, {next(iter(package.sheets)): SheetEdits(inputs={(1, 2): 2.0})})
    except FileRefusedError as refused:
        return refused.sentence
    return ""


def with_part(name: str, content: str | bytes) -> bytes:
    return zipped({**parts({"Sheet1": sheet_xml(ROWS)}), name: content})


def without_part(name: str) -> bytes:
    kept = parts({"Sheet1": sheet_xml(ROWS)})
    del kept[name]
    return zipped(kept)


def old_office_file(stream: str) -> bytes:
    """The beginning of an OLE file, with the name of one stream in its directory."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(500)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.xlsx"
    with pytest.raises(FileRefusedError) as refused:
        open_package(path)
    assert refused.value.sentence == f"TE-160 {path} does not exist."


def test_a_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "book.xlsx"
    folder.mkdir()
    with pytest.raises(FileRefusedError) as refused:
        open_package(folder)
    assert refused.value.sentence == "TE-160 book.xlsx is a folder, a workbook file is needed."


def test_a_name_no_system_takes_is_refused() -> None:
    with pytest.raises(FileRefusedError) as refused:
        open_package("x" * 5000)
    assert refused.value.sentence.startswith("TE-160 xxx")


def test_a_file_too_big_to_be_a_workbook_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with path.open("wb") as file:
        file.truncate(300 * 2**20)
    with pytest.raises(FileRefusedError) as refused:
        open_package(path)
    assert refused.value.sentence == "TE-160 book.xlsx is 300 MB, at most 256 MB are read."


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"a,b\n1,2\n", "is not a workbook: its contents are not those of an .xlsx or .xlsm file"),
        (old_office_file("EncryptedPackage"), "is encrypted with a password; save it without one"),
        (old_office_file("Workbook"), "is in the old .xls format; save it as .xlsx or .xlsm"),
        (b"PK\x03\x04 and so on", "is cut short or damaged: the end of its zip container is missing"),
        (zipped({"a.txt": "a"}), "is a zip file, but no workbook is in it"),
        (
            zipped({"mimetype": "x", "content.xml": "<x/>"}),
            "is an OpenDocument file; save it as .xlsx or .xlsm",
        ),
        (
            zipped({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}),
            "is a Word document, not a workbook",
        ),
        (
            zipped({"[Content_Types].xml": "<x/>", "ppt/presentation.xml": "<x/>"}),
            "is a PowerPoint presentation, not a workbook",
        ),
        (
            zipped({"[Content_Types].xml": "<x/>", "xl/workbook.bin": b"\0"}),
            "is in the binary .xlsb format; save it as .xlsx or .xlsm",
        ),
        (without_part("_rels/.rels"), "is damaged: it does not say which of its parts is the workbook"),
        (without_part("xl/workbook.xml"), "is damaged: it does not say which of its parts is the workbook"),
        (
            without_part("xl/_rels/workbook.xml.rels"),
            "is damaged: the contents of its sheet Sheet1 are missing",
        ),
        (
            without_part("xl/worksheets/sheet1.xml"),
            "is damaged: the contents of its sheet Sheet1 are missing",
        ),
        (with_part("xl/workbook.xml", "<a/>"), "is not a workbook: its main part is of another kind"),
        (
            with_part("xl/workbook.xml", "<a>"),
            "is damaged: xl/workbook.xml is not XML (no element found, line 1)",
        ),
        (
            with_part("xl/worksheets/sheet1.xml", "<worksheet><row></worksheet>"),
            "is damaged: xl/worksheets/sheet1.xml is not XML (mismatched tag, line 1)",
        ),
        (
            with_part("xl/worksheets/sheet1.xml", b"\xff\xff\xff"),
            "is damaged: xl/worksheets/sheet1.xml is not XML (not well-formed (invalid token), line 1)",
        ),
        (with_part("xl/styles.xml", ""), "is damaged: xl/styles.xml is not XML (no element found, line 1)"),
        *(
            (
                with_part("xl/styles.xml", f'<?xml version="1.0" encoding="{encoding}"?><a/>'),
                "is damaged: xl/styles.xml is in an encoding that XML readers do not know",
            )
            for encoding in ("utf-9", "shift_jis")
        ),
        (
            with_part("XL/workbook.xml", "<x/>"),
            "holds XL/workbook.xml twice",
        ),
    ],
)
def test_what_is_no_workbook_is_refused_in_one_sentence(data: bytes, sentence: str) -> None:
    assert refusal(data) == f"TE-160 book.xlsx {sentence}."


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]><x>&j;</x>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize(
    "part",
    ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/drawings/vmlDrawing1.vml"],
)
def test_entity_bombs_are_refused_in_every_part_and_encoding(part: str, encoding: str) -> None:
    bomb = LAUGHS.replace('"1.0"', f'"1.0" encoding="{encoding}"').encode(encoding)
    assert refusal(with_part(part, bomb)) == (
        f"TE-160 book.xlsx holds {part}, which declares a document type, as only hostile files do."
    )


def test_a_reference_to_a_file_of_the_machine_is_refused() -> None:
    stealing = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    assert refusal(with_part("xl/sharedStrings.xml", stealing)) == (
        "TE-160 book.xlsx holds xl/sharedStrings.xml, which declares a document type, as only hostile files do."
    )


def test_old_drawings_of_excel_that_are_no_xml_are_kept() -> None:
    drawing = "<xml><div><font>two<br>lines</font></div></xml>"
    package = read_package(with_part("xl/drawings/vmlDrawing1.vml", drawing), "book.xlsx")
    assert package.read("xl/drawings/vmlDrawing1.vml") == drawing.encode()


def test_a_zip_bomb_that_says_its_size_is_refused() -> None:
    bomb = with_part("xl/media/image1.png", bytes(100 * 2**20))
    assert len(bomb) < 150_000
    times = (100 * 2**20 + sum(len(part) for part in parts({"Sheet1": sheet_xml(ROWS)}).values())) / len(bomb)
    assert refusal(bomb) == (
        f"TE-160 book.xlsx inflates to {times:,.0f} times its size, as only a zip bomb does."
    )


def test_a_zip_bomb_that_lies_about_its_size_is_refused() -> None:
    honest = with_part("xl/media/image1.png", bytes(100 * 2**20))
    size = struct.pack("<I", 100 * 2**20)
    assert honest.count(size) == 2
    assert refusal(honest.replace(size, struct.pack("<I", 1000))) == (
        "TE-160 book.xlsx holds xl/media/image1.png, which inflates to more than it says."
    )


def test_bytes_that_do_not_compress_are_refused_by_their_sum(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trackerr_xl.workbook.file.archive.MAX_INFLATED", 2**20)
    assert refusal(with_part("xl/media/image1.png", bytes(3 * 2**20))) == (
        "TE-160 book.xlsx inflates to 3 MB, at most 1 MB are read."
    )


def test_a_bomb_of_overlapping_parts_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kernel", bytes(1000))
        first = archive.infolist()[0]
        for n in range(5):
            twin = zipfile.ZipInfo(f"copy{n}")
            for field in ("header_offset", "CRC", "compress_size", "file_size", "compress_type"):
                setattr(twin, field, getattr(first, field))
            archive.filelist.append(twin)
    assert (
        refusal(out.getvalue()) == "TE-160 book.xlsx is damaged: several of its parts share the same bytes."
    )


def test_too_many_parts_are_refused() -> None:
    crowd = {f"xl/{n}.txt": b"" for n in range(10_001)}
    assert refusal(zipped(crowd, stored=True)) == (
        "TE-160 book.xlsx holds 10,001 parts, at most 10,000 are read."
    )


def test_a_zip_password_is_refused() -> None:
    data = bytearray(workbook(ROWS))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    assert refusal(bytes(data)) == "TE-160 book.xlsx is encrypted with a zip password; save it without one."


def test_an_unusual_packing_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    assert refusal(out.getvalue()) == (
        "TE-160 book.xlsx holds xl/workbook.xml, packed in a way no workbook uses (method 12)."
    )


def test_one_wrong_bit_in_a_part_is_noticed() -> None:
    data = bytearray(zipped(parts({"Sheet1": sheet_xml(ROWS)}), stored=True))
    data[data.index(b"<v>1</v>") + 3] ^= 1
    assert refusal(bytes(data)) == (
        "TE-160 book.xlsx is damaged: xl/worksheets/sheet1.xml is not what was once written."
    )


def test_a_workbook_cut_anywhere_is_refused_as_cut() -> None:
    whole = workbook(ROWS)
    for length in range(len(whole)):
        sentence = refusal(whole[:length])
        expected = (
            "is empty"
            if length == 0
            else "is not a workbook: its contents are not those of an .xlsx or .xlsm file"
            if length == 1
            else "is cut short or damaged: the end of its zip container is missing"
        )
        assert sentence == f"TE-160 book.xlsx {expected}."


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_workbook_with_wrong_bytes_is_refused_or_read(data: st.DataObject) -> None:
    damaged = bytearray(workbook(ROWS))
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert re.fullmatch(r"(TE-160 book\.xlsx .+\.)?", fate(bytes(damaged)), re.DOTALL)


def test_two_sheets_that_share_a_part_are_refused() -> None:
    made = parts({"One": sheet_xml(ROWS), "Two": sheet_xml(ROWS)})
    links = str(made["xl/_rels/workbook.xml.rels"])
    made["xl/_rels/workbook.xml.rels"] = links.replace("sheet2.xml", "sheet1.xml")
    assert refusal(zipped(made)) == "TE-160 book.xlsx is damaged: its sheet Two is listed twice."


@pytest.mark.parametrize("name", ["", "a/b", "[x]", "what?", "'quoted'", "n" * 32])
def test_names_no_sheet_can_have_are_refused(name: str) -> None:
    assert refusal(zipped(parts({name: sheet_xml(ROWS)}))) == (
        f"TE-160 book.xlsx is damaged: it has a sheet named {name!r}, as no sheet can be."
    )


def test_relationships_in_a_circle_do_no_harm() -> None:
    made = parts({"Sheet1": sheet_xml(ROWS)})
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    made["xl/worksheets/_rels/sheet1.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kind}" Target="../workbook.xml"/>'
        f'<Relationship Id="r2" Type="{kind}" Target="sheet1.xml"/></Relationships>'
    )
    assert dict(read_package(zipped(made), "book.xlsx").sheets) == {"Sheet1": "xl/worksheets/sheet1.xml"}


def test_names_that_lead_out_of_a_folder_are_only_names(tmp_path: Path) -> None:
    made = {**parts({"Sheet1": sheet_xml(ROWS)}), "../../evil.txt": "x", "/etc/evil": "x", "C:\\evil": "x"}
    package = read_package(zipped(made), "book.xlsx")
    assert package.read("../../evil.txt") == b"x"
    assert list(tmp_path.iterdir()) == []


def test_sheets_are_found_in_the_order_of_the_tabs_and_chart_sheets_left_out(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Zebra & co")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "='Zebra & co'!$A$1:$A$3"})
        book.add_chartsheet("Picture").set_chart(chart)
        book.add_worksheet("Ärger")
    package = open_package(path)
    assert dict(package.sheets) == {
        "Zebra & co": "xl/worksheets/sheet1.xml",
        "Ärger": "xl/worksheets/sheet2.xml",
    }


def test_hostile_files_cost_little_time_and_memory(tmp_path: Path) -> None:
    """Measured in a process of its own, where no other test has used memory before."""
    size = 200 * 2**20
    bomb = with_part("xl/worksheets/sheet2.xml", b"<a>" + bytes(size) + b"</a>")
    path = tmp_path / "book.xlsx"
    path.write_bytes(bomb.replace(struct.pack("<I", size + 7), struct.pack("<I", 2**20)))
    program = (
        "import resource, sys\n"
        "from trackerr_xl.errors import FileRefusedError\n"
        "from trackerr_xl.workbook.file.package import open_package\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    open_package(sys.argv[1])\nexcept FileRefusedError:\n"
        "    sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))\n"
    )
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 20_000  # kilobytes
    assert time.perf_counter() - begun < 5


def test_the_layout_for_files_above_4_gb_is_refused() -> None:
    data = bytearray(workbook(ROWS))
    end = data.rindex(b"PK\x05\x06")
    data[end + 12 : end + 16] = b"\xff\xff\xff\xff"
    assert refusal(bytes(data)) == (
        "TE-160 book.xlsx uses the zip64 layout for files above 4 GB, which this version does not read."
    )
