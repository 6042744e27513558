"""/api/schema: this API in OpenAPI 3.1, public and the same for everybody."""

from functools import cache
from typing import Any, Final

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator

ERROR: Final = {
    "description": "A refusal; docs/errors.md lists the types.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}
ERROR_SCHEMA: Final = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["type", "message", "details"],
            "properties": {
                "type": {"type": "string"},
                "message": {"type": "string"},
                "details": {"type": "object", "additionalProperties": {}},
            },
        }
    },
}


class KeySecurity(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How `KeyAuthentication` is described."""

    target_class = "control_plane.api.authentication.KeyAuthentication"
    name = "managementKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "An API key with scopes `manage:…`."}


@cache
def document() -> dict[str, Any]:
    """The whole document; made once per process, for it depends on nothing that changes."""
    return dict(SchemaGenerator().get_schema(request=None, public=True))  # type: ignore[no-untyped-call]


@require_safe
def schema(_: HttpRequest) -> JsonResponse:
    """The document, as JSON."""
    return JsonResponse(document(), content_type="application/vnd.oai.openapi+json")


def refusals_documented(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Say of every operation how it refuses (a post-processing hook of drf-spectacular)."""
    result["components"]["schemas"]["Error"] = ERROR_SCHEMA
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = ERROR
    return result
