"""/accounts: one's own accounts at upstreams; /upstreams/…/account: that of the tenant. Tokens are in no answer."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import serializers

from control_plane.api.answers import Nothing, One, Page
from control_plane.api.asking import ACCESS, READ, WRITE, TenantRequest
from control_plane.api.forms import Form
from control_plane.api.operations import ApiView, operation
from control_plane.upstream_doors import upstream_door
from tenants.abilities import Ability
from tenants.errors import NotFoundError
from tenants.models import Upstream, UpstreamAccount, UpstreamAuthorization
from tenants.models.upstream import UpstreamAuth
from tenants.models.upstream_account import AccountStatus, Registration
from tenants.selectors.upstream_accounts import (
    authorization_of,
    own_account,
    upstream_for_person,
    upstream_for_tenant,
    upstreams_for_person,
)
from tenants.services.upstream_accounts import upstream_account_disconnect
from tenants.services.upstream_clients import upstream_client_set

ORDER: Final = ("name", "pk")


class AccountShape(serializers.Serializer[UpstreamAccount]):
    """An account at an upstream, without its tokens."""

    status = serializers.ChoiceField(AccountStatus.values)
    issuer = serializers.CharField(help_text="The authorization server that gave it.")
    scopes = serializers.ListField(child=serializers.CharField())
    wanted_scopes = serializers.ListField(
        child=serializers.CharField(), help_text="What the upstream has asked for since. Connect again to give it."
    )
    connected_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="Within a minute.")


class ConnectableShape(serializers.Serializer[Upstream]):
    """An upstream, and the account there."""

    upstream_id = serializers.UUIDField(source="pk")
    name = serializers.CharField()
    url = serializers.CharField()
    account = serializers.SerializerMethodField()
    connect_url = serializers.SerializerMethodField()

    def get_account(self, upstream: Upstream) -> dict[str, Any] | None:
        """The account, or null."""
        account = own_account(upstream)
        return None if account is None else dict(AccountShape(account).data)

    def get_connect_url(self, upstream: Upstream) -> str:
        """Where a person connects it, in a browser."""
        return f"{settings.PUBLIC_URL}/app/{self.context['asked'].tenant.slug}/{self._place(upstream)}"

    def _place(self, upstream: Upstream) -> str:
        return f"accounts/{upstream.pk}/"


class ClientShape(serializers.Serializer[UpstreamAuthorization]):
    """What Atrium is at the upstream's authorization server."""

    issuer = serializers.CharField()
    resource = serializers.CharField()
    client_id = serializers.CharField()
    secret_name = serializers.CharField(help_text="The secret of the tenant that is the client's, or empty.")
    registration = serializers.ChoiceField(["", *Registration.values])
    discovered_at = serializers.DateTimeField(allow_null=True)


class TenantAccountShape(ConnectableShape):
    """An upstream that is signed in to with OAuth, as whoever manages servers sees it."""

    auth = serializers.ChoiceField([UpstreamAuth.OAUTH.value, UpstreamAuth.OAUTH_USER.value])
    people = serializers.IntegerField(help_text="How many persons have connected an account of their own.")
    client = serializers.SerializerMethodField()

    def get_client(self, upstream: Upstream) -> dict[str, Any] | None:
        """The client, or null before it was looked up."""
        known = authorization_of(upstream)
        return None if known is None else dict(ClientShape(known).data)

    def _place(self, upstream: Upstream) -> str:
        return f"upstreams/{upstream.pk}/account/"


class ClientForm(Form):
    """A client that was registered by hand; an empty id lets Atrium find one by itself."""

    client_id = serializers.CharField(allow_blank=True)
    secret_name = serializers.CharField(required=False, allow_blank=True, default="")


class Accounts(ApiView):
    """What one can connect."""

    @operation(READ, Ability.CALL_TOOLS, answer=Page(ConnectableShape, ORDER))
    def get(self, request: TenantRequest) -> QuerySet[Any]:
        """List the upstreams to which you bring an account of your own, with yours. Connecting takes a browser."""
        return upstreams_for_person(user_id=request.actor.user_id)


class AccountDetail(ApiView):
    """One of them."""

    @operation(READ, Ability.CALL_TOOLS, answer=One(ConnectableShape))
    def get(self, request: TenantRequest, account_upstream_id: UUID) -> Upstream:
        """Read your account at an upstream."""
        return upstream_for_person(upstream_id=account_upstream_id, user_id=request.actor.user_id)

    @operation(ACCESS, Ability.CALL_TOOLS, answer=Nothing())
    def delete(self, request: TenantRequest, account_upstream_id: UUID) -> None:
        """Disconnect your account. Its tokens are forgotten, and the upstream is told."""
        found = upstream_for_person(upstream_id=account_upstream_id, user_id=request.actor.user_id)
        _disconnect(request, found)


class TenantAccount(ApiView):
    """That of the tenant."""

    @operation(READ, Ability.MANAGE_SERVERS, answer=One(TenantAccountShape))
    def get(self, request: TenantRequest, oauth_upstream_id: UUID) -> Upstream:
        """Read how an upstream is signed in to, and the tenant's account there."""
        return upstream_for_tenant(upstream_id=oauth_upstream_id)

    @operation(WRITE, Ability.MANAGE_SERVERS, answer=Nothing())
    def delete(self, request: TenantRequest, oauth_upstream_id: UUID) -> None:
        """Disconnect the tenant's account. Everybody's calls to the upstream fail from then on."""
        found = upstream_for_tenant(upstream_id=oauth_upstream_id)
        if found.auth != UpstreamAuth.OAUTH:
            raise NotFoundError("Everybody connects an account of their own to this upstream.")
        _disconnect(request, found)


class UpstreamClient(ApiView):
    """The client at the authorization server."""

    @operation(WRITE, Ability.MANAGE_SERVERS, body=ClientForm, answer=One(TenantAccountShape))
    def put(self, request: TenantRequest, oauth_upstream_id: UUID) -> Upstream:
        """Use a client that was registered by hand. Everybody connects again."""
        which: dict[str, Any] = {"tenant": request.tenant, "actor": request.actor, "upstream_id": oauth_upstream_id}
        upstream_client_set(**which, **request.body)
        return upstream_for_tenant(upstream_id=oauth_upstream_id)


def _disconnect(request: TenantRequest, upstream: Upstream) -> None:
    which: dict[str, Any] = {"tenant": request.tenant, "actor": request.actor, "upstream_id": upstream.pk}
    upstream_account_disconnect(**which, door=upstream_door())
