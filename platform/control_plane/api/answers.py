"""What operations answer with: one thing, a page of a list, a whole list, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from control_plane.api.asking import KnownRequest, OperatorRequest, TenantRequest
from control_plane.cursors import cursor_of, rows_after

Asked = KnownRequest | OperatorRequest | TenantRequest
Shape = type[serializers.Serializer[Any]]


@dataclass(frozen=True, slots=True)
class One:
    """One thing, of this shape."""

    shape: Shape
    status: int = 200

    def render(self, result: Any, asked: Asked) -> Response:
        """The answer for what a handler returned."""
        return Response(self.shape(result, context={"asked": asked}).data, status=self.status)

    def documented(self) -> dict[int, Any]:
        """As OpenAPI describes it."""
        return {self.status: self.shape}


@dataclass(frozen=True, slots=True)
class Nothing:
    """It is done; there is nothing to say."""

    def render(self, result: None, asked: Asked) -> Response:
        """204."""
        return Response(status=204)

    def documented(self) -> dict[int, Any]:
        """As OpenAPI describes it."""
        return {204: None}


@dataclass(frozen=True, slots=True)
class Whole:
    """A list that is short enough to be sent at once, in the form of its only page."""

    shape: Shape

    def render(self, result: Sequence[Any], asked: Asked) -> Response:
        """All of it."""
        return Response({"results": self.shape(result, many=True, context={"asked": asked}).data, "next": None})

    def documented(self) -> dict[int, Any]:
        """As OpenAPI describes it."""
        return {200: page_shape(self.shape)}


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, by cursor. `order` names columns that together are unique, as in `order_by`."""

    shape: Shape
    order: tuple[str, ...]

    def render(self, result: QuerySet[Any], asked: Asked) -> Response:
        """The page that the query asks for. Raises InvalidValueError for a cursor that is none of this list."""
        limit = asked.query["limit"]
        cursor = asked.query.get("cursor")
        found = result.order_by(*self.order) if cursor is None else rows_after(result, cursor, self.order)
        rows = list(found[: limit + 1])
        page = rows[:limit]
        following = cursor_of(page[-1], self.order) if len(rows) > limit else None
        return Response({"results": self.shape(page, many=True, context={"asked": asked}).data, "next": following})

    def documented(self) -> dict[int, Any]:
        """As OpenAPI describes it."""
        return {200: page_shape(self.shape)}


def page_shape(shape: Shape) -> serializers.Serializer[Any]:
    """What a part of a list looks like, for OpenAPI."""
    return inline_serializer(
        name=f"{shape.__name__}Page",
        fields={
            "results": shape(many=True),
            "next": serializers.CharField(allow_null=True, help_text="The cursor of the next page, if there is one."),
        },
    )
