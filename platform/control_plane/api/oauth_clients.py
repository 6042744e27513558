"""/oauth-clients: clients that a tenant has set up for its own servers. A secret is shown once, when it is made."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import READ, WRITE, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.models import Application
from tenants.models.application import AuthMethod
from tenants.selectors.oauth_clients import oauth_client_get, oauth_client_list
from tenants.services.oauth_clients import (
    IssuedClient,
    oauth_client_create,
    oauth_client_delete,
    oauth_client_secret_rotate,
    oauth_client_update,
)


class ClientShape(serializers.Serializer[Application]):
    """A client, without its secret."""

    id = serializers.UUIDField()
    client_id = serializers.CharField(help_text="By which it names itself, and by which grants name it.")
    name = serializers.CharField()
    redirect_uris = serializers.SerializerMethodField(help_text="Where answers may be sent.")
    auth_method = serializers.CharField(help_text="`none` for a public client, else how it sends its secret.")
    created_at = serializers.DateTimeField(source="created")
    updated_at = serializers.DateTimeField(source="updated")
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="When it last got a token, within the hour.")

    def get_redirect_uris(self, client: Application) -> list[str]:
        """In the order they were given."""
        return list(client.redirect_uris.split())


class IssuedClientShape(serializers.Serializer[IssuedClient]):
    """A client with its secret, which can't be had again; null where it is public."""

    secret = serializers.CharField(allow_null=True)
    oauth_client = ClientShape()


class RedirectUri(serializers.CharField):
    """As it is, to be judged by the rules that hold everywhere."""

    def __init__(self) -> None:
        super().__init__(trim_whitespace=False, allow_blank=True)


class ClientCreation(Form):
    """A public client, or with `client_secret_basic` or `client_secret_post` one that keeps a secret."""

    name = serializers.CharField()
    redirect_uris = serializers.ListField(child=RedirectUri(), allow_empty=False)
    auth_method = serializers.ChoiceField(AuthMethod.values, required=False)


class ClientChange(Form):
    """What may be changed of a client."""

    name = serializers.CharField(required=False)
    redirect_uris = serializers.ListField(child=RedirectUri(), required=False, allow_empty=False)


class OAuthClients(ApiView):
    """All of them."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=Page(ClientShape, ("name", "pk")))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List the OAuth clients that the tenant has set up."""
        return oauth_client_list()

    @operation(WRITE, Ability.MANAGE_SERVERS, body=ClientCreation, answer=One(IssuedClientShape, 201))
    def post(self, request: TenantRequest) -> IssuedClient:
        """Set up a client for the tenant's own servers. The answer is the only place where its secret is shown."""
        return oauth_client_create(tenant=request.tenant, actor=request.actor, **request.body)


class OAuthClientDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=One(ClientShape))
    def get(self, request: TenantRequest, oauth_client_id: UUID) -> Application:
        """Read a client."""
        return oauth_client_get(oauth_client_id=oauth_client_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, body=ClientChange, answer=One(ClientShape))
    def patch(self, request: TenantRequest, oauth_client_id: UUID) -> Application:
        """Rename a client, or give it other redirect URIs, which count at once."""
        return oauth_client_update(
            tenant=request.tenant, actor=request.actor, oauth_client_id=oauth_client_id, **request.body
        )

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=Nothing())
    def delete(self, request: TenantRequest, oauth_client_id: UUID) -> None:
        """Remove a client. Its connections, tokens and grants end with it."""
        oauth_client_delete(tenant=request.tenant, actor=request.actor, oauth_client_id=oauth_client_id)


class OAuthClientRotation(ApiView):
    """Another secret."""

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=One(IssuedClientShape, 201))
    def post(self, request: TenantRequest, oauth_client_id: UUID) -> IssuedClient:
        """Give a client another secret. The one before is good for nothing from now on."""
        return oauth_client_secret_rotate(tenant=request.tenant, actor=request.actor, oauth_client_id=oauth_client_id)
