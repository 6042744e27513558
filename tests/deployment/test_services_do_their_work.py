"""Worker and beat of the compose file live, and what they record is true."""

import socket
from typing import Any
from urllib.parse import unquote

import httpx
import psycopg
import pytest

from tests.deployment.compose_file import compose
from tests.deployment.installation import Installation
from tests.deployment.mcp_requests import HOST, tool_call
from tests.fixtures.waiting import until
from tests.repository import run

pytestmark = pytest.mark.processes


def query(installation: Installation, statement: str) -> list[tuple[Any, ...]]:
    """Ask the database past every policy."""
    host = unquote(installation.database)
    with psycopg.connect(host=host, user="postgres", dbname="atrium") as connection:
        return connection.execute(statement).fetchall()  # type: ignore[arg-type]


def parts(installation: Installation) -> dict[str, bool]:
    """What /health says of each part of the installation."""
    token = {"Authorization": f"Bearer {installation.secret('metrics_token')}", **HOST}
    answer = httpx.get(f"http://127.0.0.1:{installation.ports['web']}/health", headers=token)
    return {part["name"]: part["ok"] for part in answer.json()["parts"]}


def test_every_part_is_healthy(installation: Installation) -> None:
    until(lambda: all(parts(installation).values()), 30)
    assert set(parts(installation)) == {"database", "store", "worker", "tools", "beat"}


@pytest.mark.parametrize("name", ["worker", "tools"])
def test_the_health_check_of_the_worker_is_content(installation: Installation, name: str) -> None:
    _, check = compose()["services"][name]["healthcheck"]["test"]
    environment = installation.environment(name)
    answer = run("sh", "-c", check.replace("$$", "$"), HOSTNAME=socket.gethostname(), **environment)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "pong" in answer.stdout


def test_the_audit_has_the_address_that_nginx_saw(installation: Installation) -> None:
    forged = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7", "User-Agent": "forger"}
    with httpx.Client(transport=httpx.HTTPTransport(local_address="127.0.0.9")) as elsewhere:
        answer = elsewhere.request(**tool_call(installation, "slugify", {"text": "x"}, headers=forged))
    assert answer.status_code == 200

    recorded = "SELECT DISTINCT host(address::inet) FROM tenants_call WHERE user_agent = 'forger'"
    until(lambda: bool(query(installation, recorded)), 15)
    assert query(installation, recorded) == [("127.0.0.9",)]


def test_the_application_owns_nothing_and_bypasses_nothing(installation: Installation) -> None:
    owners = query(installation, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert owners == [("atrium_owner",)]
    mighty = "SELECT rolname FROM pg_roles WHERE rolname LIKE 'atrium%' AND (rolsuper OR rolbypassrls OR rolcreaterole)"
    assert query(installation, mighty) == []
    checked = installation.run("web", "python", "manage.py", "check", "--database", "default", "--tag", "database")
    assert "no issues" in checked
