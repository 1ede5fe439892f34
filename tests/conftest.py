"""What tests share: a throw-away PostgreSQL of the run's own, an empty database for each test, and a browser.

Each worker of pytest-xdist has a cluster of its own, so the number of workers changes nothing.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from sip.embedded.server import ServerHandle, start_or_join
from tests.emptied import Emptied
from tests.missing import missing

if TYPE_CHECKING:
    from tests.web.scene import Scene

_TEMPLATE = "sip_template"

if sys.dont_write_bytecode:
    # Many processes start here, and each would compile the same libraries anew: four seconds. What the first compiles
    # the next uses, out of everybody's way.
    sys.dont_write_bytecode, sys.pycache_prefix = False, str(Path(__file__).parents[1] / ".pytest_cache" / "compiled")
    os.environ |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": sys.pycache_prefix}

# How long one example takes says more of the machine than of the code (no assertion on the wall clock).
settings.register_profile("sip", deadline=None)
settings.load_profile("sip")

SHUFFLED = ("tests/domain/", "tests/mail/", "tests/usecases/")
"""Where the tests run in another order each time; `-p randomly --randomly-seed=N` gives one of them again."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, None, None]:
    """Everywhere else the order is as written."""
    written = list(items)
    yield
    kept = set(items)
    items[:] = [
        *(item for item in items if item.nodeid.startswith(SHUFFLED)),
        *(item for item in written if item in kept and not item.nodeid.startswith(SHUFFLED)),
    ]


@pytest.fixture(scope="session")
def cluster() -> Iterator[ServerHandle]:
    """A PostgreSQL server with the roles of an installation and no database yet; gone when the run ends."""
    # Not pytest's own temporary folder: it is closed to other users, and root runs the server as another one.
    folder = Path(tempfile.mkdtemp(prefix="sip-tests-"))
    folder.chmod(0o711)
    pg_bin = os.environ.get("SIP_PG_BIN")
    server = start_or_join(folder / "data", pg_bin=Path(pg_bin) if pg_bin else None, throw_away=True)
    yield server
    server.destroy()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def template_database(cluster: ServerHandle) -> str:
    """The name of a database built by the migrations, which nobody is connected to."""
    from sip.store.migrate import upgrade  # here, so that tests that need no database need no migrations either

    cluster.ensure_database(_TEMPLATE)
    upgrade(cluster.owner_url(_TEMPLATE))
    return _TEMPLATE


@pytest.fixture(scope="session")
def _emptied(cluster: ServerHandle, template_database: str) -> Iterator[Emptied]:
    kept = Emptied(cluster, "sip_test", template_database)
    yield kept
    kept.close()


@pytest.fixture
def database(_emptied: Emptied) -> str:
    """The name of a migrated, empty database, which this test has to itself."""
    return _emptied.empty()


@pytest.fixture
def database_url(cluster: ServerHandle, database: str) -> str:
    """The address of this test's database as the service connects to it: as a role that owns nothing."""
    return cluster.url(database)


@pytest.fixture
def database_owner_url(cluster: ServerHandle, database: str) -> str:
    """The address of the same database as the owner of its tables."""
    return cluster.owner_url(database)


@pytest.fixture(scope="session")
async def scene(cluster: ServerHandle, template_database: str) -> AsyncIterator["Scene"]:
    """Shared by all tests that only look at pages, with a browser or without: a test that uses it changes nothing."""
    from tests.web.scene import on_scene  # here, so that tests that need no service load none

    cluster.create_database_from_template("sip_scene", template_database)
    async with on_scene(cluster.url("sip_scene")) as made:
        yield made
    cluster.drop_database("sip_scene")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser. Where there is none the test is skipped with a reason; in CI that is a failure."""
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    if not found:
        missing("no Chromium on this machine; on Debian, `apt-get install chromium` installs it")
    return found[0]
