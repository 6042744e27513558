"""API keys. The key itself is shown once and never stored."""

from uuid import uuid4

from django.db import models

from tenants.models.tenant_owned import TenantOwned
from tenants.versions import next_version


class ApiKey(TenantOwned):
    """A secret by which a program acts as `user`.

    `digest` is the hexadecimal SHA-256 of the whole key, `prefix` its first characters, to tell keys apart. A rotated
    key keeps its `family`, to which grants, sessions and jobs belong. `servers` counts unless `all_servers`.
    """

    user = models.ForeignKey("tenants.User", on_delete=models.CASCADE, related_name="+")
    family = models.UUIDField(default=uuid4, db_index=True)
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    all_servers = models.BooleanField(default=False)
    servers = models.ManyToManyField("tenants.Server", through="tenants.ApiKeyServer", related_name="+")
    address_ranges = models.JSONField(default=list, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    rotated_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    version = models.BigIntegerField(default=next_version)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "user"], name="api_key_of_user")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class ApiKeyServer(TenantOwned):
    """One server that a key is good for. When the server goes, the key loses it and gains nothing."""

    api_key = models.ForeignKey("tenants.ApiKey", on_delete=models.CASCADE, related_name="server_links")
    server = models.ForeignKey("tenants.Server", on_delete=models.CASCADE, related_name="+")

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["api_key", "server"], name="api_key_server_once")]

    def __str__(self) -> str:
        return f"{self.api_key_id} {self.server_id}"
