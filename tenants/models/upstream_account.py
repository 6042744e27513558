"""OAuth toward upstreams: how each is signed in to, the accounts that came of it, and signing in that is under way."""

from django.db import models

from tenants.models.hashed_field import HashedField
from tenants.models.tenant_owned import TenantOwned


class Registration(models.TextChoices):
    """Where the client id at an authorization server comes from: from the server's own people, from its registration
    endpoint (RFC 7591), or from a document that this installation publishes."""

    PREREGISTERED = "preregistered"
    REGISTERED = "dcr"
    DOCUMENT = "cimd"


class UpstreamAuthorization(TenantOwned):
    """What is known of signing in to an upstream at this `url`: what discovery found, and the client that Atrium is.

    `resource` is what tokens are asked for (RFC 8707). The client belongs to `client_issuer` alone. Its secret is
    sealed here where a registration gave it, else a secret of the tenant's by its name. `client_id` is empty until
    there is a client.
    """

    upstream = models.OneToOneField("tenants.Upstream", on_delete=models.CASCADE, related_name="authorization")
    url = models.CharField(max_length=2_000, blank=True)
    resource = models.CharField(max_length=2_000, blank=True)
    issuer = models.CharField(max_length=2_000, blank=True)
    authorization_endpoint = models.CharField(max_length=2_000, blank=True)
    token_endpoint = models.CharField(max_length=2_000, blank=True)
    revocation_endpoint = models.CharField(max_length=2_000, blank=True)
    sends_issuer = models.BooleanField(default=False)
    scopes = models.JSONField(default=list)
    registration = models.CharField(max_length=16, choices=Registration.choices, blank=True)
    client_id = models.CharField(max_length=1_000, blank=True)
    client_issuer = models.CharField(max_length=2_000, blank=True)
    auth_method = models.CharField(max_length=32, blank=True)
    secret_name = models.CharField(max_length=64, blank=True)
    data_key = models.ForeignKey(
        "tenants.DataKey", on_delete=models.RESTRICT, null=True, related_name="upstream_authorizations"
    )
    sealed_secret = models.BinaryField(null=True)
    discovered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.issuer


class AccountStatus(models.TextChoices):
    """`expired`: the upstream takes neither token any more, and nothing of them is kept."""

    CONNECTED = "connected"
    EXPIRED = "expired"


class UpstreamAccount(TenantOwned):
    """Tokens of one upstream, given to one person, or to the tenant itself where `user` is null.

    They belong to `url`, `issuer` and `client_id`: with any other they are no good. `generation` counts the tokens it
    has had, and they are sealed for their own. Whoever refreshes holds the row until `refreshing_until`.
    `wanted_scopes` are what the upstream has asked for since beyond `scopes`.
    """

    upstream = models.ForeignKey("tenants.Upstream", on_delete=models.CASCADE, related_name="accounts")
    user = models.ForeignKey("tenants.User", on_delete=models.CASCADE, null=True, related_name="+")
    url = models.CharField(max_length=2_000)
    issuer = models.CharField(max_length=2_000)
    client_id = models.CharField(max_length=1_000)
    scopes = models.JSONField(default=list)
    wanted_scopes = models.JSONField(default=list)
    status = models.CharField(max_length=16, choices=AccountStatus.choices, default=AccountStatus.CONNECTED)
    generation = models.PositiveIntegerField(default=1)
    data_key = models.ForeignKey(
        "tenants.DataKey", on_delete=models.RESTRICT, null=True, related_name="upstream_accounts"
    )
    sealed_access_token = models.BinaryField(null=True)
    sealed_refresh_token = models.BinaryField(null=True)
    expires_at = models.DateTimeField(null=True)
    refreshing_until = models.DateTimeField(null=True)
    connected_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["upstream", "user"], name="upstream_account_of_user_once"),
            models.UniqueConstraint(
                fields=["upstream"], condition=models.Q(user=None), name="upstream_account_of_tenant_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "user"], name="upstream_account_by_user")]

    def __str__(self) -> str:
        return f"{self.upstream_id} of {self.user_id or 'the tenant'}"


class UpstreamSignIn(TenantOwned):
    """Somebody is on their way to an authorization server and back: made when they have agreed, used once, and good for
    ten minutes. Everything that the answer is held to is written down here, before they go."""

    state = HashedField(max_length=64, unique=True)
    upstream = models.ForeignKey("tenants.Upstream", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("tenants.User", on_delete=models.CASCADE, related_name="+")
    is_for_tenant = models.BooleanField(default=False)
    url = models.CharField(max_length=2_000)
    issuer = models.CharField(max_length=2_000)
    client_id = models.CharField(max_length=1_000)
    redirect_uri = models.CharField(max_length=2_000)
    scopes = models.JSONField(default=list)
    sealed_verifier = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["expires_at"], name="upstream_sign_in_by_end")]

    def __str__(self) -> str:
        return f"{self.user_id} to {self.upstream_id}"
