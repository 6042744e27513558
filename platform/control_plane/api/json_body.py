"""Reading a body: one JSON object, bounded in size and depth."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from control_plane.api.errors import BodyTooLargeError
from tenants.json_object import json_object


class JsonBody(BaseParser):
    """Accepts an object in UTF-8. NaN and infinities, deep nesting and a name given twice are no JSON here."""

    media_type = "application/json"

    def limit(self) -> int:
        """How many bytes a body may have."""
        most: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return most

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """The object. Raises ParseError, BodyTooLargeError."""
        limit = self.limit()
        body = stream.read(limit + 1)
        if len(body) > limit:
            raise BodyTooLargeError(f"The body may have {limit} bytes at most.", limit=limit)
        try:
            return json_object(body)
        except ValueError as error:
            raise ParseError from error
