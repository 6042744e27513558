"""What docker-compose.yml describes, as processes of this machine, with the file's own commands and environments.

Only addresses and folders differ. The public URL is one of production, so nothing meant for development is there.
"""

import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from tests.deployment import compose_file
from tests.deployment.edge import PUBLIC_URL
from tests.repository import BINARIES, PYTHON_PATH, ROOT, read, run

ELSEWHERE: Final = re.compile(r"/run/secrets|0\.0\.0\.0|/data(?= )|/tmp/|\b(?:6379|8000)\b")


@dataclass
class Installation:
    """A running installation. `demo` is what `manage.py seed_demo --json` printed."""

    folder: Path
    database: str = ""
    store_port: int = 0
    edge_url: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    demo: dict[str, Any] = field(default_factory=dict)

    def secret(self, name: str) -> str:
        """What a container finds in /run/secrets."""
        return (self.folder / "secrets" / name).read_text()

    def path(self, server: str) -> str:
        """The path of an MCP endpoint of the demo tenant."""
        return urlsplit(self.demo["servers"][server]["url"]).path

    def key(self, server: str) -> str:
        """A key that may call every tool of the server."""
        return str(self.demo["servers"][server]["api_key"])

    def here(self, text: str, port: int = 8000) -> str:
        """A text of the repository with the addresses and folders of a container replaced, its port by `port`."""
        replacements = {
            "/run/secrets": f"{self.folder}/secrets",
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - what it is replaced by is the point
            "/data": f"{self.folder}/store",
            "/tmp/": f"{self.folder}/",
            "6379": str(self.store_port),
            "8000": str(port),
        }
        return ELSEWHERE.sub(lambda match: replacements[match[0]], text)

    def environment(self, service: str, port: int = 8000, **changes: str) -> dict[str, str]:
        """A service's environment."""
        changes = {"TRUSTED_PROXIES": "127.0.0.1/32", **changes}
        declared = compose_file.environment(service, given={"PUBLIC_URL": PUBLIC_URL}, changes=changes)
        path = f"{self.folder}/bin:{BINARIES}:{os.environ['PATH']}"
        image = {"PATH": path, "PYTHONPATH": PYTHON_PATH, "ATRIUM_DATA_DIR": str(self.folder / "image")}
        return {**{name: self.here(value, port) for name, value in declared.items()}, **image}

    def command(self, service: str, port: int = 8000) -> tuple[str, ...]:
        """A service's command."""
        return tuple(self.here(part.replace("$$", "$"), port) for part in compose_file.command(service))

    def is_healthy(self, service: str, port: int) -> bool:
        """Whether the health check of the image is content with the process on the port."""
        check = re.search(r"HEALTHCHECK.*CMD (\[.*\])", read("Dockerfile").replace("\\\n", " "))
        assert check
        command = [self.here(part, port) for part in json.loads(check[1])]
        return run(*command, **self.environment(service, port)).returncode == 0

    def make_secrets(self) -> None:
        """The secrets, by the script that makes them, with the addresses of this machine."""
        made = run("sh", str(ROOT / "deploy/make_secrets.sh"), str(self.folder / "secrets"))
        assert made.returncode == 0, made.stderr
        for name in ("database_url", "migration_database_url", "redis_url"):
            url = self.secret(name).replace("@database:5432/", f"@{self.database}/")
            (self.folder / "secrets" / name).write_text(url.replace("@store:6379", f"@127.0.0.1:{self.store_port}"))

    def metric(self, name: str) -> list[float]:
        """What each runtime says of itself, the samples of one metric added up."""
        token = {"Authorization": f"Bearer {self.secret('metrics_token')}"}
        pages = [httpx.get(f"http://127.0.0.1:{port}/metrics", headers=token) for port in self.runtime_ports]
        assert [page.status_code for page in pages] == [200] * len(pages)
        form = re.compile(rf"^{name}(?:{{.*}})? (\S+)$", re.MULTILINE)
        return [sum(map(float, form.findall(page.text))) for page in pages]

    @property
    def runtime_ports(self) -> list[int]:
        """The ports of both replicas."""
        return [port for name, port in self.ports.items() if name.startswith("runtime")]

    def run(self, service: str, *arguments: str, **changes: str) -> str:
        """Run a one-shot command in the environment of a service; what it printed. Fails where it fails."""
        finished = run(*arguments, **self.environment(service, **changes))
        assert finished.returncode == 0, finished.stdout + finished.stderr
        return finished.stdout
