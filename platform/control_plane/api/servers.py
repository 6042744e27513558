"""/servers: the MCP servers of a tenant."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import Form, RateColumns, RateForm
from control_plane.api.operations import ApiView, operation
from mcp_runtime.protected_resource import canonical_resource
from tenants.abilities import Ability
from tenants.models import Server
from tenants.selectors.servers import server_get, server_list
from tenants.services.servers import (
    server_create,
    server_delete,
    server_rename,
    server_resume,
    server_suspend,
    server_update,
)


class ServerShape(serializers.Serializer[Server]):
    """A server."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    url = serializers.SerializerMethodField(help_text="Where clients connect.")
    name = serializers.CharField()
    instructions = serializers.CharField(help_text="What clients are told of the server.")
    status = serializers.CharField(help_text="`active` or `suspended`.")
    allowed_origins = serializers.ListField(child=serializers.CharField())
    rate = RateColumns()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    def get_url(self, server: Server) -> str:
        """The canonical resource of the server."""
        return canonical_resource(settings.PUBLIC_URL, self.context["asked"].tenant.slug, server.slug)


class ServerCreation(Form):
    """A new server: blank, or with every tool of the toolkits."""

    slug = serializers.CharField()
    name = serializers.CharField()
    instructions = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    toolkits = serializers.ListField(child=serializers.CharField(), required=False, max_length=50)


class ServerChange(Form):
    """What may be changed of a server. A rate of null takes its own limit away."""

    name = serializers.CharField(required=False)
    instructions = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)
    allowed_origins = serializers.ListField(child=serializers.CharField(), required=False)
    rate = RateForm(required=False, allow_null=True)


class ServerNewSlug(Form):
    """Its new name in the URL."""

    slug = serializers.CharField()


class Servers(ApiView):
    """All of them."""

    @operation(READ, answer=Page(ServerShape, ("slug",)))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List the servers; those of the key, where it is good for some only."""
        return server_list(actor=request.actor)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=ServerCreation, answer=One(ServerShape, 201))
    def post(self, request: TenantRequest) -> Server:
        """Make a server. A blank one grants owner and admin whatever it will have."""
        return server_create(tenant=request.tenant, actor=request.actor, **request.body)


class ServerDetail(ApiView):
    """One of them."""

    @operation(READ, answer=One(ServerShape))
    def get(self, request: TenantRequest, server: str) -> Server:
        """Read a server."""
        return server_get(slug=server, actor=request.actor)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=ServerChange, answer=One(ServerShape))
    def patch(self, request: TenantRequest, server: str) -> Server:
        """Change a server."""
        found = server_get(slug=server, actor=request.actor)
        return server_update(tenant=request.tenant, actor=request.actor, server=found, **request.body)

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=Nothing())
    def delete(self, request: TenantRequest, server: str) -> None:
        """Remove a server with its tools and grants."""
        found = server_get(slug=server, actor=request.actor)
        server_delete(tenant=request.tenant, actor=request.actor, server=found)


class ServerSuspension(ApiView):
    """Stopping a server."""

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=One(ServerShape))
    def post(self, request: TenantRequest, server: str) -> Server:
        """Suspend a server: it serves nobody until it is resumed."""
        found = server_get(slug=server, actor=request.actor)
        return server_suspend(tenant=request.tenant, actor=request.actor, server=found)


class ServerResumption(ApiView):
    """Letting a server go on."""

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=One(ServerShape))
    def post(self, request: TenantRequest, server: str) -> Server:
        """Resume a server."""
        found = server_get(slug=server, actor=request.actor)
        return server_resume(tenant=request.tenant, actor=request.actor, server=found)


class ServerRenaming(ApiView):
    """Moving a server."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=ServerNewSlug, answer=One(ServerShape))
    def post(self, request: TenantRequest, server: str) -> Server:
        """Move a server to another URL. Tokens for the old one are good for nothing; keys move along."""
        found = server_get(slug=server, actor=request.actor)
        return server_rename(tenant=request.tenant, actor=request.actor, server=found, **request.body)
