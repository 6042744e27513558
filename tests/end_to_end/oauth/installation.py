"""An installation that clients come to by OAuth: web and runtime twice over, behind a proxy without affinity, and a
worker for jobs."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import httpx
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from control_plane.supervisor.programs import Programs
from mcp_runtime.toolkits.registry import ToolkitRegistry
from tenants.models import AccessToken, ApiKey, Connection, Server
from tenants.publishing.changes import credentials_changed
from tenants.scope import platform_scope
from tenants.services.servers import server_create
from tenants.services.users import user_password_set
from tests.end_to_end.oauth.browser import Browser
from tests.end_to_end.oauth.workshop import toolkit
from tests.fixtures.cast import Cast, Person, cast_build
from tests.fixtures.database import database_copied
from tests.fixtures.made_once import passwords_as_served
from tests.fixtures.process import Process, answers, free_port
from tests.fixtures.waiting import until
from tests.mcp_runtime.serving import modern_request
from tests.repository import PYTHON_PATH

CATALOGUE: Final = ToolkitRegistry([*ToolkitRegistry.discover().toolkits, toolkit])
PASSWORD: Final = "a-long-walk-in-the-rain"
START_SECONDS: Final = 180.0
BOUND_SECONDS: Final = 5.0
"""After which everybody knows of everything that has changed."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What is served. Each request goes to another of two processes than the one before; `replicas` are their ports."""

    base_url: str
    cast: Cast
    environment: dict[str, str]
    directory: Path
    replicas: tuple[int, int]

    def url(self, server: str, tenant: str = "acme") -> str:
        """Where clients connect to."""
        return f"{self.base_url}/mcp/{tenant}/{server}"

    def browser_of(self, person: Person | None, base_url: str | None = None) -> Browser:
        """A browser in which the person is signed in; None for one in which nobody is."""
        if person is None:
            return Browser(self.base_url)
        signed_in = Client()
        signed_in.force_login(person.user)
        name = settings.SESSION_COOKIE_NAME
        return Browser(base_url or self.base_url, {name: signed_in.cookies[name].value})

    def new_server(self, slug: str) -> Server:
        """Another server of acme, with the workshop's tools."""
        acme = self.cast.acme.tenant
        return server_create(tenant=acme, actor=self.cast.ada.actor, slug=slug, name=slug, toolkits=["workshop"])

    def connection_of(self, client_id: str) -> Connection:
        """The one that a client has."""
        with platform_scope("test"):
            return Connection.objects.get(client_id=client_id, revoked_at=None)

    def expire(self, access_token: str) -> None:
        """Let the quarter of an hour of a token for the workshop pass, everywhere."""
        with platform_scope("test"):
            tokens = AccessToken.objects.filter(token_checksum=sha256(access_token.encode()).hexdigest())
            assert tokens.update(expires=timezone.now()) == 1
            credentials_changed(api_keys=ApiKey.objects.none(), access_tokens=tokens)
        ping = modern_request("ping", access_token)
        for port in self.replicas:
            url = f"http://127.0.0.1:{port}/mcp/acme/workshop"
            until(lambda url=url: httpx.post(url, **ping).status_code == 401, BOUND_SECONDS)

    @contextmanager
    def beside(self, **settings_: str) -> Iterator[str]:
        """The same database and store, served on another port under other settings; its base URL."""
        port = free_port()
        environment = {**self.environment, "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}", **settings_}
        with _served(port, self.directory / f"beside-{port}.log", environment) as process:
            _wait(process, port)
            yield environment["PUBLIC_URL"]


@contextmanager
def running(directory: Path, store_url: str) -> Iterator[Installation]:
    """Start one, with the cast in its database, which is this process's database until the end of the block.

    Acme has a second server, `workshop`; ada has a password.
    """
    ports, port = (free_port(), free_port()), free_port()
    base_url, database = f"http://127.0.0.1:{port}", directory / "atrium.sqlite3"
    environment = {
        "ATRIUM_DATA_DIR": str(directory),
        "PUBLIC_URL": base_url,
        "DATABASE_URL": f"sqlite:///{database}",
        "REDIS_URL": store_url,
        "SECRET_KEY": settings.SECRET_KEY,
        "TRUSTED_PROXIES": "127.0.0.1",
        "PYTHONPATH": f"{PYTHON_PATH}:{_installed(directory / 'site')}",
    }
    ours = {"REDIS_URL": store_url, "PUBLIC_URL": base_url, "EMBEDDED": True, "TOOL_CATALOGUE": f"{__name__}.CATALOGUE"}
    with database_copied(database), override_settings(**ours), ExitStack() as stack:
        cast = cast_build()
        with passwords_as_served():
            user_password_set(user=cast.ada.user, password=PASSWORD)
        replicas = [
            stack.enter_context(_served(each, directory / f"{each}.log", {**environment, "PORT": str(each)}))
            for each in ports
        ]
        stack.enter_context(_proxy(port, ports, directory / "proxy.log"))
        stack.enter_context(_worker(directory, environment))
        installation = Installation(base_url, cast, environment, directory, ports)
        installation.new_server("workshop")
        for replica, each in zip(replicas, ports, strict=True):
            _wait(replica, each)
        yield installation


def _served(port: int, log: Path, environment: dict[str, str]) -> Process:
    command = (sys.executable, "-m", "tests.end_to_end.oauth.served", "embedded", "--port", str(port), "--with-parent")
    return Process(command, log, environment)


def _worker(directory: Path, environment: dict[str, str]) -> Process:
    program = Programs(directory, environment).tools()
    return Process(program.command, directory / "tools.log", program.environment)


def _wait(process: Process, port: int) -> None:
    process.wait_until(lambda: answers(f"http://127.0.0.1:{port}/livez"), START_SECONDS)


def _proxy(port: int, replicas: tuple[int, int], log: Path) -> Process:
    targets = [option for replica in replicas for option in ("--replica", f"127.0.0.1:{replica}")]
    return Process((sys.executable, "-m", "tests.conformance.rotating_proxy", "--listen", str(port), *targets), log)


def _installed(site: Path) -> Path:
    """What pip leaves behind of a package with the workshop's toolkit; its module is on the path already."""
    metadata = site / "atrium_workshop-1.0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: atrium-workshop\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[atrium.toolkits]\nworkshop = tests.end_to_end.oauth.workshop:toolkit\n"
    )
    return site
