"""The port that everything answers on. The supervisor holds the socket and hands it to the web process, so a restart of
that process refuses nobody: connections wait in the queue of the socket."""

import socket
from typing import Final

from control_plane.environment import ConfigurationError

LOOPBACK: Final = "127.0.0.1"
BACKLOG: Final = 2048


def listen(port: int, *, host: str = LOOPBACK, advice: str) -> socket.socket:
    """A listening socket; raises ConfigurationError with the port and the advice where it is taken or forbidden."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigurationError(f"Port {port} can't be used ({error.strerror}); {advice}") from error
    return listener


def free_port(preferred: int | None = None) -> int:
    """A port of the loopback address that nobody listens on: the preferred one if it is free."""
    for port in (preferred or 0, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise ConfigurationError("No port is free on 127.0.0.1.")
