"""An HTTP tool with the mark in everything that is kept of it, and a fan-out tool beside it."""

import msgspec

from tenants.models import Server, ServerTool
from tenants.services.fan_out_tools import fan_out_tool_create
from tenants.services.http_tools import http_tool_create
from tests.fixtures.cast import Person
from tests.fixtures.fan_out import asking, model
from tests.fixtures.http_tools import definition


def http_tool_made(person: Person, server: Server, mark: str) -> ServerTool:
    """Of the person's company, on one of its servers, where `ask_…` asks a model of that name."""
    asked = asking(model(mark), name=f"ask_{mark}", title=f"Title {mark}", description=f"Description {mark}")
    fan_out_tool_create(tenant=person.company.tenant, actor=person.actor, server=server, definition=asked)
    written = definition(f"http_{mark}", url=f"https://api.{mark}.example/{{id}}")
    return http_tool_create(
        tenant=person.company.tenant,
        actor=person.actor,
        server=server,
        definition=msgspec.structs.replace(written, title=f"Title {mark}", description=f"Description {mark}"),
    )
