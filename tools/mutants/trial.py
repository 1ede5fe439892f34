"""Trying mutants in forks of one pytest that has collected its tests: no file is changed, and a start costs nothing.

A mutant inside a function is made by giving the function its other code, which everybody who imported it then runs.
Any other (a figure, a table, a default) is imported anew under a pytest of its own. Hypothesis is given its seed, and
a mutant that never ends is stopped by processor time, so that a busy machine changes no result.

The tests are first run as they are, and what each of them calls is written down. A mutant of a function is tried on
the tests that call it, the short ones first; to the others it is the same program.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import pickle
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings
from tools.mutants.operators import Mutant

ROOT = Path(__file__).parents[2]
SOURCES, TESTS = ROOT / "src/sip/domain", ROOT / "tests/domain"
OPTIONS = (
    "-q", "-x", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly", f"--rootdir={ROOT}",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip
CPU_SECONDS = 30
KILLED, SURVIVED = 1, 0


@dataclass
class Trial:
    """A plugin of pytest: tries each mutant instead of running the tests once. `survived` is what is found."""

    mutants: Sequence[Mutant]
    jobs: int
    found: Callable[[Mutant], None]
    counted: Callable[[int], None]
    at_random: bool = True
    survived: list[Mutant] = field(default_factory=list)
    tried: int = 0

    def pytest_configure(self) -> None:
        steady()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        _warm()
        if not self.at_random:
            session.items = [item for item in session.items if not _is_long(item)]
        reached = _reached(session)
        running: dict[int, Mutant] = {}
        for mutant in self.mutants:
            if len(running) >= self.jobs:
                self._reap(running)
            running[_fork(lambda mutant=mutant: _try(session, mutant, reached))] = mutant  # type: ignore[misc]  # the default binds it now
        while running:
            self._reap(running)
        return True

    def _reap(self, running: dict[int, Mutant]) -> None:
        child, status = os.wait()
        mutant = running.pop(child)
        self.tried += 1
        if status == SURVIVED:
            self.survived.append(mutant)
            self.found(mutant)
        self.counted(self.tried)


def steady() -> None:
    """Hypothesis as it is wanted here: the same examples each time, nothing kept, no time lost on a smaller one."""
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("mutants", derandomize=True, database=None, deadline=None, phases=phases)
    settings.load_profile("mutants")


def _warm() -> None:
    """What every child would count out anew: the calendar of working days."""
    from sip.domain import worktime

    worktime.office_time()
    worktime.discharge_time()


@dataclass(slots=True)
class Reached:
    """What the tests call, by test: functions as (file of the domain, name). `remembered` are those called on behalf of
    a cache, which a test may need though another filled it; `took` is each test's processor time in seconds."""

    by: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    remembered: set[tuple[str, str]] = field(default_factory=set)
    took: dict[str, float] = field(default_factory=dict)

    def may_notice(self, mutant: Mutant, item: pytest.Item) -> bool:
        changed = (mutant.file.stem, mutant.function or "")
        return changed in self.remembered or changed in self.by[item.nodeid]


def _reached(session: pytest.Session) -> Reached:
    """Runs the tests as they are, in a fork. Raises UsageError when one fails."""
    read, write = os.pipe()

    def run() -> int:
        noted = _Noting()
        for n, item in enumerate(session.items):
            began = time.process_time()
            noted.begin()
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=_after(session.items, n))
            noted.end(item.nodeid, time.process_time() - began)
            if session.testsfailed:
                return KILLED
        with os.fdopen(write, "wb") as out:
            pickle.dump(noted.reached, out)
        return SURVIVED

    child = _fork(run, aloud=True)
    os.close(write)
    with os.fdopen(read, "rb") as came:
        told = came.read()
    if _wait(child) != SURVIVED:
        raise pytest.UsageError("The tests fail as they are: first mend them.")
    reached = pickle.loads(told)  # written by the fork of ourselves above
    assert isinstance(reached, Reached)
    return reached


class _Noting:
    """Writes down which functions of the domain are called."""

    def __init__(self) -> None:
        self.reached = Reached()
        self._found: set[tuple[str, str]] = set()
        self._names: dict[CodeType, tuple[str, str] | None] = {}
        self._caches = {
            value.__wrapped__.__code__
            for name, module in list(sys.modules.items()) if name.startswith("sip.domain.")
            for value in vars(module).values() if hasattr(value, "cache_clear")
        }  # fmt: skip
        self._within = 0

    def begin(self) -> None:
        self._found = set()
        sys.setprofile(self._see)

    def end(self, test: str, took: float) -> None:
        sys.setprofile(None)
        self.reached.by[test], self.reached.took[test] = self._found, took

    def _see(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call":
            name = self._names[code] if code in self._names else self._names.setdefault(code, _name(code))
            if name is None:
                return
            self._found.add(name)
            self._within += code in self._caches
            if self._within:
                self.reached.remembered.add(name)
        elif event == "return" and code in self._caches:
            self._within -= 1


def _name(code: CodeType) -> tuple[str, str] | None:
    """The function whose code this is, None for code of anybody else, and for what a function has made: where a table
    holds that, the function was called when the table was, and is tried anew with it."""
    file = Path(code.co_filename)
    return (file.stem, code.co_qualname) if file.parent == SOURCES and "<locals>" not in code.co_qualname else None


def _fork(run: Callable[[], int], *, aloud: bool = False) -> int:
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    if not aloud:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    code = KILLED
    try:
        code = run()
    finally:
        os._exit(code)


def _wait(child: int) -> int:
    return os.waitpid(child, 0)[1]


def _try(session: pytest.Session, mutant: Mutant, reached: Reached) -> int:
    items = [item for item in session.items if reached.may_notice(mutant, item)]
    if mutant.function is None or not items:  # what no test calls may be called where a table is made
        return _anew(mutant, [item.nodeid.partition("::")[0] for item in session.items])
    _replace_code(sys.modules[_module(mutant)], mutant)
    return _run(session, sorted(items, key=lambda item: reached.took[item.nodeid]))


def _is_long(item: pytest.Item) -> bool:
    """A meeting played at random takes its time: first the plays that know what they are after."""
    return "test_properties" in item.nodeid


def _run(session: pytest.Session, items: Sequence[pytest.Item]) -> int:
    for n, item in enumerate(items):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=_after(items, n))
        if session.testsfailed:
            print(item.nodeid, flush=True)
            return KILLED
    return SURVIVED


def _after(items: Sequence[pytest.Item], n: int) -> pytest.Item | None:
    return items[n + 1] if n + 1 < len(items) else None


def _module(mutant: Mutant) -> str:
    return f"sip.domain.{mutant.file.stem}"


def _replace_code(module: ModuleType, mutant: Mutant) -> None:
    """The function's other code, wherever it is held; what it has remembered of its own is forgotten."""
    assert mutant.function is not None
    made = compile(mutant.source(), str(mutant.file), "exec")
    _function(module, mutant.function).__code__ = _code(made, mutant.function)
    for value in vars(module).values():
        if hasattr(value, "cache_clear"):
            value.cache_clear()


def _code(code: CodeType, name: str) -> CodeType:
    for part in name.split("."):
        code = next(c for c in code.co_consts if isinstance(c, CodeType) and c.co_name == part)
    return code


def _function(module: ModuleType, name: str) -> Any:
    found: Any = module
    for part in name.split("."):
        found = vars(found)[part]
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, cached_property):
        found = found.func
    return getattr(found, "__wrapped__", found)


class _Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module, as it would be."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(self, fullname: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        if fullname != _module(self.mutant):
            return None
        return importlib.util.spec_from_file_location(fullname, str(self.mutant.file), loader=self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """As any module is made."""

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.mutant.source(), str(self.mutant.file), "exec"), vars(module))


def _anew(mutant: Mutant, tests: Sequence[str]) -> int:
    for name in list(sys.modules):
        if name.partition(".")[0] in ("sip", "tests"):
            del sys.modules[name]
    sys.meta_path.insert(0, _Mutated(mutant))

    class Steady:
        def pytest_configure(self) -> None:
            steady()

    files = [str(ROOT / file) for file in dict.fromkeys(tests)]
    return KILLED if pytest.main([*OPTIONS, *files], plugins=[Steady()]) else SURVIVED
