"""What is shipped: the wheel and the source package hold the add-ins as they are committed."""

import tarfile
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[1]
ADD_INS = sorted(path.relative_to(ROOT) for path in (ROOT / "trackerr_xl" / "addins").iterdir())


def test_there_are_add_ins() -> None:
    assert Path("trackerr_xl/addins/trackerr.oxt") in ADD_INS


@pytest.mark.parametrize("path", ADD_INS, ids=str)
def test_the_wheel_holds_the_add_ins_byte_for_byte(path: Path, wheel: dict[str, bytes]) -> None:
    assert wheel[path.as_posix()] == (ROOT / path).read_bytes()


@pytest.mark.parametrize("path", ADD_INS, ids=str)
def test_the_source_package_holds_the_add_ins_byte_for_byte(path: Path, source: dict[str, bytes]) -> None:
    assert source[path.as_posix()] == (ROOT / path).read_bytes()


def test_the_wheel_holds_nothing_but_the_package(wheel: dict[str, bytes]) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in wheel} == {"trackerr_xl"}
    assert not [name for name in wheel if "__pycache__" in name]


def test_one_wheel_serves_every_machine_and_a_browser(wheel: dict[str, bytes]) -> None:
    facts = next(content for name, content in wheel.items() if name.endswith(".dist-info/WHEEL")).decode()
    assert "Root-Is-Purelib: true" in facts
    assert [line for line in facts.splitlines() if line.startswith("Tag:")] == ["Tag: py3-none-any"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file of the wheel by its name."""
    (made,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")))
    with zipfile.ZipFile(made) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every file of the source package by its name, without the folder they all lie in."""
    (made,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("sdist")))
    files = {}
    with tarfile.open(made) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            assert content is not None
            files[member.name.partition("/")[2]] = content.read()
    return files
