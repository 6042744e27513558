"""What a tenant brings of its own: a secret, an upstream, an HTTP tool and an OpenAPI document, each with the mark."""

from tenants.models import OpenApiSource, Secret, Server, ServerTool
from tests.fixtures.cast import Person
from tests.security.http_tool import http_tool_made
from tests.security.openapi_source import source_kept
from tests.security.stored_secret import secret_stored
from tests.security.upstreams import Connected, upstream_connected

OwnThings = tuple[Secret, Connected, ServerTool, OpenApiSource]


def own_things(person: Person, server: Server, mark: str) -> OwnThings:
    """One of each."""
    secret, upstream = secret_stored(person, server, mark), upstream_connected(person, mark)
    return secret, upstream, http_tool_made(person, server, mark), source_kept(person, server, mark)
