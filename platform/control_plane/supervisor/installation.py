"""The data directory of an embedded installation: who holds it, its secrets, and where its parts are reached."""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Final

from control_plane.environment import ConfigurationError

NEEDED_BYTES: Final = 64 * 1024 * 1024
"""Free space below which nothing is started: a store that can't write its log corrupts nothing, but helps nobody."""


@contextlib.contextmanager
def held(directory: Path) -> Iterator[None]:
    """Make the directory, and hold it for this process until the end of the block (the kernel lets go on a crash).

    Raises ConfigurationError where it can't be written, its disk is full, or another supervisor holds it.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (directory / "lock").open("w")
    except OSError as error:
        raise _unusable(directory, error) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigurationError(_taken(directory)) from error
        _require_space(directory)
        yield


def _unusable(directory: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"The data directory {directory} can't be written ({error.strerror}); choose another with ATRIUM_DATA_DIR."
    )


def _taken(directory: Path) -> str:
    where = document_read(directory / "runtime.json").get("base_url", "another port")
    return f"Atrium already runs on {where} with the data directory {directory}; stop it first, or set ATRIUM_DATA_DIR."


def _require_space(directory: Path) -> None:
    """Free space is measured, and tried: a quota shows only when something is written."""
    free = shutil.disk_usage(directory).free
    trial = directory / "trial"
    try:
        trial.write_bytes(bytes(64 * 1024))
        trial.unlink()
    except OSError as error:
        raise _unusable(directory, error) from error
    if free < NEEDED_BYTES:
        raise ConfigurationError(
            f"The disk of {directory} is full ({free // 2**20} MiB left, {NEEDED_BYTES // 2**20} needed);"
            " make room, or choose another with ATRIUM_DATA_DIR."
        )


def secrets_ensure(directory: Path) -> dict[str, str]:
    """The installation's secrets, generated where they are missing; only the owner can read the file."""
    path = directory / "secrets.json"
    known = document_read(path)
    secrets = {"secret_key": token_urlsafe(50), "store_password": token_urlsafe(24), **known}
    if secrets != known:
        document_write(path, secrets)
    return secrets


def document_read(path: Path) -> dict[str, Any]:
    """A JSON document, empty where there is none. Raises ConfigurationError where it is not one."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} can't be read ({error}); remove it and start again.") from error


def document_write(path: Path, document: Mapping[str, object]) -> None:
    """Replace a JSON document in one step, readable by its owner only. Raises ConfigurationError on a full disk."""
    draft = path.with_suffix(".new")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
        draft.replace(path)
    except OSError as error:
        raise _unusable(path.parent, error) from error
