"""/api-keys: keys for MCP and for this API. A secret is shown once, when it is made."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import One, Page
from control_plane.api.asking import ACCESS, READ, TenantRequest
from control_plane.api.forms import Form, PageQuery
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.models import ApiKey
from tenants.selectors.api_keys import api_key_get, api_key_list
from tenants.selectors.servers import servers_get
from tenants.services.api_key_issue import IssuedApiKey
from tenants.services.api_keys import SCOPE_NEEDS, api_key_create, api_key_revoke, api_key_rotate


class KeyShape(serializers.Serializer[ApiKey]):
    """A key, without its secret."""

    id = serializers.UUIDField()
    family = serializers.UUIDField(help_text="By which grants name it; it stays when the key is rotated.")
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="How the secret begins.")
    user_id = serializers.UUIDField(help_text="As whom it acts.")
    scopes = serializers.ListField(child=serializers.CharField())
    servers = serializers.SerializerMethodField(help_text="Slugs of the servers it is good for; null for all.")
    address_ranges = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True)
    rotated_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)

    def get_servers(self, key: ApiKey) -> list[str] | None:
        """By slug."""
        return None if key.all_servers else sorted(server.slug for server in key.servers.all())


class IssuedKeyShape(serializers.Serializer[IssuedApiKey]):
    """A new key, with its secret, which can't be had again."""

    secret = serializers.CharField()
    api_key = KeyShape()


class KeyCreation(Form):
    """What the key shall be good for: never more than whoever makes it. Ninety days, unless another end is chosen."""

    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(list(SCOPE_NEEDS)), allow_empty=False)
    servers = serializers.ListField(
        child=serializers.CharField(), required=False, allow_null=True, help_text="Slugs; all of them where not given."
    )
    expires_at = serializers.DateTimeField(required=False)
    never_expires = serializers.BooleanField(required=False)
    address_ranges = serializers.ListField(child=serializers.CharField(), required=False)


class KeyRotation(Form):
    """For how long the old secret goes on: a day, unless said otherwise."""

    overlap = serializers.DurationField(required=False, help_text="As `[days ]hh:mm:ss`, at most 30 days.")


class KeyQuery(PageQuery):
    """Which keys."""

    works = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="Ended ones where false.")


class ApiKeys(ApiView):
    """All that one may manage."""

    @operation(READ, Ability.MANAGE_OWN_KEYS, query=KeyQuery, answer=Page(KeyShape, ("-created_at", "pk")))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List keys: everybody's for owner and admin, else your own."""
        return api_key_list(actor=request.actor, works=request.query["works"])

    @operation(ACCESS, Ability.MANAGE_OWN_KEYS, body=KeyCreation, answer=One(IssuedKeyShape, 201))
    def post(self, request: TenantRequest) -> IssuedApiKey:
        """Make a key for yourself. The answer is the only place where its secret is shown."""
        choices = dict(request.body)
        slugs = choices.pop("servers", None)
        servers = None if slugs is None else servers_get(slugs=slugs, actor=request.actor)
        return api_key_create(tenant=request.tenant, actor=request.actor, servers=servers, **choices)


class ApiKeyDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.MANAGE_OWN_KEYS, answer=One(KeyShape))
    def get(self, request: TenantRequest, api_key_id: UUID) -> ApiKey:
        """Read a key."""
        return api_key_get(actor=request.actor, api_key_id=api_key_id)

    @operation(ACCESS, Ability.MANAGE_OWN_KEYS, answer=One(KeyShape))
    def delete(self, request: TenantRequest, api_key_id: UUID) -> ApiKey:
        """Revoke a key: it stops within seconds, everywhere. It stays in the list."""
        return api_key_revoke(tenant=request.tenant, actor=request.actor, api_key_id=api_key_id)


class ApiKeyRotation(ApiView):
    """A new secret."""

    @operation(ACCESS, Ability.MANAGE_OWN_KEYS, body=KeyRotation, answer=One(IssuedKeyShape, 201))
    def post(self, request: TenantRequest, api_key_id: UUID) -> IssuedApiKey:
        """Give a key of yours a new secret. The old one goes on for the overlap; sessions and grants stay."""
        return api_key_rotate(tenant=request.tenant, actor=request.actor, api_key_id=api_key_id, **request.body)
