"""What clients find out about this authorization server (RFC 8414)."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from control_plane.oauth.client_policy import registration_is_open
from control_plane.oauth.cross_origin import open_to_every_origin
from tenants.models.application import AuthMethod


@open_to_every_origin("GET", "HEAD")
def metadata(request: HttpRequest) -> HttpResponse:
    """The document. Its issuer is PUBLIC_URL, whatever Host a request names."""
    return JsonResponse(document(), headers={"Cache-Control": "public, max-age=300"})


def document() -> dict[str, Any]:
    """RFC 8414 section 2, RFC 9207 section 3, and the draft of Client ID Metadata Documents."""
    issuer = settings.PUBLIC_URL
    methods = [method.value for method in AuthMethod]
    described: dict[str, Any] = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "scopes_supported": list(settings.OAUTH2_PROVIDER["SCOPES"]),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "authorization_response_iss_parameter_supported": True,
        "client_id_metadata_document_supported": True,
        "service_documentation": f"{issuer}/api/docs",
    }
    if registration_is_open():
        described["registration_endpoint"] = f"{issuer}/oauth/register"
    return described
