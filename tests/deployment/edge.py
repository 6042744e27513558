"""A real nginx with the template of deploy/nginx, filled in as the entry point of nginx's image does it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.deployment import compose_file
from tests.repository import ROOT, read, run

TEMPLATE = "deploy/nginx/nginx.conf.template"


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def program(name: str) -> str:
    """Where a program of the system is, installed first where it can be; fails where it can't."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        finished = run(str(ROOT / "tests/setup/nginx.sh"))
        assert finished.returncode == 0, finished.stderr
        found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    assert found, name
    return found


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path, *, seconds: float = 30.0) -> None:
    """Until something listens on the port; fails with the log where the process ends or nothing listens in time."""
    deadline = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError(f"nothing listens on {port}:\n{log.read_text(errors='replace')}")


@contextmanager
def running(command: tuple[str, ...], port: int, log: Path, environment: dict[str, str]) -> Iterator[None]:
    """A process that listens on the port, until the end of the block."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env={**inherited, **environment}, stdout=output, stderr=output)
    try:
        wait_for_port(port, process, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def rendered(environment: dict[str, str]) -> str:
    """The template with every variable of the environment filled in, and nothing else touched."""
    names = " ".join(f"${{{name}}}" for name in environment)
    finished = subprocess.run(
        [program("envsubst"), names], input=read(TEMPLATE), env=environment, capture_output=True, text=True, check=True
    )
    return finished.stdout


@contextmanager
def edge(folder: Path, *, runtime_ports: list[int], web_port: int) -> Iterator[str]:
    """nginx in front of the ports, as compose's service `edge` runs it; its base URL."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    changes = {
        "NGINX_ENVSUBST_OUTPUT_DIR": str(folder),
        "EDGE_LISTEN": f"listen 127.0.0.1:{port};",
        "EDGE_RESOLVER": "",
        "RUNTIME_SERVERS": " ".join(f"server 127.0.0.1:{runtime} max_fails=3;" for runtime in runtime_ports),
        "WEB_SERVERS": f"server 127.0.0.1:{web_port};",
    }
    environment = compose_file.environment("edge", given={"EDGE_SCHEME": "http"}, changes=changes)
    (folder / "nginx.conf").write_text(rendered(environment))
    first, *arguments = (part.replace("/run/edge", str(folder)) for part in compose_file.command("edge"))
    # In its container nginx never is root. Where it is, its workers would become somebody who can't write here.
    arguments[-1] += " user root;" if os.geteuid() == 0 else ""
    with running((program(first), *arguments), port, folder / "edge.log", {}):
        yield f"http://127.0.0.1:{port}"
