"""The rules of the house, read from the source tree: what imports what, how long things are, what no file may say.

A limit is data at the head of this file, and an exception to it carries its reason. An exception that is no longer
needed is a failure too, so that the lists only shrink.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "sip"

MOST_LINES_IN_FILE = 400
LONGER_FILES: dict[str, str] = {}
MOST_LINES_IN_FUNCTION = 60
LONGER_FUNCTIONS: dict[str, str] = {}

# Functions the framework calls for somebody outside, by their decorators.
ENTRANCES = {"command", "get", "post", "put", "patch", "delete"}

# The one place that reads a clock for rules (house, law 1).
CLOCK_READERS = {"src/sip/ground.py": "what the composition root stands on hands the time to everyone else"}
CLOCK_CALLS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}

# Who opens a transaction is a use case: it says who acts, and in the access log what was read (usecases/recorded.py).
OPENS_ITS_OWN = {
    "src/sip/edges/checkup.py": "`sip check` looks at the server, its tables and counts, before it can be served from",
    "src/sip/usecases/reading/directory.py": "a program's look at a row of the directory is not recorded",
    "src/sip/usecases/reading/catalogue.py": "as of a row, so of a page of them, for record systems",
    "src/sip/usecases/reading/calendars.py": "a calendar asks every hour: its fetching is recorded once a day",
}
ACCESS_LOG_WRITER = "src/sip/usecases/recorded.py"

# The domain computes; it neither waits, nor speaks, nor draws lots, nor reads files.
DOMAIN_MAY_IMPORT = {"sip", "holidays"}
DOMAIN_MAY_NOT_IMPORT = {
    *("asyncio", "concurrent", "http", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets"),
    *("selectors", "shutil", "signal", "smtplib", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading"),
    *("time", "urllib"),
}

# Put together from pieces, so that this file does not say what it forbids.
NOWHERE = {
    "a package index or its options": "|".join(
        [
            r"py" + r"pi\.org",
            r"python" + r"hosted\.org",
            r"registry\.np" + r"mjs",
            r"deb\." + r"debian\.org",
            r"--(extra-)?ind" + r"ex-url",
            r"--find" + r"-links",
        ]
    ),
    "a download address": r"https?://[^\s\"'<>]+\.(whl|tar\.gz|tgz|zip|deb|tar\.xz)\b",
    "a content network": "|".join([r"uns?pkg" + r"\.com", r"jsdel" + r"ivr\.net", r"cdn" + r"js\.cloudflare"]),
    "a path of somebody's machine": "|".join(
        [r"/wo" + r"rk/(main|steering|shared|\.library)", r"/ro" + r"ot/\.", r"bash" + r"_jobs", r"/Us" + r"ers/[a-z]"]
    ),
}
# Made elsewhere and carried unchanged: path prefix -> why a finding in it is none.
CARRIED: dict[str, str] = {
    "src/sip/edges/web/static/swagger/": "the program behind the API pages, as its makers built it",
    "src/sip/edges/web/static/vendor/": "styles and scripts as their makers built them",
}

PATH_SUFFIXES = (
    *(".css", ".csv", ".eml", ".html", ".ics", ".j2", ".js", ".lock"),
    *(".md", ".py", ".sh", ".sql", ".toml", ".txt", ".yaml", ".yml"),
)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that is or would be committed; without git (an unpacked archive), every file but the tools' own."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        paths = [path for path in ROOT.rglob("*") if not any(part in (".venv", "__pycache__") for part in path.parts)]
    return tuple(path for path in paths if path.is_file())


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def source_files(under: Path = SOURCE) -> list[Path]:
    return [path for path in tracked() if path.suffix == ".py" and under in path.parents]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def test_floors_are_entered_downwards_only() -> None:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_edges_open_no_transaction_and_reading_is_recorded() -> None:
    found = {
        name(path)
        for folder in (SOURCE / "edges", SOURCE / "usecases" / "reading")
        for path in source_files(folder)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("transaction", "snapshot")
    }
    assert found == OPENS_ITS_OWN.keys()


def test_the_access_log_is_written_in_one_place() -> None:
    """Besides, whoever writes its rows by SQL names the table in an insert."""
    found = set()
    for path in source_files():
        for node in ast.walk(tree(path)):
            named = []
            if isinstance(node, ast.ImportFrom) and node.module == "sip.store.seen":
                named = [alias.name for alias in node.names]
            sql = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if "access_log" in named or re.search(r"insert\s+into\s+access_log\b", sql):
                found.add(name(path))
    assert found == {ACCESS_LOG_WRITER, "src/sip/store/seen/access_log.py"}


def test_the_domain_imports_only_what_computes() -> None:
    found = []
    for path in source_files(SOURCE / "domain"):
        for node in ast.walk(tree(path)):
            modules = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            for module in modules:
                top = module.partition(".")[0]
                ours = top != "sip" or module == "sip.domain" or module.startswith("sip.domain.")
                known = top in DOMAIN_MAY_IMPORT or top in sys.stdlib_module_names - DOMAIN_MAY_NOT_IMPORT
                if not (ours and known):
                    found.append(f"{name(path)} imports {module}")
    assert not found


def test_every_module_says_what_it_is() -> None:
    silent = [
        name(path)
        for folder in (SOURCE, ROOT / "tests", ROOT / "benchmarks", ROOT / "migrations")
        for path in source_files(folder)
        if not ast.get_docstring(tree(path)) and path.read_text(encoding="utf-8").strip()
    ]
    assert not silent, "a head docstring tells the law of the file"


def test_files_stay_short() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in source_files()}
    too_long = {path: lines for path, lines in lengths.items() if lines > MOST_LINES_IN_FILE}
    assert too_long.keys() == LONGER_FILES.keys(), f"split by noun, or give a reason: {too_long}"


def test_no_class_name_stands_twice() -> None:
    """House, law 4. A namesake makes a reader, and a search, find the wrong one."""
    places: dict[str, list[str]] = {}
    for path in source_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(f"{name(path)}:{node.lineno}")
    assert not {one: where for one, where in places.items() if len(where) > 1}, "one word, one thing: rename"


def functions() -> Iterator[tuple[str, int]]:
    for path in source_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{name(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_stay_short() -> None:
    too_long = {where: lines for where, lines in functions() if lines > MOST_LINES_IN_FUNCTION}
    assert too_long.keys() == LONGER_FUNCTIONS.keys(), f"split by noun, or give a reason: {too_long}"


def raising() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Public functions that raise by themselves; not those of the simulation, which nothing calls."""
    for path in source_files():
        if SOURCE / "demo" in path.parents:
            continue
        for where, function in public(tree(path).body, name(path) + ":"):
            said = [node for node in within(function) if isinstance(node, ast.Raise) and node.exc is not None]
            if said and not is_entrance(function):
                yield where, function


def public(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield prefix + node.name, node


def within(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """What stands in a function and not in another inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            yield node
            waiting += ast.iter_child_nodes(node)


def is_entrance(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """A command or a route: its docstring is what its caller is shown, and its errors are answers."""
    named = [ast.unparse(one).partition("(")[0].rpartition(".")[2] for one in function.decorator_list]
    return bool(ENTRANCES.intersection(named))


def test_public_functions_say_what_they_raise() -> None:
    silent = {where for where, function in raising() if "aise" not in (ast.get_docstring(function) or "")}
    assert not silent, "say in the docstring what is raised, and when"


def test_only_the_composition_root_reads_a_clock() -> None:
    readers = set()
    for path in source_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Attribute):
                owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
                if (owner, node.attr) in CLOCK_CALLS:
                    readers.add(name(path))
    assert readers <= CLOCK_READERS.keys(), "`now` is a parameter; only ground.py reads a clock"


def test_nothing_is_silenced_without_a_reason() -> None:
    mark = re.compile(r"#\s*(?:type:\s*ignore(?:\[[\w\-, ]*\])?|noqa(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*)?)(.*)$")
    silenced = []
    for path in tracked():
        if path.suffix == ".py" and path != Path(__file__):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                found = mark.search(line)
                if found and len(found[1].strip(" #-:")) < 10:
                    silenced.append(f"{name(path)}:{number}: {line.strip()}")
    assert not silenced, "say why on the same line"


@pytest.mark.parametrize("what", NOWHERE)
def test_no_file_names(what: str) -> None:
    pattern = re.compile(NOWHERE[what])
    found = []
    for path in tracked():
        if any(name(path).startswith(prefix) for prefix in CARRIED):
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{name(path)}: {match[0]}" for match in pattern.finditer(text)]
    assert not found


def pages() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


def mentioned_paths(page: Path) -> Iterator[str]:
    """The relative paths that a page names, in `backticks` and as links; not addresses, commands or media types."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for quoted in re.findall(r"`([^`\s]+)`", text):
        told = quoted.rstrip("/")
        if (
            told.startswith(("/", "~", "$", "http:", "https:", "-", ".venv"))
            or "*" in told
            or "<" in told
            or "{" in told
        ):
            continue
        top = told.partition("/")[0]
        if told.endswith(PATH_SUFFIXES) or ("/" in told and (ROOT / top).exists()):
            yield told
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        told = link.partition("#")[0]
        if told and "://" not in told and not told.startswith("mailto:"):
            yield told


def test_every_path_a_page_names_exists() -> None:
    missing = []
    for page in pages():
        for told in mentioned_paths(page):
            path = told.partition("::")[0]
            if not any((base / path).exists() for base in (page.parent, ROOT, SOURCE)):
                missing.append(f"{name(page)} names {told}")
    assert not missing
