"""An HTTP tool with the mark in everything that is kept of it."""

import msgspec

from tenants.models import Server, ServerTool
from tenants.services.http_tools import http_tool_create
from tests.fixtures.cast import Person
from tests.fixtures.http_tools import definition


def http_tool_made(person: Person, server: Server, mark: str) -> ServerTool:
    """Of the person's company, on one of its servers."""
    written = definition(f"http_{mark}", url=f"https://api.{mark}.example/{{id}}")
    return http_tool_create(
        tenant=person.company.tenant,
        actor=person.actor,
        server=server,
        definition=msgspec.structs.replace(written, title=f"Title {mark}", description=f"Description {mark}"),
    )
