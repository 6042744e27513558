"""The canonical resource of a server, and its RFC 9728 metadata: made from the path alone, so they tell nothing."""

from typing import Final

import msgspec

PREFIX: Final = "/.well-known/oauth-protected-resource"
SCOPES: Final = ["mcp:read", "mcp:call"]


def canonical_resource(public_url: str, tenant: str, server: str) -> str:
    """The RFC 8707 resource that tokens for this server are bound to, compared character by character."""
    return f"{public_url}/mcp/{tenant}/{server}"


def metadata_url(public_url: str, tenant: str, server: str) -> str:
    """Where the metadata is (RFC 9728 section 3.1: the well-known part goes before the path)."""
    return f"{public_url}{PREFIX}/mcp/{tenant}/{server}"


def metadata(public_url: str, tenant: str, server: str) -> bytes:
    """The metadata document (RFC 9728 section 2)."""
    return msgspec.json.encode(
        {
            "resource": canonical_resource(public_url, tenant, server),
            "authorization_servers": [public_url],
            "scopes_supported": SCOPES,
            "bearer_methods_supported": ["header"],
            "resource_name": f"{tenant}/{server}",
        }
    )
