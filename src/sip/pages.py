"""The pages and the API of a process, listening: what a worker and a receiver never load."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from sip.edges.api.router import api
from sip.edges.services import Services
from sip.edges.web.app import create
from sip.ground import StartError
from sip.loading import loading
from sip.settings import Listen

GRACE_SECONDS = 3


class _Uvicorn(uvicorn.Server):
    """uvicorn without signal handlers of its own: the process has one."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def open_pages(services: Services, stack: contextlib.AsyncExitStack, stop: asyncio.Event) -> Listen:
    """Listens until the stack is closed; gives where. Raises StartError when it cannot."""
    settings = services.settings
    with loading():
        application = create(services, api(settings.is_production))
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_SECONDS,
        proxy_headers=True,
        forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
        server_header=False,
    )
    bound = _bind(settings.http_listen)
    server = _Uvicorn(config)
    listening = asyncio.create_task(application.live.listen())
    task = asyncio.create_task(server.serve(sockets=[bound]))

    async def close() -> None:
        stop.set()
        server.should_exit = True
        await task
        listening.cancel()
        await asyncio.wait([listening])

    stack.push_async_callback(close)
    while not server.started:
        if task.done():
            await task
            raise StartError("The pages could not be started; the lines above say why.")
        await asyncio.sleep(0.01)
    if settings.http_listen.path:
        return settings.http_listen
    return Listen(settings.http_listen.host, bound.getsockname()[1])


def _bind(listen: Listen) -> socket.socket:
    """A bound socket. Raises StartError when the address is in use or is not this machine's."""
    if listen.path:
        bound = socket.socket(socket.AF_UNIX)
    else:
        # Named as TCP, or asyncio does not turn Nagle's algorithm off: every response would wait 40 ms.
        family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        if listen.path:
            Path(listen.path).unlink(missing_ok=True)
        bound.bind(listen.path or (listen.host, listen.port))
    except OSError as error:
        bound.close()
        raise StartError(
            f"The pages cannot listen at {listen} ({error.strerror}); choose another SIP_HTTP_LISTEN."
        ) from error
    bound.listen(256)
    return bound
