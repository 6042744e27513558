"""What may be sent. A form refuses fields that it does not have, so nothing is set that was not meant to be."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from mcp_runtime.contract.limits import Rate

LARGEST_PAGE: Final = 200


class Form(serializers.Serializer[Any]):
    """A body, a part of one, or the parameters of a query."""

    def to_internal_value(self, data: Any) -> Any:
        """As usual, once every field is known."""
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in data if name not in self.fields)
            if unknown:
                raise serializers.ValidationError({name: ["There is no such field here."] for name in unknown})
        return super().to_internal_value(data)


class NoFields(Form):
    """Nothing may be sent."""


class PageQuery(Form):
    """Which part of a list: `cursor` is the `next` of the page before."""

    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, default=50)
    cursor = serializers.CharField(max_length=2_000, required=False)


class FiniteNumber(serializers.FloatField):
    """A number; what Python reads as infinite, or as none, is refused."""

    def to_internal_value(self, data: Any) -> float:
        """As usual, but finite."""
        value: float = super().to_internal_value(data)
        if not isfinite(value):
            self.fail("invalid")
        return value


class RateForm(Form):
    """A token bucket."""

    per_second = FiniteNumber(min_value=0, help_text="Calls per second, on average.")
    burst = serializers.IntegerField(min_value=1, help_text="Calls at once, at most.")

    def to_internal_value(self, data: Any) -> Rate:
        """The rate as services take it."""
        return Rate(**super().to_internal_value(data))


@extend_schema_field(RateForm(allow_null=True))
class RateColumns(serializers.Field[Any, Any, Any, Any]):
    """The two columns of a row that keep its own rate, as one value, or null where it has none."""

    def __init__(self) -> None:
        super().__init__(source="*", read_only=True)

    def to_representation(self, value: Any) -> dict[str, Any] | None:
        """The rate of the row."""
        if value.rate_per_second is None:
            return None
        return {"per_second": value.rate_per_second, "burst": value.rate_burst}
