"""Whatever is kept between calls is known by name and has a limit: Excel's Python lives all day."""

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import trackerr_xl
from trackerr_xl.core.risk_model import FactorModel
from trackerr_xl.core.solvers import memory
from trackerr_xl.core.solvers.memory import Memory
from trackerr_xl.core.solvers.program import DenseHessian
from trackerr_xl.functions import models
from trackerr_xl.functions.values import LabelledModel
from trackerr_xl.sheet import memo
from trackerr_xl.sheet.reply import Reply

SOURCE = Path(trackerr_xl.__file__).parent

CACHED_FUNCTIONS = {
    "core.words.key": 2**16,
    "core.solvers.surrogate._signs": 8,
    "workbook.file.addresses.column_letters": 16_384,
    "workbook.file.addresses.column_number": 16_384,
    "workbook.file.sheet_xml.opening_tag": 64,
    "workbook.file.sheet_xml.element": 64,
    "workbook.file.sheet_xml._tokens": 64,
    "workbook.file.stored._plain_number": 64,
    "workbook.formula.own_names.own_function": 1024,
}
"""Most answers that each function with arguments keeps; one without has only one."""

STORES = {
    "sheet.memo._answers",  # test_answers_are_given_up_by_number_and_by_cells
    "functions.models._models",  # test_models_are_given_up_by_number_and_by_bytes
    "core.solvers.surrogate._surrogates",  # a Memory: test_what_is_known_of_covariances_is_of_the_last_few
    "core.solvers.free_block._roots",  # the same
    "core.whole.diagonal._models",  # the same
    "batch.processes._at_work",  # the one desk of a worker of `trackerr-xl batch`
}
"""Containers of modules that calls put things into."""


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
        yield name, ast.parse(path.read_text("utf-8"))


def called(node: ast.expr) -> str:
    """Last word of what a decorator or a value names: ``cache`` of ``functools.cache``."""
    node = node.func if isinstance(node, ast.Call) else node
    node = node.value if isinstance(node, ast.Subscript) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def found_functions() -> dict[str, object]:
    return {
        f"{module}.{node.name}": getattr(importlib.import_module(f"trackerr_xl.{module}"), node.name)
        for module, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and {"cache", "lru_cache"} & {called(each) for each in node.decorator_list}
    }


def test_every_function_that_remembers_has_a_limit() -> None:
    limits = {
        name: function.cache_parameters()["maxsize"]  # type: ignore[attr-defined]
        for name, function in found_functions().items()
        if inspect.signature(function).parameters  # type: ignore[arg-type]  # a cached function
    }
    assert limits == CACHED_FUNCTIONS


def test_every_container_that_calls_fill_is_known() -> None:
    """Those that are never written to are constants: their names are in capitals or they are read only."""
    empty = {
        f"{module}.{target.id}"
        for module, tree in sources()
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and starts_empty(node.value)
    }
    assert empty == STORES


def starts_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.List | ast.Set):
        return not value.elts
    if isinstance(value, ast.Dict):
        return not value.keys
    kinds = ("dict", "list", "set", "OrderedDict", "defaultdict", "deque", "Counter", "Memory", "bytearray")
    weak = called(value).startswith("Weak")
    return isinstance(value, ast.Call) and not value.args and (weak or called(value) in kinds)


def test_no_module_counts_or_keeps_through_global_variables() -> None:
    assert [
        module for module, tree in sources() for node in ast.walk(tree) if isinstance(node, ast.Global)
    ] == []


def test_answers_are_given_up_by_number_and_by_cells() -> None:
    memo.forget()
    for number in range(3 * memo.CAPACITY):
        memo.remember(str(number).encode(), Reply([[1.0]]))
    assert len(memo._answers) == memo.CAPACITY
    wide = Reply([[0.0] * 1000] * 600)
    for number in range(5):
        memo.remember(f"wide {number}".encode(), wide)
    assert sum(len(each.grid) * len(each.grid[0]) for each in memo._answers.values()) <= memo.MOST_CELLS
    assert [memo.remembered(f"wide {number}".encode()) is None for number in range(5)] == [True] * 2 + [
        False
    ] * 3
    memo.forget()


def test_models_are_given_up_by_number_and_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    models.forget()
    small = LabelledModel(FactorModel(np.ones((2, 1)), np.ones(2)))
    for number in range(models.MOST + 3):
        models.remember(f"RISK:{number}", small)
    assert [models.known(f"RISK:{number}") is None for number in (0, 2, 3, models.MOST + 2)] == [
        True, True, False, False,
    ]  # fmt: skip
    # 16 numbers of 8 bytes, and 4 names at about 64.
    named = LabelledModel(FactorModel(np.ones((4, 3)), np.ones(4)), ("A", "B", "C", "D"))
    monkeypatch.setattr(models, "CAPACITY", 5 * (16 * 8 + 4 * 64))
    for number in range(9):
        models.remember(f"RISK:named {number}", named)
    assert list(models._models) == [f"RISK:named {number}" for number in range(4, 9)]
    models.forget()


def test_what_is_known_of_covariances_is_of_the_last_few() -> None:
    facts: Memory[int] = Memory()
    kept = [DenseHessian(np.eye(2) * (1.0 + each), 1.0) for each in range(50)]
    for number, each in enumerate(kept):
        facts.keep(each, number)
    assert [facts.recall(each) for each in kept[-memory.MOST - 1 :]] == [None, *range(50 - memory.MOST, 50)]
