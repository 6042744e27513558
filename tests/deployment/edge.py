"""A real nginx with the template of deploy/nginx, filled in as the entry point of nginx's image does it."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.deployment import compose_file
from tests.fixtures.process import Process, free_port
from tests.repository import ROOT, read, run

TEMPLATE: Final = "deploy/nginx/nginx.conf.template"
PUBLIC_URL: Final = "https://atrium.example"
START_SECONDS: Final = 20.0


def program(name: str) -> str:
    """Where a program of the system is, installed first where it can be; fails where it can't."""
    places = f"{os.environ['PATH']}:/usr/sbin"
    if shutil.which(name, path=places) is None:
        finished = run(str(ROOT / "tests/setup/nginx.sh"))
        assert finished.returncode == 0, finished.stderr
    found = shutil.which(name, path=places)
    assert found, name
    return found


def listens(port: int) -> bool:
    """True when something accepts connections on the port of the loopback address."""
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def rendered(environment: dict[str, str]) -> str:
    """The template with every variable of the environment filled in, and nothing else touched."""
    names = " ".join(f"${{{name}}}" for name in environment)
    finished = subprocess.run(
        [program("envsubst"), names], input=read(TEMPLATE), env=environment, capture_output=True, text=True, check=True
    )
    return finished.stdout


@contextmanager
def edge(folder: Path, *, runtime_ports: list[int], web_port: int, port: int = 0, **changes: str) -> Iterator[str]:
    """nginx in front of the ports, as compose's service `edge` runs it; its base URL.

    `changes` are variables of the service that shall have another value than docker-compose.yml gives them.
    """
    folder.mkdir(exist_ok=True)
    port = port or free_port()
    here = {
        "EDGE_LISTEN": f"listen 127.0.0.1:{port};",
        "EDGE_RESOLVER": "",
        "RUNTIME_SERVERS": " ".join(
            f"server 127.0.0.1:{runtime} max_fails=3 fail_timeout=2s;" for runtime in runtime_ports
        ),
        "WEB_SERVERS": f"server 127.0.0.1:{web_port} max_fails=3 fail_timeout=2s;",
        **changes,
    }
    environment = compose_file.environment("edge", given={"PUBLIC_URL": PUBLIC_URL}, changes=here)
    environment = {name: value.replace("/run/edge", str(folder)) for name, value in environment.items()}
    (folder / "nginx.conf").write_text(rendered(environment))
    first, *arguments = (part.replace("/run/edge", str(folder)) for part in compose_file.command("edge"))
    # In its container nginx never is root. Where it is, its workers would become somebody who can't write here.
    arguments[-1] += " user root;" if os.geteuid() == 0 else ""
    with Process((program(first), *arguments), folder / "edge.log") as nginx:
        nginx.wait_until(lambda: listens(port), START_SECONDS)
        yield f"http://127.0.0.1:{port}"
