"""A part of a list that no table holds, as an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rest_framework.response import Response

from control_plane.api.answers import Asked, Shape, page_shape
from control_plane.listed_parts import listed_part


@dataclass(frozen=True, slots=True)
class ListedPage:
    """By cursor, newest first; the query is a `PageQuery`."""

    shape: Shape

    def render(self, result: Sequence[Any], asked: Asked) -> Response:
        """The page that the query asks for. Raises InvalidValueError for a cursor that is none of this list."""
        part, following = listed_part(result, cursor=asked.query.get("cursor"), limit=asked.query["limit"])
        return Response({"results": self.shape(part, many=True, context={"asked": asked}).data, "next": following})

    def documented(self) -> dict[int, Any]:
        """As OpenAPI describes it."""
        return {200: page_shape(self.shape)}
