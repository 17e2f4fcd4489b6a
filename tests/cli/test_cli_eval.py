"""`trackerr-xl eval` and `trackerr-xl functions`: one function from a shell."""

import csv
import io
from pathlib import Path

import pytest
from small_book import TRACKING_ERROR, write_book
from typer.testing import CliRunner, Result

from trackerr_xl.cli import app
from trackerr_xl.functions import CATALOGUE


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [*map(str, words)])


def grid(result: Result) -> list[list[str]]:
    return list(csv.reader(io.StringIO(result.stdout)))


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "weights.csv"
    path.write_text("\ufeffOne,0.4\nTwo,60%\n", "utf-8")
    return path


@pytest.fixture
def cov(tmp_path: Path) -> Path:
    path = tmp_path / "cov.csv"
    path.write_text(",Two,One\nTwo,0.01,0\nOne,0,0.04\n", "utf-8")
    return path


def test_csv_files_in_and_csv_out(weights: Path, cov: Path) -> None:
    result = run("eval", "te_optimize", "--arg", f"weights={weights}", "--arg", f"cov={cov}")
    assert (result.exit_code, result.stderr) == (0, "")
    assert [row[0] for row in grid(result)] == ["One", "Two"]
    assert [float(row[1]) for row in grid(result)] == pytest.approx([0.4, 0.6], abs=1e-9)


def test_ranges_of_a_workbook_and_numbers(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx")
    result = run(
        "eval", "TRACKING_ERROR",
        "--arg", f"portfolio={book}!Inputs!A1:A2",
        "--arg", f"benchmark={book}!'inputs'!$B$1:$B$2",
        "--arg", f"cov={book}!Inputs!D1:E2",
        "--arg", "periods=4",
    )  # fmt: skip
    assert (result.exit_code, result.stderr) == (0, "")
    assert float(result.stdout) == pytest.approx(2 * TRACKING_ERROR, rel=1e-12)


def test_whole_columns_and_single_cells_of_a_workbook(tmp_path: Path) -> None:
    import xlsxwriter

    book = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(book) as made:
        sheet = made.add_worksheet("S")
        sheet.write_column("A1", [0.5, 0.5])
        sheet.write_column("B1", [0.4, 0.6])
    result = run(
        "eval", "ACTIVE_SHARE",
        "--arg", f"portfolio={book}!S!A1:A1048576", "--arg", f"benchmark={book}!S!B1:B1048576",
    )  # fmt: skip
    assert float(result.stdout) == pytest.approx(0.1, rel=1e-12)


def test_a_fault_shows_the_error_value_and_its_sentence(weights: Path) -> None:
    result = run("eval", "TE_OPTIMIZE", "--arg", f"weights={weights}")
    assert result.exit_code == 2
    assert result.stdout == "#VALUE!\n"
    assert result.stderr == "TE-100 cov is missing, must be given.\n"


def test_a_question_without_an_answer_has_its_own_exit_code(weights: Path, cov: Path, tmp_path: Path) -> None:
    limits = tmp_path / "limits.csv"
    limits.write_text("Type,Item,Min,Max\nWeight,*,0,0.3\n", "utf-8")
    result = run(
        "eval", "TE_OPTIMIZE", "--arg", f"weights={weights}", "--arg", f"cov={cov}", "--arg", f"constraints={limits}"
    )  # fmt: skip
    assert result.exit_code == 3
    assert result.stdout == "#N/A\n"
    assert result.stderr.startswith("TE-2")


def test_the_explanation_of_a_call_takes_the_names_of_its_arguments(weights: Path, cov: Path) -> None:
    result = run(
        "eval", "TE_EXPLAIN",
        "--arg", "function_name=TE_OPTIMIZE", "--arg", f"cov={cov}", "--arg", f"weights={weights}",
    )  # fmt: skip
    assert result.exit_code == 0
    assert ["Function", "TE_OPTIMIZE"] in grid(result)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["TE_OPTIMISE"], "TE-120 TE_OPTIMISE is not a function, the nearest is TE_OPTIMIZE."),
        (
            ["TE_OPTIMIZE", "--arg", "wieghts=1"],
            "TE-120 --arg wieghts is not an argument of TE_OPTIMIZE, the nearest is weights.",
        ),
        (
            ["TE_OPTIMIZE", "--arg", "weights=1", "--arg", "Weights=2"],
            "TE-100 --arg weights is given twice.",
        ),
        (["TE_OPTIMIZE", "--arg", "weights"], "TE-100 --arg weights is not of the form name=value."),
        (["TE_OPTIMIZE", "--arg", "weights=none.csv"], "TE-160 --arg none.csv does not exist."),
        (["TE_OPTIMIZE", "--arg", "weights=none.xlsx!S!A1"], "TE-160 none.xlsx does not exist."),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(words: list[str], sentence: str) -> None:
    result = run("eval", *words)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", sentence + "\n")


def test_wrong_sheets_ranges_and_texts_are_refused(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book.xlsx")
    latin = tmp_path / "latin.csv"
    latin.write_bytes("Müller,1\n".encode("latin-1"))
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    semicolons = tmp_path / "semicolons.csv"
    semicolons.write_text("Ash;0,4\nBirch;0,6\n", encoding="utf-8")
    for value, sentence in {
        f"{book}!Imputs!A1": "TE-140 --arg Imputs is not a sheet of book.xlsx, the nearest is Inputs.",
        f"{book}!Inputs!A1:": "TE-100 --arg A1: is not a range of cells such as A1:B9.",
        f"{book}!Inputs!weights": "TE-100 --arg weights is not a range of cells such as A1:B9.",
        str(latin): f"TE-160 --arg {latin} is not a text file in UTF-8.",
        str(empty): f"TE-160 --arg {empty} is empty.",
        str(semicolons): f"TE-160 --arg {semicolons} has semicolons, must have commas and decimal points.",
        str(
            tmp_path / "folder.csv"
        ): f"TE-160 --arg {tmp_path / 'folder.csv'} cannot be read: Is a directory.",
    }.items():
        (tmp_path / "folder.csv").mkdir(exist_ok=True)
        result = run("eval", "TE_OPTIMIZE", "--arg", f"weights={value}")
        assert (result.exit_code, result.stderr) == (2, sentence + "\n")


def test_functions_lists_the_whole_catalogue() -> None:
    result = run("functions")
    assert result.exit_code == 0
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[0].partition("(")[0] for row in rows] == list(CATALOGUE)
    assert [row[1] for row in rows] == [spec.summary for spec in CATALOGUE.values()]
    assert rows[list(CATALOGUE).index("TRACKING_ERROR")][0] == (
        "TRACKING_ERROR(portfolio, benchmark, [cov], [periods], [method])"
    )


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_function_has_a_page(name: str) -> None:
    result = run("functions", name.lower())
    assert result.exit_code == 0
    shown = dict(line.split("\t") for line in result.stdout.splitlines())
    assert shown["Summary"] == CATALOGUE[name].summary
    assert shown["Example"] == CATALOGUE[name].example
    for argument in CATALOGUE[name].arguments:
        assert shown[argument.name].startswith(argument.help)


def test_an_unknown_function_has_no_page() -> None:
    result = run("functions", "TRACKING_EROR")
    assert (result.exit_code, result.stderr) == (
        2,
        "TE-120 TRACKING_EROR is not a function, the nearest is TRACKING_ERROR.\n",
    )


HOSTILE = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1)", " =1+1"]


def test_names_like_formulas_are_texts_in_a_csv_file_and_come_back_as_they_were(tmp_path: Path) -> None:
    weights = tmp_path / "weights.csv"
    with weights.open("w", newline="") as file:
        csv.writer(file).writerows([f"'{name}", 0.2] for name in HOSTILE)
    variances = [["", *(f"'{name}" for name in HOSTILE)]]
    variances += [
        [f"'{name}", *(float(at == other) for other in range(5))] for at, name in enumerate(HOSTILE)
    ]
    cov = tmp_path / "cov.csv"
    with cov.open("w", newline="") as file:
        csv.writer(file).writerows(variances)
    result = run("eval", "TE_OPTIMIZE", "--arg", f"weights={weights}", "--arg", f"cov={cov}")
    assert (result.exit_code, result.stderr) == (0, "")
    # Excel takes a cell of a CSV file for a formula by its first character (OWASP, "CSV Injection").
    assert [row[0] for row in grid(result)] == [f"'{name.strip()}" for name in HOSTILE]
    written = tmp_path / "written.csv"
    written.write_text(result.stdout)
    result = run("eval", "ACTIVE_SHARE", "--arg", f"portfolio={written}", "--arg", f"benchmark={weights}")
    assert float(result.stdout) == pytest.approx(0.0, abs=1e-12)


def test_negative_numbers_are_no_formulas(tmp_path: Path) -> None:
    cov = tmp_path / "cov.csv"
    cov.write_text("0.01,-0.001\n-0.001,0.04\n")
    assert run("eval", "COV_NEAREST", "--arg", f"cov={cov}").stdout == "0.01,-0.001\n-0.001,0.04\n"
