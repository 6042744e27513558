"""An upstream with a tool, and the mark in everything that is kept of both."""

from dataclasses import dataclass
from typing import Any

from tenants.models import Upstream, UpstreamDefinition
from tests.fixtures.cast import Person
from tests.fixtures.upstreams import approve, connected, definitions, offers, tool
from tests.security.upstream_accounts import SignedIn, signed_in_to


@dataclass(frozen=True)
class Connected:
    """One that was connected, read and approved in part: `definition` changed since. `own` is another, at which the
    owner has an account, and `tenants` one where the tenant has."""

    upstream: Upstream
    definition: UpstreamDefinition
    approved: UpstreamDefinition
    own: SignedIn
    tenants: SignedIn

    @property
    def names(self) -> dict[str, str]:
        """The values for the placeholders of routes."""
        return {
            "upstream_id": str(self.upstream.pk),
            "definition_id": str(self.definition.pk),
            "account_upstream_id": str(self.own.upstream.pk),
            "oauth_upstream_id": str(self.tenants.upstream.pk),
        }

    @property
    def rows(self) -> list[Any]:
        """Whose ids nobody else may see."""
        accounts = [each for signed_in in (self.own, self.tenants) for each in (signed_in.upstream, signed_in.account)]
        return [self.upstream, self.definition, *accounts]

    @property
    def tokens(self) -> set[str]:
        """What nobody may ever see, its owner included."""
        return self.own.tokens | self.tenants.tokens


def upstream_connected(person: Person, mark: str) -> Connected:
    """Of this company."""
    prefix = f"up-{mark}"[:24]
    upstream = connected(person, prefix, name=f"Upstream {mark}", url=f"https://{mark}.example.com/mcp")
    before = [tool(f"changed_{mark}"), tool(f"kept_{mark}", title=f"Kept {mark}")]
    offers(person, upstream, tools=before)
    approve(person, upstream)
    offers(person, upstream, tools=[tool(f"changed_{mark}", title=f"Changed {mark}"), before[1]])
    rows = definitions(person, upstream)
    accounts = (signed_in_to(person, auth, mark) for auth in ("oauth_user", "oauth"))
    return Connected(upstream, rows[f"changed_{mark}"], rows[f"kept_{mark}"], *accounts)
