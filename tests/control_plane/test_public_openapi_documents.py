"""Large public documents, as they are: each imports, and its tools validate, are published and listed by a runtime."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import jsonschema_rs
import pytest

from control_plane.composition import tool_catalogue
from mcp_runtime.contract.names import TOOL_NAME
from tenants.models import OpenApiSource, Server
from tenants.openapi.given import unpacked
from tenants.openapi.operations import OpenApiImport
from tenants.publishing.drain import outbox_drain
from tenants.scope import tenant_scope
from tenants.selectors.openapi_operations import operations_shown, secrets_missing
from tenants.selectors.openapi_sources import openapi_import
from tenants.services.openapi_import import openapi_tools_create
from tenants.services.openapi_sources import document_read, openapi_source_create
from tenants.services.openapi_versions import openapi_version_apply, openapi_version_look
from tenants.services.servers import server_create
from tests.fixtures.api import key_of
from tests.fixtures.cast import Cast
from tests.security.serving import Served, served_runtime
from tests.tenants.openapi.keeping import stored

# The runtime has connections of its own, so it sees only what was committed.
pytestmark = pytest.mark.django_db(transaction=True)

CATALOGUE = tool_catalogue
ROOM: Final = 100
DOCUMENTS: Final = {
    "github": ("api/github.com/api.github.com.json", 845, 0),
    "stripe": ("api/stripe.com.json", 452, 1),
    "kubernetes": ("api/kubernetes.io.json", 839, 0),
    "zoom": ("api/zoom.us.json", 373, 2),
    "digitalocean": ("api/digitalocean.com.json", 290, 0),
    "box": ("api/box.com.json", 258, 0),
    "twilio": ("api/twilio.com/api.json", 195, 2),
    "asana": ("api/asana.com.json", 167, 1),
    "slack": ("api/slack.com.json", 174, 0),
    "gitlab": ("api/gitlab.com.json", 358, 1),
    "spotify": ("api/spotify.com.json", 88, 0),
    "openai": ("api/openai.com.json", 28, 5),
    "petstore-3-0": ("petstore/petstore-3.0.json", 0, 0),
    "petstore-3-1": ("petstore/petstore-3.1.json", 0, 0),
    "petstore-yaml": ("petstore/petstore-3.0.yaml", 0, 0),
}
"""Where each is, how many operations it has, and how many of them can't become tools."""


USUAL: Final = ("github", "stripe", "kubernetes", "gitlab", "petstore-3-0", "petstore-3-1", "petstore-yaml")
"""What `make test` imports; with OPENAPI_DOCUMENTS=all it is every one of them."""

CHOSEN: Final = [*DOCUMENTS] if os.environ.get("OPENAPI_DOCUMENTS") == "all" else USUAL
GROUPS: Final = [CHOSEN[first : first + 4] for first in range(0, len(CHOSEN), 4)]


def server_named(cast: Cast, name: str) -> Server:
    """A server of its own."""
    return server_create(tenant=cast.acme.tenant, actor=cast.ada.actor, slug=name, name=name)


def imported(cast: Cast, server: Server, body: bytes, problems: int) -> tuple[OpenApiSource, list[str]]:
    """The document with tools of as many of its operations as a server takes, spread over the whole of it."""
    which = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": server}
    source = openapi_source_create(**which, document=document_read(body), base_url="https://api.example.com")
    with tenant_scope(cast.acme.tenant):
        reading = openapi_import(source)
        rows = operations_shown(server=server, source=source, reading=reading, outlines=reading.outlines())
        missing = secrets_missing(secret.name for row in rows if row.made for secret in row.made.secrets)
    made = [row.made.definition for row in rows if row.made is not None]
    assert len(rows) - len(made) == problems
    assert len({tool.name for tool in made}) == len(made)
    stored(cast.ada, *missing)
    open_ones = [row.outline.key for row in rows if row.is_open]
    chosen = open_ones[:: -(-len(open_ones) // ROOM)]
    openapi_tools_create(**which, source=source, operations=chosen)
    return source, chosen


def listed(runtime: Served, path: str, key: str) -> list[dict[str, Any]]:
    """Every part of tools/list."""
    tools: list[dict[str, Any]] = []
    params: dict[str, Any] = {}
    while True:
        result = runtime.modern(path, key, "tools/list", **params).json()["result"]
        tools += result["tools"]
        if "nextCursor" not in result:
            return tools
        params = {"cursor": result["nextCursor"]}


@pytest.mark.parametrize("names", GROUPS)
def test_public_documents_import_and_their_tools_are_listed(
    cast: Cast, store: Any, openapi_documents: Path, names: Sequence[str]
) -> None:
    servers, counts = [server_named(cast, name) for name in names], {}
    for name, server in zip(names, servers, strict=True):
        path, operations, problems = DOCUMENTS[name]
        source, chosen = imported(cast, server, (openapi_documents / path).read_bytes(), problems)
        assert operations in (0, len(OpenApiImport(unpacked(bytes(source.document))).outlines())), name
        assert len(chosen) >= min(operations - problems, ROOM // 2, 19), name
        counts[name] = len(chosen)
    outbox_drain()
    key = key_of(cast.ada, ["mcp:read", "mcp:call"], servers)
    with served_runtime() as runtime:
        for name in names:
            tools = listed(runtime, f"/mcp/acme/{name}", key)
            assert len(tools) == len({tool["name"] for tool in tools}) == counts[name]
            for tool in tools:
                assert TOOL_NAME.fullmatch(tool["name"])
                jsonschema_rs.Draft202012Validator(tool["inputSchema"])


def test_an_older_githubs_tools_follow_to_the_newer_one(cast: Cast, store: Any, openapi_documents: Path) -> None:
    """What another release of a document changes is found in the time of one page, and applied in few seconds."""
    body = (openapi_documents / DOCUMENTS["github"][0]).read_bytes()
    server = server_named(cast, "github")
    source, _ = imported(cast, server, body, 0)
    newer = document_read(body.replace(b'"per_page"', b'"page_size"').replace(b"/issues/", b"/tickets/"))
    which = {"tenant": cast.acme.tenant, "actor": cast.ada.actor, "server": server, "source": source}
    assert openapi_version_look(**which, document=newer)
    applied = openapi_version_apply(**which, digest=newer.digest, remove_gone=True)
    assert len(applied.changed) >= 20
    assert len(applied.removed) >= 3
    with tenant_scope(cast.acme.tenant):
        row = OpenApiSource.objects.get(pk=UUID(str(source.pk)))
    assert row.digest == newer.digest
