"""What operations answer with: one thing, a page of a list, a whole list, or nothing."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, Q, QuerySet
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.response import Response

from control_plane.api.asking import KnownRequest, TenantRequest
from tenants.errors import InvalidValueError

Asked = KnownRequest | TenantRequest
Shape = type[serializers.Serializer[Any]]

MALFORMED: Final = (binascii.Error, ValueError, TypeError, ValidationError, FieldError, msgspec.DecodeError)


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
        return {200: _page_shape(self.shape)}


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, by cursor. `order` names columns that together are unique, as in `order_by`."""

    shape: Shape
    order: tuple[str, ...]

    def render(self, result: QuerySet[Any], asked: Asked) -> Response:
        """The page that the query asks for. Raises InvalidValueError for a cursor that is none of this list."""
        limit = asked.query["limit"]
        rows = list(self._from_cursor(result, asked.query.get("cursor")).order_by(*self.order)[: limit + 1])
        page = rows[:limit]
        following = self._cursor(page[-1]) if len(rows) > limit else None
        return Response({"results": self.shape(page, many=True, context={"asked": asked}).data, "next": following})

    def documented(self) -> dict[int, Any]:
        """As OpenAPI describes it."""
        return {200: _page_shape(self.shape)}

    def _cursor(self, row: Model) -> str:
        """Where the next page begins. It opens nothing: what it leads to is still looked up in the scope."""
        values = [_value(row, name.lstrip("-")) for name in self.order]
        return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")

    def _from_cursor(self, rows: QuerySet[Any], cursor: str | None) -> QuerySet[Any]:
        if cursor is None:
            return rows
        try:
            text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            values = msgspec.json.decode(text, type=list[str])
            if len(values) != len(self.order) or any("\x00" in value for value in values):
                raise ValueError("not a cursor of this list")
            return rows.filter(self._after(values))
        except MALFORMED as error:
            raise InvalidValueError("Send the `next` of the page before, or none.", field="cursor") from error

    def _after(self, values: list[str]) -> Q:
        behind, equal = Q(pk__in=[]), Q()
        for name, value in zip(self.order, values, strict=True):
            column = name.lstrip("-")
            comparison = "lt" if name.startswith("-") else "gt"
            behind |= equal & Q(**{f"{column}__{comparison}": value})
            equal &= Q(**{column: value})
        return behind


def _value(row: Any, path: str) -> str:
    value = row
    for name in path.split("__"):
        value = getattr(value, name)
    return value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value


def _page_shape(shape: Shape) -> serializers.Serializer[Any]:
    return inline_serializer(
        name=f"{shape.__name__}Page",
        fields={
            "results": shape(many=True),
            "next": serializers.CharField(allow_null=True, help_text="The cursor of the next page, if there is one."),
        },
    )
