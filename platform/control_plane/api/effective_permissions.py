"""/servers/…/permissions: what would somebody see? Decided by the function that decides it for calls."""

from typing import Any

from rest_framework import serializers

from control_plane.api.answers import One
from control_plane.api.asking import READ, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from control_plane.effective_tools import (
    Effective,
    EffectiveTool,
    effective_for_connection,
    effective_for_key,
    effective_for_member,
    effective_for_role,
)
from tenants.abilities import Ability, Role
from tenants.errors import InvalidValueError
from tenants.models import Server
from tenants.selectors.api_keys import api_key_get
from tenants.selectors.connections import connection_get
from tenants.selectors.members import member_get
from tenants.selectors.servers import server_get


class EffectiveToolShape(serializers.Serializer[EffectiveTool]):
    """A tool that is on."""

    name = serializers.CharField()
    is_read_only = serializers.BooleanField()
    is_allowed = serializers.BooleanField(help_text="Listed, and callable.")
    reason = serializers.CharField(help_text="Why not: the runtime's name for it; empty where it is allowed.")


class EffectiveShape(serializers.Serializer[Effective]):
    """Every tool of a server with what somebody may do."""

    tools = EffectiveToolShape(many=True)
    nothing = serializers.CharField(help_text="Why nothing opens at all, in words; empty where the tools say it.")


class EffectiveQuery(Form):
    """Who: one of these, or none for yourself."""

    role = serializers.ChoiceField([role.value for role in Role], required=False)
    user_id = serializers.UUIDField(required=False, help_text="A member, with any client of theirs.")
    api_key_id = serializers.UUIDField(required=False)
    connection_id = serializers.UUIDField(required=False)


class EffectivePermissions(ApiView):
    """Of a server."""

    @operation(READ, query=EffectiveQuery, answer=One(EffectiveShape))
    def get(self, request: TenantRequest, server: str) -> Effective:
        """Work out which tools you see, or a role (for whoever manages servers), a member, a key or a connection (for
        whoever manages grants), and why not the others."""
        found = server_get(slug=server, actor=request.actor)
        if len(request.query) > 1:
            raise InvalidValueError("Say one of role, user_id, api_key_id and connection_id, or none.", field="role")
        if "role" in request.query:
            request.actor.require(Ability.MANAGE_SERVERS)
            return effective_for_role(tenant=request.tenant, server=found, role=request.query["role"])
        if request.query:
            request.actor.require(Ability.MANAGE_GRANTS)
        return _of_somebody(request, found, request.query)


def _of_somebody(request: TenantRequest, server: Server, query: dict[str, Any]) -> Effective:
    if "api_key_id" in query:
        return effective_for_key(
            server=server, api_key=api_key_get(actor=request.actor, api_key_id=query["api_key_id"])
        )
    if "connection_id" in query:
        connection = connection_get(actor=request.actor, connection_id=query["connection_id"])
        role = member_get(user_id=connection.user_id).role
        return effective_for_connection(tenant=request.tenant, server=server, connection=connection, role=role)
    user_id = query.get("user_id") or request.actor.user_id
    assert user_id is not None  # noqa: S101 - whoever asks is a person, or a person's key
    member = member_get(user_id=user_id)
    return effective_for_member(tenant=request.tenant, server=server, member=member)
