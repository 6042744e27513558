"""An upstream with a tool, and the mark in everything that is kept of both."""

from dataclasses import dataclass

from tenants.models import Upstream, UpstreamDefinition
from tests.fixtures.cast import Person
from tests.fixtures.upstreams import approve, connected, definitions, offers, tool


@dataclass(frozen=True)
class Connected:
    """One that was connected, read and approved in part: `definition` changed since."""

    upstream: Upstream
    definition: UpstreamDefinition
    approved: UpstreamDefinition


def upstream_connected(person: Person, mark: str) -> Connected:
    """Of this company."""
    prefix = f"up-{mark}"[:24]
    upstream = connected(person, prefix, name=f"Upstream {mark}", url=f"https://{mark}.example.com/mcp")
    before = [tool(f"changed_{mark}"), tool(f"kept_{mark}", title=f"Kept {mark}")]
    offers(person, upstream, tools=before)
    approve(person, upstream)
    offers(person, upstream, tools=[tool(f"changed_{mark}", title=f"Changed {mark}"), before[1]])
    rows = definitions(person, upstream)
    return Connected(upstream, rows[f"changed_{mark}"], rows[f"kept_{mark}"])
