"""/servers/…/openapi-sources/…/operations: what a document has, and making tools of it."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.response import Response

from control_plane.api.answers import Asked, One, Shape, page_shape
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import Form, PageQuery
from control_plane.api.openapi_shapes import MadeToolsShape, OperationDetailShape, OperationShape
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.errors import InvalidValueError
from tenants.openapi.operations import Outline
from tenants.openapi.searching import outlines_found
from tenants.selectors.openapi_operations import Operation, operation_get, operations_shown
from tenants.selectors.openapi_sources import openapi_import, openapi_import_pending, openapi_source_get
from tenants.selectors.servers import server_get
from tenants.services.openapi_import import openapi_tools_create


@dataclass(frozen=True, slots=True)
class OperationPage:
    """A part of a document's operations, in its order. A handler returns the part, and the cursor of the next."""

    shape: Shape

    def render(self, result: tuple[Sequence[Operation], str | None], asked: Asked) -> Response:
        """The part."""
        part, following = result
        return Response({"results": self.shape(part, many=True).data, "next": following})

    def documented(self) -> dict[int, Any]:
        """As OpenAPI describes it."""
        return {200: page_shape(self.shape)}


class OperationSearch(PageQuery):
    """Which of them."""

    text = serializers.CharField(required=False, max_length=200, help_text="Words of name, path and summary.")
    tag = serializers.CharField(required=False, max_length=200, help_text="`(none)` for those without a tag.")


class OperationQuery(Form):
    """Which one."""

    key = serializers.CharField(
        required=False, default="", help_text="Method and path, as `GET /orders`; otherwise the document's first."
    )
    pending = serializers.BooleanField(default=False, help_text="In the version that waits to be applied.")


class ToolsCreation(Form):
    """Which operations, by their keys."""

    operations = serializers.ListField(child=serializers.CharField(max_length=500), min_length=1, max_length=500)
    background = serializers.BooleanField(default=False, help_text="They run as jobs on a worker.")


class OpenApiOperations(ApiView):
    """Many of them."""

    @operation(READ, Ability.MANAGE_SERVERS, query=OperationSearch, answer=OperationPage(OperationShape))
    def get(self, request: TenantRequest, server: str, source_id: UUID) -> tuple[Sequence[Operation], str | None]:
        """List the operations of a document, each with the name that its tool has or would get."""
        found = server_get(slug=server, actor=request.actor)
        source = openapi_source_get(server=found, source_id=source_id)
        reading, asked = openapi_import(source), request.query
        outlines = outlines_found(reading.outlines(), text=asked.get("text", ""), tag=asked.get("tag", ""))
        part, following = _part(outlines, asked.get("cursor"), asked["limit"])
        return operations_shown(server=found, source=source, reading=reading, outlines=part), following


class OpenApiOperation(ApiView):
    """One of them."""

    @operation(READ, Ability.MANAGE_SERVERS, query=OperationQuery, answer=One(OperationDetailShape))
    def get(self, request: TenantRequest, server: str, source_id: UUID) -> Operation:
        """Read the whole of the tool that an operation makes."""
        found = server_get(slug=server, actor=request.actor)
        source = openapi_source_get(server=found, source_id=source_id)
        reading = openapi_import_pending(source) if request.query["pending"] else openapi_import(source)
        return operation_get(server=found, source=source, reading=reading, key=request.query["key"])


class OpenApiTools(ApiView):
    """What is made of them."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=ToolsCreation, answer=One(MadeToolsShape, 201))
    def post(self, request: TenantRequest, server: str, source_id: UUID) -> dict[str, Any]:
        """Make tools of operations: of all of them, or of none. Owner and admin may call them at once."""
        found = server_get(slug=server, actor=request.actor)
        source = openapi_source_get(server=found, source_id=source_id)
        who: dict[str, Any] = {"tenant": request.tenant, "actor": request.actor}
        return {"tools": openapi_tools_create(**who, server=found, source=source, **request.body)}


def _part(outlines: list[Outline], cursor: str | None, limit: int) -> tuple[list[Outline], str | None]:
    """The cursor is the key of the last one that was seen."""
    first = 0
    if cursor is not None:
        places = {each.key: number for number, each in enumerate(outlines)}
        try:
            first = places[base64.urlsafe_b64decode(cursor.encode()).decode()] + 1
        except (KeyError, ValueError, binascii.Error) as error:
            raise InvalidValueError("Send the `next` of the page before, or none.", field="cursor") from error
    part = outlines[first : first + limit]
    more = first + limit < len(outlines)
    return part, base64.urlsafe_b64encode(part[-1].key.encode()).decode() if more else None
