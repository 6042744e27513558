"""/connections: which clients people have let in by OAuth. They are made on the consent page, and nowhere else."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import One, Page
from control_plane.api.asking import ACCESS, READ, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.models import Connection
from tenants.selectors.connections import connection_get, connection_list
from tenants.services.connections import connection_revoke, connection_tools_set


class ConnectionShape(serializers.Serializer[Connection]):
    """A client that a person has let in to one server."""

    id = serializers.UUIDField()
    user_id = serializers.UUIDField(help_text="As whom the client acts.")
    server = serializers.CharField(source="server.slug")
    client_id = serializers.CharField(help_text="By which grants name the client.")
    client_name = serializers.CharField(help_text="As it called itself then.")
    redirect_host = serializers.CharField(help_text="Where the client's answers go.")
    scopes = serializers.ListField(child=serializers.CharField())
    tools = serializers.ListField(
        child=serializers.UUIDField(),
        source="tool_ids",
        allow_null=True,
        help_text="Ids of the tools that the person chose; null for all that they may call, later ones too.",
    )
    consented_at = serializers.DateTimeField()
    connected_at = serializers.DateTimeField(allow_null=True, help_text="When the client first fetched its tokens.")
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="When it last called, within a minute.")
    revoked_at = serializers.DateTimeField(allow_null=True)


class ToolChoice(Form):
    """Which tools the client may call. It never may more than its person."""

    tools = serializers.ListField(child=serializers.UUIDField(), allow_null=True, allow_empty=False)


class Connections(ApiView):
    """All that one may see."""

    @operation(READ, Ability.CALL_TOOLS, answer=Page(ConnectionShape, ("-consented_at", "pk")))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List connections: everybody's for owner and admin, else your own. Ended ones stay for 90 days."""
        return connection_list(actor=request.actor)


class ConnectionDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.CALL_TOOLS, answer=One(ConnectionShape))
    def get(self, request: TenantRequest, connection_id: UUID) -> Connection:
        """Read a connection."""
        return connection_get(actor=request.actor, connection_id=connection_id)

    @operation(ACCESS, Ability.CALL_TOOLS, body=ToolChoice, answer=One(ConnectionShape))
    def patch(self, request: TenantRequest, connection_id: UUID) -> Connection:
        """Choose other tools for a client of yours. Its tokens follow within seconds."""
        return connection_tools_set(
            tenant=request.tenant, actor=request.actor, connection_id=connection_id, tool_ids=request.body["tools"]
        )

    @operation(ACCESS, Ability.CALL_TOOLS, answer=One(ConnectionShape))
    def delete(self, request: TenantRequest, connection_id: UUID) -> Connection:
        """End a connection: the client's tokens stop within seconds, everywhere. Owner and admin end anybody's."""
        return connection_revoke(tenant=request.tenant, actor=request.actor, connection_id=connection_id)
