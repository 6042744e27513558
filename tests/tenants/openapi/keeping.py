"""Documents of the cast: kept, and made tools of."""

from typing import Any

import msgspec

from tenants.models import OpenApiSource, ServerTool
from tenants.openapi.given import GivenDocument
from tenants.scope import tenant_scope
from tenants.selectors.openapi_sources import openapi_tools
from tenants.services.openapi_import import openapi_tools_create
from tenants.services.openapi_sources import document_read, openapi_source_create
from tenants.services.stored_secrets import secret_create
from tests.fixtures.cast import Person
from tests.tenants.openapi.shop import SHOP


def given(document: dict[str, Any] = SHOP, url: str = "") -> GivenDocument:
    """As somebody sends it."""
    return document_read(msgspec.json.encode(document), url=url)


def which(person: Person) -> dict[str, Any]:
    """Who does it, where."""
    return {"tenant": person.company.tenant, "actor": person.actor, "server": person.company.server}


def stored(person: Person, *names: str) -> None:
    """Secrets of these names."""
    for name in names:
        secret_create(tenant=person.company.tenant, actor=person.actor, name=name, value=f"value-of-{name}")


def kept(person: Person, document: dict[str, Any] = SHOP, **choices: Any) -> OpenApiSource:
    """The document, on their server."""
    return openapi_source_create(**which(person), document=given(document), **choices)


def made(person: Person, source: OpenApiSource, *operations: str) -> list[ServerTool]:
    """Tools of these operations."""
    return openapi_tools_create(**which(person), source=source, operations=operations)


def tools_of(person: Person, source: OpenApiSource) -> dict[str, ServerTool]:
    """The tools that came of it, by name."""
    with tenant_scope(person.company.tenant):
        return {tool.name: tool for tool in openapi_tools(source=source)}
