"""What is written for those who run it holds: files parse, and every setting, command and path they name exists.

No container engine is asked: what can be checked without one is checked, down to loading the settings that each
container would be started with.
"""

import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import pytest
import yaml  # type: ignore[import-untyped]  # PyYAML carries no types

from sip.cli import sip as cli
from sip.settings import OTHER_VARIABLES, Settings, load_settings

ROOT = Path(__file__).parent.parent
DOCKER = ROOT / "docker"
UNITS = sorted((ROOT / "docs" / "systemd").glob("*.service"))
COMPOSE: Mapping[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
OURS = {name: service for name, service in COMPOSE["services"].items() if service["image"].startswith("sip:")}
TOLD = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
RUN = [path for path in sorted(DOCKER.rglob("*")) if path.is_file() and "secrets" not in path.parts]


def variables(path: Path) -> set[str]:
    """The SIP_ variables a file names, without the _FILE that any of them may carry."""
    found = set(re.findall(r"\bSIP_[A-Z][A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8")))
    return {name.removesuffix("_FILE") for name in found}


@pytest.mark.parametrize("path", [*RUN, *UNITS, *TOLD], ids=lambda path: path.name)
def test_every_variable_is_a_setting(path: Path) -> None:
    known = {f"SIP_{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES.keys()
    assert variables(path) <= known


# -- commands


def commands(path: Path) -> Iterator[list[str]]:
    """The `sip` command lines of a page: in code blocks, and in backticks."""
    text = path.read_text(encoding="utf-8")
    for block in re.findall(r"^```sh\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE):
        yield from (line.split("#")[0].split()[1:] for line in block.splitlines() if re.match(r"sip ", line))
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    yield from (words.split()[1:] for words in re.findall(r"`(sip [a-z][^`]*)`", prose))


def exists(words: list[str]) -> bool:
    """Whether these words name a command, with options that it has."""
    command: click.Command = cli
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            found = command.get_command(click.Context(command), word)
            if found is None:
                return False
            command = found
    options = {name for parameter in command.params for name in parameter.opts}
    return all(word in options for word in words if word.startswith("--"))


@pytest.mark.parametrize("path", TOLD, ids=lambda path: path.name)
def test_every_command_on_a_page_exists(path: Path) -> None:
    assert [words for words in commands(path) if not exists(re.sub(r"\|\w+", "", " ".join(words)).split())] == []


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_a_command_that_exists(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    starts = re.findall(r"^ExecStart=/opt/sip/bin/sip (.+)$", text, flags=re.MULTILINE)
    assert [words for words in starts if not exists(words.split())] == []
    assert len(starts) == 1
    for name, file in re.findall(r"^Environment=(SIP_\w+)_FILE=%d/(\w+)$", text, flags=re.MULTILINE):
        assert f"LoadCredential={file}:/etc/sip/secrets/{file}" in text, f"{name} names a secret that is not loaded"


def test_the_units_are_those_that_are_told_of() -> None:
    told = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    for unit in UNITS:
        assert unit.stem.rstrip("@") in told


# -- compose


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of docker/ in which the secrets have been made."""
    copy = tmp_path_factory.mktemp("compose") / "docker"
    shutil.copytree(DOCKER, copy, ignore=shutil.ignore_patterns("secrets", "sip.env"))
    subprocess.run(["sh", "prepare.sh"], cwd=copy, check=True, capture_output=True)
    return copy


def environment(service: Mapping[str, Any], folder: Path) -> dict[str, str]:
    """What the container would be started with, its secrets being files here."""
    lines = (folder / service["env_file"]).read_text(encoding="utf-8").splitlines()
    told = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    image = re.findall(r"\b(SIP_\w+)=(\S+)", (DOCKER / "Dockerfile").read_text(encoding="utf-8"))
    given = {name: str(value) for name, value in service["environment"].items()}
    return {
        **dict(image),
        **told,
        **{name: value.replace("/run/secrets", str(folder / "secrets")) for name, value in given.items()},
    }


def test_two_of_each_and_one_receiver() -> None:
    kinds = sorted(service["command"][0] for service in OURS.values())
    assert kinds == ["mail-in", "migrate", "watchdog", "web", "web", "worker", "worker"]
    assert all(exists(service["command"]) for service in OURS.values())


@pytest.mark.parametrize("name", OURS)
def test_each_container_is_started_with_settings_that_hold(name: str, prepared: Path) -> None:
    service = OURS[name]
    settings = load_settings(environment(service, prepared))
    assert settings.is_production
    assert settings.sqlalchemy_url is not None
    owner = service["command"] == ["migrate"]
    assert ("//sip_owner:" in (settings.sqlalchemy_owner_url or "")) == owner, "the owner's password is for migrations"
    own = {"mail-in": "sip_receiver", "worker": "sip_engine"}
    role = own.get(service["command"][0], "sip_app")
    assert f"//{role}:" in settings.sqlalchemy_url


def test_what_compose_names_is_there(prepared: Path) -> None:
    for name, secret in COMPOSE["secrets"].items():
        assert (prepared / secret["file"]).stat().st_size > 0, name
    for service in COMPOSE["services"].values():
        assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys()
        assert set(service["networks"]) <= COMPOSE["networks"].keys()
        assert set(service.get("depends_on", {})) <= COMPOSE["services"].keys()
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert source in COMPOSE["volumes"] or (DOCKER / source).is_file()
        wanted = {str(value).rpartition("/")[2] for value in service["environment"].values() if "/run/" in str(value)}
        assert wanted <= set(service["secrets"]), "a secret is named that the container does not get"


def test_secrets_are_made_once_and_are_nobody_elses(prepared: Path) -> None:
    key = prepared / "secrets" / "secret_key"
    before = key.read_text(encoding="utf-8")
    subprocess.run(["sh", "prepare.sh"], cwd=prepared, check=True, capture_output=True)
    assert key.read_text(encoding="utf-8") == before
    assert len(before) == 64
    assert (prepared / "secrets").stat().st_mode & 0o777 == 0o700
    passwords = {path.read_text(encoding="utf-8") for path in (prepared / "secrets").glob("*_password")}
    assert len(passwords) == 5


# -- the image


def test_the_image_is_made_of_files_that_exist() -> None:
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", text, flags=re.MULTILINE)
    assert copied
    ignored = (DOCKER / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for source in " ".join(copied).split():
        assert (ROOT / source).exists(), source
        assert f"!{source.rstrip('/')}" in ignored, f"{source} is not sent to the engine"
    for lock in re.findall(r"requirements/\w[\w.-]*\w", text):
        assert (ROOT / lock).exists(), lock
    stages = [line.split() for line in text.splitlines() if line.startswith("FROM ")]
    assert len(stages) == 2
    last = text.rsplit("FROM ", 1)[1]
    assert re.search(r"^USER (?!0\b|root\b)", last, flags=re.MULTILINE), "nobody runs as root"


def test_the_wheel_holds_everything_it_needs(tmp_path: Path) -> None:
    """The image has no checkout: what is read from the disk must have come with the wheel."""
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        inside = {name for name in wheel.namelist() if not name.endswith("/")}
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "src/sip", "migrations"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.split()  # fmt: skip
    needed = {name.removeprefix("src/") for name in listed if name.startswith("src/") and (ROOT / name).exists()}
    needed |= {f"sip/_{name}" for name in listed if name.startswith("migrations/") and (ROOT / name).exists()}
    assert needed - inside == set()
