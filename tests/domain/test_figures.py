"""Every figure of the rules in one place (`journals/of_the_table/figures.txt`): what stands beside them as a constant,
and what a value has where nothing else is said. Those of an agreement are told in `test_agreement.py` and in rules.md.

`WRITE_JOURNALS=1` writes it anew; what changed is then read as a change of the rules.
"""

import ast
import importlib
import inspect
import os
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import sip.domain
from sip.domain.machine import Machine, Row

KEPT = Path(__file__).parent / "journals" / "of_the_table" / "figures.txt"
FOLDER = Path(sip.domain.__file__).parent


def test_every_figure_of_the_rules() -> None:
    came = "".join(_of_module(path.stem) for path in sorted(FOLDER.glob("*.py")) if path.stem != "__init__")
    if os.environ.get("WRITE_JOURNALS"):
        KEPT.write_text(came, encoding="utf-8")
    assert came == KEPT.read_text(encoding="utf-8")


def _of_module(name: str) -> str:
    module = importlib.import_module(f"sip.domain.{name}")
    lines = [*_constants(module), *_defaults(module)]
    return "".join([f"{name}\n", *(f"  {line}\n" for line in lines), "\n"]) if lines else ""


def _constants(module: ModuleType) -> Iterator[str]:
    for node in ast.parse(inspect.getsource(module)).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            for one in target.elts if isinstance(target, ast.Tuple) else [target]:
                assert isinstance(one, ast.Name)
                value = getattr(module, one.id)
                if told := "" if isinstance(value, str) else _told(value):
                    yield f"{one.id} = {told}"


def _defaults(module: ModuleType) -> Iterator[str]:
    for name, value in vars(module).items():
        if getattr(value, "__module__", None) != module.__name__:
            continue
        if isinstance(value, type):
            yield from (line for made in vars(value).values() for line in _given(made))
        if is_dataclass(value) and isinstance(value, type):
            found = [f"{f.name}={_told(f.default)}" for f in fields(value) if f.default is not MISSING]
            compared = [f.name for f in fields(value) if not f.compare]
            yield from [f"{name}: {', '.join(found)}"] if found else []
            yield from [f"{name}: {', '.join(compared)} tells no two apart"] if compared else []
        else:
            yield from _given(value)


def _given(made: Any) -> Iterator[str]:
    """What a function is given where its caller says nothing."""
    function = inspect.unwrap(made) if callable(made) else made
    if isinstance(function, FunctionType) and not function.__name__.startswith("__"):
        given = inspect.signature(function).parameters.values()
        found = [f"{one.name}={_told(one.default)}" for one in given if one.default is not one.empty]
        yield from [f"{function.__qualname__}({', '.join(found)})"] if found else []


def _told(value: Any) -> str:
    """As text; nothing for what holds no figure: a function, a pattern, a table of rules."""
    match value:
        case None | bool() | int() | float() | date() | datetime() | time() | timedelta():
            return str(value)
        case Enum():
            return f"{value.value}"
        case str() | bytes():
            return repr(value)
        case type():
            return value.__name__
        case Row() | Machine():
            return ""
        case Mapping():
            pairs = [(_told(key), _told(held)) for key, held in value.items()]
            return ", ".join(f"{key}: {held}" for key, held in pairs if held)
        case frozenset() | set():
            return "{" + ", ".join(sorted(map(_told, value))) + "}"
        case tuple() | list():
            return "(" + ", ".join(map(_told, value)) + ")"
        case _ if is_dataclass(value):
            return f"{type(value).__name__}({', '.join(_told(getattr(value, f.name)) for f in fields(value))})"
    return ""
