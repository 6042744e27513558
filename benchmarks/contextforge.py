"""ContextForge as a gateway: installed from PyPI into a virtual environment of its own, with authentication, SQLite,
without its limits on rates and without anything optional."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from benchmarks.calls import Dialect
from benchmarks.targets import ROOT, START_SECONDS, Target, TargetFailed, free_port, serving, started

REQUIREMENT: Final = "mcp-contextforge-gateway==1.0.7"
FOLDER: Final = ROOT / ".cache" / "contextforge"
PYTHON: Final = FOLDER / "bin" / "python"
DIALECT: Final = Dialect(tool="bench-echo", version="2025-11-25")
"""The newest revision that it takes."""

ADMIN: Final = "admin@bench.test"
SIGNING: Final = "a key of this benchmark, for tokens of this benchmark"


def bring_contextforge() -> None:
    """Install it, where it is not yet. Raises TargetFailed."""
    if (FOLDER / "installed").exists():
        return
    for command in (
        [sys.executable, "-m", "venv", str(FOLDER)],
        [str(PYTHON), "-m", "pip", "install", "--quiet", REQUIREMENT],
    ):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise TargetFailed(f"{REQUIREMENT} can't be installed: {done.stderr[-1000:]}")
    (FOLDER / "installed").write_text(REQUIREMENT, encoding="ascii")


@contextmanager
def contextforge(upstream: Target, folder: Path) -> Iterator[Target]:
    """Running, with the upstream registered. Raises TargetFailed."""
    port, log = free_port(), folder / "contextforge.log"
    command = ["-m", "uvicorn", "mcpgateway.main:app", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--log-level", "error", "--no-access-log"]
    with started("ContextForge", command, log, _environment(folder), str(PYTHON)) as child:
        process = serving("ContextForge", child, port, log)
        _wait(port)
        token = _token(folder)
        gateway = {"name": "bench", "url": upstream.url, "transport": "STREAMABLEHTTP"}
        _ask(port, "POST", "/gateways", token, gateway)
        yield Target("ContextForge", f"http://127.0.0.1:{port}/mcp/", token, process, DIALECT)


def _environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": f"{FOLDER / 'bin'}:/usr/bin:/bin",
        "HOME": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'contextforge.sqlite3'}",
        "CACHE_TYPE": "memory",
        "JWT_SECRET_KEY": SIGNING,
        "AUTH_ENCRYPTION_SECRET": f"another {SIGNING}",
        "AUTH_REQUIRED": "true",
        "PLATFORM_ADMIN_EMAIL": ADMIN,
        "PLATFORM_ADMIN_PASSWORD": "Of-the-benchmark-1!",
        "BASIC_AUTH_PASSWORD": "Of-the-benchmark-2!",
        "DEFAULT_USER_PASSWORD": "Of-the-benchmark-3!",
        "MCPGATEWAY_UI_ENABLED": "false",
        "PLUGINS_ENABLED": "false",
        "SSRF_ALLOW_LOCALHOST": "true",
        "JSON_RESPONSE_ENABLED": "true",
        "USE_STATEFUL_SESSIONS": "false",
        "RATE_LIMITING_ENABLED": "false",
        "LOG_LEVEL": "ERROR",
    }


def _token(folder: Path) -> str:
    command = [str(PYTHON), "-m", "mcpgateway.utils.create_jwt_token", "--username", ADMIN, "--admin"]
    command += ["--exp", "10080", "--secret", SIGNING]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=_environment(folder), cwd=folder)
    if done.returncode:
        raise TargetFailed(f"ContextForge made no token: {done.stderr[-1000:]}")
    return done.stdout.strip().splitlines()[-1]


def _wait(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            _ask(port, "GET", "/health")
        except (OSError, TargetFailed):
            time.sleep(0.2)
        else:
            return
    raise TargetFailed("ContextForge does not say that it is well.")


def _ask(port: int, method: str, path: str, token: str = "", body: Any = None) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        said = answer.read()
    finally:
        connection.close()
    if answer.status >= http.client.BAD_REQUEST:
        raise TargetFailed(f"ContextForge answered {method} {path} with {answer.status}: {said[:500]!r}")
