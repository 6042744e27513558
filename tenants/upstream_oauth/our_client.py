"""What Atrium is as a client of others: one redirect URI, and a document that says so where others can read it."""

from typing import Any, Final

from django.conf import settings

NAME: Final = "Atrium"
CALLBACK: Final = "/upstreams/callback"
DOCUMENT: Final = "/upstreams/client.json"


def redirect_uri() -> str:
    """The one address that every authorization server sends people back to."""
    return f"{settings.PUBLIC_URL}{CALLBACK}"


def document_url() -> str | None:
    """The client id of whoever is known by a document; None where nobody else could read ours."""
    return f"{settings.PUBLIC_URL}{DOCUMENT}" if settings.PUBLIC_URL.startswith("https://") else None


def client_metadata() -> dict[str, Any]:
    """What a registration is asked for with (RFC 7591 section 2). `application_type` is native where people come back
    to a loopback address, as on an embedded installation."""
    return {
        "client_name": NAME,
        "client_uri": settings.PUBLIC_URL,
        "redirect_uris": [redirect_uri()],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "application_type": "web" if settings.PUBLIC_URL.startswith("https://") else "native",
    }


def document() -> dict[str, Any] | None:
    """The Client ID Metadata Document, or None where there can be none."""
    client_id = document_url()
    return (
        None
        if client_id is None
        else {
            "client_id": client_id,
            **client_metadata(),
            "token_endpoint_auth_method": "none",
        }
    )
