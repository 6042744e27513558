"""The lines by which a new key is put to use at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from mcp_runtime.protected_resource import canonical_resource
from tenants.models import Server, Tenant
from tenants.services.api_key_issue import IssuedApiKey


@dataclass(frozen=True, slots=True)
class SetUpLine:
    """For what, and what to copy. `server` is where more of them are, where there are more."""

    title: str
    line: str
    server: str = ""


def set_up_lines(tenant: Tenant, servers: Iterable[Server], issued: IssuedApiKey) -> list[SetUpLine]:
    """One line for every server that the key opens, and one for the REST API where it opens that."""
    scopes, header = set(issued.api_key.scopes), f"Authorization: Bearer {issued.secret}"
    lines = []
    if scopes & {"mcp:read", "mcp:call"}:
        lines += [
            SetUpLine(
                f"Claude Code · {server.name}",
                f"claude mcp add --transport http {tenant.slug}-{server.slug} "
                f'{canonical_resource(settings.PUBLIC_URL, tenant.slug, server.slug)} --header "{header}"',
                server.slug,
            )
            for server in servers
        ]
    if any(scope.startswith("manage:") for scope in scopes):
        lines.append(SetUpLine("REST API", f'curl {settings.PUBLIC_URL}/api/v1/tenants/{tenant.slug} -H "{header}"'))
    return lines
