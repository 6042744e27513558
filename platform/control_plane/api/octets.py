"""Bodies that are bytes of whatever type, bounded in size."""

from collections.abc import Mapping
from typing import IO, Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import BaseParser

from control_plane.api.errors import BodyTooLargeError
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView
from mcp_runtime.contract.hosted import LARGEST_CONTENT


class OctetsBody(BaseParser):
    """Takes every type, as it is."""

    media_type = "*/*"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The bytes and their type. Raises BodyTooLargeError."""
        octets = stream.read(LARGEST_CONTENT + 1)
        if len(octets) > LARGEST_CONTENT:
            raise BodyTooLargeError(f"The content may have {LARGEST_CONTENT} bytes at most.", limit=LARGEST_CONTENT)
        return {"octets": octets, "media_type": media_type or ""}


@extend_schema_field(OpenApiTypes.BINARY)
class OctetsField(serializers.Field[Any, Any, Any, Any]):
    """Bytes as they are."""

    def to_internal_value(self, data: Any) -> bytes:
        """Of the parser above, nothing else arrives here."""
        return bytes(data)

    def to_representation(self, value: Any) -> Any:
        """They are never shown."""
        raise NotImplementedError


class OctetsForm(Form):
    """What the parser found."""

    octets = OctetsField(write_only=True)
    media_type = serializers.CharField(allow_blank=True, required=False, default="")


class OctetsView(ApiView):
    """The base of what takes bytes."""

    parser_classes = (OctetsBody,)
