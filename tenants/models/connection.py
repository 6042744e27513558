"""Connections: a person has let an OAuth client use one server in their name."""

from django.db import models

from tenants.models.tenant_owned import TenantOwned


class Connection(TenantOwned):
    """One person's consent, and what came of it.

    Bound to (user, client, redirect host, server): a Client ID Metadata Document is one client for every copy of a
    program, so where the codes go tells the copies apart. `scopes` is what was granted. `tool_ids` are the tools that
    the person chose (ids of `ServerTool`); null stands for every tool that they may call themselves, now and later.
    `client_id` and `client_name` are the application's at that time, which the tenant can't see where it registered
    itself. `connected_at` is null until the client has traded its code for a token.
    """

    server = models.ForeignKey("tenants.Server", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("tenants.User", on_delete=models.CASCADE, related_name="+")
    application = models.ForeignKey("tenants.Application", on_delete=models.CASCADE, related_name="+")
    client_id = models.CharField(max_length=255)
    client_name = models.CharField(max_length=255, blank=True)
    redirect_host = models.CharField(max_length=255)
    scopes = models.JSONField(default=list)
    tool_ids = models.JSONField(null=True, blank=True)
    consented_at = models.DateTimeField()
    connected_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["server", "user", "application", "redirect_host"],
                condition=models.Q(revoked_at=None),
                name="connection_once",
            )
        ]
        indexes = [models.Index(fields=["tenant", "user"], name="connection_of_user")]

    def __str__(self) -> str:
        return f"{self.client_name or self.client_id} → {self.server_id}"
