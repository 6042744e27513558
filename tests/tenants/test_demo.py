"""The demo: the same credentials every time, nothing in clear, on loopback only."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from mcp_runtime.contract.credentials import token_digest
from tenants.api_key_format import has_valid_checksum
from tenants.models import ApiKey, Grant, Membership, Server, ServerPrimitive, ServerTool, Tenant, User
from tenants.publishing.credentials import build_credential
from tenants.scope import platform_scope
from tenants.selectors.across_tenants import credential_by_digest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installed(settings: Any) -> None:
    settings.TOOL_CATALOGUE = "tests.fixtures.catalogue.DEMO"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def seed() -> dict[str, Any]:
    output = StringIO()
    call_command("seed_demo", json=True, stdout=output)
    document: dict[str, Any] = json.loads(output.getvalue())
    return document


def counts() -> dict[str, int]:
    with platform_scope("test"):
        models = (User, Tenant, Membership, Server, ServerPrimitive, ServerTool, Grant, ApiKey)
        return {model.__name__: model.objects.count() for model in models}


def servers_of(secret: str) -> tuple[str, tuple[str, ...] | None] | None:
    row = credential_by_digest(digest=token_digest(secret.encode()).hex())
    record = None if row is None else build_credential(row=row, now=timezone.now())
    return None if record is None else (record.tenant, record.servers)


def test_the_document_is_the_one_that_others_rely_on(settings: Any) -> None:
    demo = seed()
    base = settings.PUBLIC_URL
    assert set(demo) == {"base_url", "tenant", "owner", "outsider", "servers"}
    assert (demo["base_url"], demo["tenant"], demo["owner"]["email"]) == (base, "acme", "ada@acme.test")
    assert {name: server["url"] for name, server in demo["servers"].items()} == {
        "demo": f"{base}/mcp/acme/demo",
        "everything": f"{base}/mcp/acme/everything",
    }
    assert set(demo["outsider"]) == {"tenant", "owner", "server_url", "api_key"}
    assert demo["outsider"]["server_url"] == f"{base}/mcp/globex/demo"


def test_people_get_in_and_each_key_opens_its_own_server() -> None:
    demo = seed()
    for owner in (demo["owner"], demo["outsider"]["owner"]):
        assert User.objects.get(email=owner["email"]).check_password(owner["password"])
    assert servers_of(demo["servers"]["demo"]["api_key"]) == ("acme", ("demo",))
    assert servers_of(demo["servers"]["everything"]["api_key"]) == ("acme", ("everything",))
    assert servers_of(demo["outsider"]["api_key"]) == ("globex", ("demo",))
    with platform_scope("test"):
        assert Tenant.objects.get(slug="acme").limits.tenant.per_second == 10_000
        assert ServerTool.objects.get(server__slug="everything").toolkit == "conformance"


def test_seeding_again_changes_nothing() -> None:
    first, before = seed(), counts()
    assert seed() == first
    assert counts() == before


def test_what_is_missing_or_ended_is_made_good() -> None:
    demo = seed()
    with platform_scope("test"):
        ApiKey.objects.update(revoked_at=timezone.now())
        ServerTool.objects.filter(tool="text_tool").delete()
        ServerPrimitive.objects.filter(source="text://style").delete()
        User.objects.update(password="!")
    assert servers_of(demo["servers"]["demo"]["api_key"]) is None
    assert seed() == demo
    assert servers_of(demo["servers"]["demo"]["api_key"]) == ("acme", ("demo",))
    assert User.objects.get(email="ada@acme.test").check_password(demo["owner"]["password"])
    with platform_scope("test"):
        assert ServerTool.objects.filter(tool="text_tool").count() == 2


def test_another_secret_gives_other_credentials_and_ends_the_old(settings: Any) -> None:
    old = seed()
    settings.SECRET_KEY = "another secret of another installation"
    new = seed()
    assert new["owner"]["password"] != old["owner"]["password"]
    assert servers_of(old["servers"]["demo"]["api_key"]) is None
    assert servers_of(new["servers"]["demo"]["api_key"]) == ("acme", ("demo",))


def test_nothing_is_stored_in_clear() -> None:
    demo = seed()
    secrets = [demo["owner"]["password"], demo["outsider"]["api_key"]]
    secrets += [server["api_key"] for server in demo["servers"].values()]
    assert all(has_valid_checksum(key) for key in secrets[1:])
    with platform_scope("test"), connection.cursor() as cursor:
        stored = ""
        for model in (User, ApiKey):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")  # noqa: S608 - a table of ours
            stored += str(cursor.fetchall())
    assert not [secret for secret in secrets if secret in stored]


def test_it_is_refused_where_others_can_reach_it(settings: Any) -> None:
    settings.EMBEDDED, settings.PUBLIC_URL = False, "https://atrium.example"
    with pytest.raises(CommandError, match="loopback"):
        seed()
    assert counts()["User"] == 0
