"""/servers/…/openapi-sources: OpenAPI documents, and what is chosen for them."""

from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.large_body import LargeJsonBody
from control_plane.api.openapi_shapes import SourceDetailShape, SourceShape
from control_plane.api.operations import ApiView, operation
from control_plane.openapi_documents import address_problem, document_given
from tenants.abilities import Ability
from tenants.models import OpenApiSource
from tenants.openapi.addresses import server_choices
from tenants.openapi.given import GivenDocument, unpacked
from tenants.openapi.operations import OpenApiImport
from tenants.openapi.searching import tags_counted
from tenants.selectors.openapi_operations import secrets_missing
from tenants.selectors.openapi_sources import openapi_import, openapi_source_get, openapi_source_list
from tenants.selectors.servers import server_get
from tenants.services.openapi_sources import openapi_source_create, openapi_source_delete, openapi_source_update


class SecretNames(serializers.DictField):
    """By security scheme."""

    def __init__(self) -> None:
        super().__init__(
            child=serializers.CharField(allow_blank=True),
            required=False,
            help_text="Which secret meets which security scheme. Those that are not named get a suggested name.",
        )


class DocumentSent(Form):
    """A document: its text, or the URL that it is fetched from."""

    document = serializers.CharField(required=False, trim_whitespace=False, help_text="JSON or YAML, as text.")
    url = serializers.CharField(required=False, max_length=2_000)


class SourceCreation(DocumentSent):
    """A document, and what is chosen for it."""

    title = serializers.CharField(required=False, help_text="Otherwise the document's own.")
    base_url = serializers.CharField(required=False, help_text="Otherwise the first full address of its servers.")
    secret_names = SecretNames()


class SourceChange(Form):
    """What may be chosen anew. Tools that came of the document follow."""

    title = serializers.CharField(required=False)
    base_url = serializers.CharField(required=False)
    secret_names = SecretNames()


class SourceDeletion(Form):
    """What becomes of its tools."""

    remove_tools = serializers.BooleanField(default=False, help_text="Otherwise they go on as they are.")


def document_ahead(request: TenantRequest, **_: object) -> GivenDocument:
    """The document of a body, fetched and read before the scope is open."""
    text, url = request.body.get("document", ""), request.body.get("url", "")
    return document_given(tenant=request.tenant, actor=request.actor, text=text, url=url)


class OpenApiSources(ApiView):
    """All of them."""

    parser_classes = (LargeJsonBody,)

    @operation(READ, Ability.MANAGE_SERVERS, answer=Page(SourceShape, ("title",)))
    def get(self, request: TenantRequest, server: str) -> QuerySet[Any]:
        """List the OpenAPI documents of a server."""
        return openapi_source_list(server=server_get(slug=server, actor=request.actor))

    @operation(
        WRITE, Ability.MANAGE_SERVERS, body=SourceCreation, answer=One(SourceDetailShape, 201), ahead=document_ahead
    )
    def post(self, request: TenantRequest, server: str) -> dict[str, Any]:
        """Keep a document, to make tools of its operations. None is made yet."""
        found = server_get(slug=server, actor=request.actor)
        chosen = {name: value for name, value in request.body.items() if name not in ("document", "url")}
        who: dict[str, Any] = {"tenant": request.tenant, "actor": request.actor}
        made = openapi_source_create(**who, server=found, document=request.ahead, **chosen)
        return source_answer(openapi_source_get(server=found, source_id=made.pk))


class OpenApiSourceDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=One(SourceDetailShape))
    def get(self, request: TenantRequest, server: str, source_id: UUID) -> dict[str, Any]:
        """Read what a document offers: servers, security schemes, tags."""
        found = server_get(slug=server, actor=request.actor)
        return source_answer(openapi_source_get(server=found, source_id=source_id))

    @operation(WRITE, Ability.MANAGE_SERVERS, body=SourceChange, answer=One(SourceDetailShape))
    def patch(self, request: TenantRequest, server: str, source_id: UUID) -> dict[str, Any]:
        """Choose another title, base URL or secrets. Tools that came of the document follow."""
        found = server_get(slug=server, actor=request.actor)
        source = openapi_source_get(server=found, source_id=source_id)
        who: dict[str, Any] = {"tenant": request.tenant, "actor": request.actor}
        openapi_source_update(**who, server=found, source=source, **request.body)
        return source_answer(openapi_source_get(server=found, source_id=source_id))

    @operation(WRITE, Ability.MANAGE_SERVERS, query=SourceDeletion, answer=Nothing())
    def delete(self, request: TenantRequest, server: str, source_id: UUID) -> None:
        """Remove a document, and its tools where that is wanted."""
        found = server_get(slug=server, actor=request.actor)
        source = openapi_source_get(server=found, source_id=source_id)
        who: dict[str, Any] = {"tenant": request.tenant, "actor": request.actor}
        openapi_source_delete(**who, server=found, source=source, **request.query)


_SAID: Final = tuple(str(field.source) for field in SourceShape().fields.values())
"""What `SourceShape` reads."""


def source_answer(source: OpenApiSource) -> dict[str, Any]:
    """For `SourceDetailShape`."""
    reading = openapi_import(source)
    outlines = reading.outlines()
    return {
        **{name: getattr(source, name) for name in _SAID},
        "operations": len(outlines),
        "tags": [{"name": name, "operations": count} for name, count in tags_counted(outlines)],
        "servers": server_choices(unpacked(bytes(source.document)), source.document_url),
        "schemes": _schemes(reading),
        "address_problem": address_problem(source.base_url) if source.base_url else "",
    }


def _schemes(reading: OpenApiImport) -> list[dict[str, Any]]:
    schemes = reading.schemes()
    missing = set(secrets_missing(each.secret.name for each in schemes if each.secret is not None))
    return [
        {
            "scheme": each.name,
            "secret": "" if each.secret is None else each.secret.name,
            "holds": "" if each.secret is None else each.secret.holds,
            "is_stored": each.secret is not None and each.secret.name not in missing,
            "problem": each.problem,
        }
        for each in schemes
    ]
