"""`python -m control_plane.serve web|runtime|embedded`: an ASGI application under uvicorn, as it is meant to run.

uvloop and httptools, no access log, no Server header. SIGTERM drains, see `control_plane.draining`.
"""

import argparse
import gc
import os
import signal
import socket
import sys
from importlib import import_module
from typing import Final

import uvicorn

from control_plane import environment
from control_plane.draining import CLOSE_SECONDS, DrainingServer
from control_plane.environment import ConfigurationError
from control_plane.supervisor.listening import BACKLOG, LOOPBACK, listen
from control_plane.supervisor.voice import complain
from mcp_runtime.edge.connection import BoundedProtocol, give_up_on_the_lost
from mcp_runtime.lifeline import end_with_parent

MODULES: Final = {
    "web": "control_plane.asgi",
    "runtime": "control_plane.runtime_asgi",
    "embedded": "control_plane.embedded_asgi",
}

KEEP_ALIVE_SECONDS: Final = 75
"""Longer than nginx keeps its own connections, so that nginx is the one that closes."""


def arguments() -> argparse.Namespace:
    """What to serve, and where."""
    parser = argparse.ArgumentParser(prog="control_plane.serve", description=__doc__)
    parser.add_argument("kind", choices=MODULES)
    parser.add_argument("--host", default=LOOPBACK)
    parser.add_argument("--port", type=int, default=environment.port())
    parser.add_argument("--descriptor", type=int, help="serve on this inherited socket instead")
    parser.add_argument("--with-parent", action="store_true", help="stop when the process that started this one ends")
    return parser.parse_args()


def serve(kind: str, listener: socket.socket) -> None:
    """Serve until a signal has been obeyed. Raises ConfigurationError from the settings."""
    application = import_module(MODULES[kind]).application
    config = uvicorn.Config(
        application,
        loop="uvloop",
        http=BoundedProtocol,
        ws="none",
        interface="asgi3",
        lifespan="off" if kind == "web" else "on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=CLOSE_SECONDS,
    )
    _collect_rarely()
    if listener.family != socket.AF_UNIX:
        give_up_on_the_lost(listener)
    DrainingServer(config, application).run(sockets=[listener])


def _collect_rarely() -> None:
    """What start-up made stays: it is not looked at again. Requests make few cycles, so collections may be rare."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 50)


def _require_stores(kind: str) -> None:
    if kind == "runtime" and not environment.runtime_document() and not environment.text("REDIS_URL", ""):
        raise ConfigurationError(
            f"Nothing was ever started with the data directory {environment.data_dir()}: `make run` first,"
            " or set DATABASE_URL and REDIS_URL."
        )


def main() -> int:
    """Exit status: 0 after an orderly end, 2 when something must be configured first."""
    gc.disable()  # what is loaded stays; to look through it meanwhile, again and again, takes an eighth of the start
    # uvicorn raises the signal again when it has obeyed it; that ends the process in order, as it does while starting.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "control_plane.settings")
    try:
        options = arguments()
        if options.with_parent:
            end_with_parent(signal.SIGTERM)
        _require_stores(options.kind)
        if options.descriptor is not None:
            serve(options.kind, socket.socket(fileno=options.descriptor))
        else:
            serve(options.kind, listen(options.port, host=options.host, advice="choose another with PORT=…"))
    except ConfigurationError as error:
        complain(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
