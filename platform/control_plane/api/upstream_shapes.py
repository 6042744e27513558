"""Upstreams and what they offer, as the management API tells of them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from tenants.models import Upstream, UpstreamChange, UpstreamDefinition
from tenants.models.upstream import (
    DefinitionKind,
    DefinitionState,
    UpstreamAction,
    UpstreamAuth,
    UpstreamEra,
    UpstreamStatus,
)
from tenants.upstreams.differences import differences
from tenants.upstreams.visible_text import warnings_of

ANY_OBJECT = {"type": "object", "additionalProperties": True, "nullable": True}


class UpstreamHeader(serializers.Serializer[Any]):
    """A header that is sent with every request."""

    name = serializers.CharField()
    value = serializers.CharField(help_text="May refer to secrets, as `Bearer {{secret.NAME}}`.")

    def to_representation(self, instance: Any) -> dict[str, str]:
        """Kept as a pair."""
        name, value = instance
        return {"name": name, "value": value}


class UpstreamShape(serializers.Serializer[Upstream]):
    """An upstream MCP server."""

    id = serializers.UUIDField()
    prefix = serializers.CharField(help_text="Its tools are called `prefix.tool` on servers.")
    name = serializers.CharField()
    url = serializers.CharField()
    era = serializers.ChoiceField(UpstreamEra.values)
    auth = serializers.ChoiceField(UpstreamAuth.values)
    headers = UpstreamHeader(many=True)
    concurrency = serializers.IntegerField()
    status = serializers.ChoiceField(
        UpstreamStatus.values, help_text="`stale`: it could not be read lately, and what was approved is still served."
    )
    reason = serializers.CharField(help_text="Why it could not be read the last time; empty where it could.")
    reason_text = serializers.CharField()
    last_read_at = serializers.DateTimeField(allow_null=True)
    next_read_at = serializers.DateTimeField(allow_null=True)
    approved = serializers.IntegerField(source="approved_count", help_text="How much of it may be served.")
    waiting = serializers.IntegerField(source="waiting_count", help_text="How much of it waits for a decision.")
    server_info = serializers.DictField(help_text="Its own words.")
    instructions = serializers.CharField(help_text="Its own words.")
    protocol_version = serializers.CharField()
    created_at = serializers.DateTimeField()


class UpstreamDefinitionShape(serializers.Serializer[UpstreamDefinition]):
    """Something that an upstream offers, and what was decided about it."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(DefinitionKind.values)
    key = serializers.CharField(help_text="What the upstream knows it by: a name, a URI, or a URI template.")
    state = serializers.ChoiceField(
        DefinitionState.values, help_text="Only what is `approved` is served; it is offered as it was approved."
    )
    problem = serializers.CharField(help_text="Why it can't be served, whoever approves it; empty where it can.")
    offered_digest = serializers.CharField(help_text="SHA-256 of what is offered now; a decision names it.")
    approved_digest = serializers.CharField(help_text="Of what was approved last; empty where nothing was.")
    warnings = serializers.SerializerMethodField(help_text="What somebody should know before approving it.")
    decided_by = serializers.UUIDField(source="decided_by_id", allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_warnings(self, row: UpstreamDefinition) -> list[str]:
        """Of what is offered now."""
        return warnings_of(row.offered_definition)


class UpstreamDifferenceShape(serializers.Serializer[Any]):
    """A field that differs."""

    field = serializers.CharField(help_text="Where it stands, as a path.")
    old = serializers.CharField(allow_null=True)
    new = serializers.CharField(allow_null=True)


class UpstreamDefinitionDetailShape(UpstreamDefinitionShape):
    """The same, with both definitions and what differs between them."""

    offered = serializers.SerializerMethodField()
    approved = serializers.SerializerMethodField()
    differences = serializers.SerializerMethodField()

    @extend_schema_field(ANY_OBJECT)
    def get_offered(self, row: UpstreamDefinition) -> Any:
        """As it came."""
        return row.offered_definition

    @extend_schema_field(ANY_OBJECT)
    def get_approved(self, row: UpstreamDefinition) -> Any:
        """As it came when somebody approved it."""
        return row.approved_definition

    @extend_schema_field(UpstreamDifferenceShape(many=True))
    def get_differences(self, row: UpstreamDefinition) -> Any:
        """Field by field."""
        found = differences(row.approved_definition, row.offered_definition)
        return UpstreamDifferenceShape(found, many=True).data


class UpstreamChangeShape(serializers.Serializer[UpstreamChange]):
    """What was done to an upstream or to something of it; either may be gone."""

    id = serializers.UUIDField()
    upstream_id = serializers.UUIDField()
    prefix = serializers.CharField()
    action = serializers.ChoiceField(UpstreamAction.values)
    kind = serializers.CharField(help_text="Empty where it is about the upstream itself.")
    key = serializers.CharField()
    digest = serializers.CharField()
    user_id = serializers.UUIDField(allow_null=True, help_text="Null where the upstream itself changed.")
    created_at = serializers.DateTimeField()
