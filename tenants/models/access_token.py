"""OAuth's access tokens."""

from django.db import models
from oauth2_provider.models import AbstractAccessToken

from tenants.models.bound_to_server import BoundToServer
from tenants.versions import next_version


class AccessToken(BoundToServer, AbstractAccessToken):  # type: ignore[misc]
    """A token by which a client acts as `user` on one server, by their `connection`. `token_checksum` is its SHA-256;
    the column `token` stays empty, and the database refuses anything else. `token_family` is its refresh token's."""

    connection = models.ForeignKey("tenants.Connection", on_delete=models.CASCADE, related_name="+")
    token_family = models.UUIDField(null=True, blank=True, db_index=True)
    version = models.BigIntegerField(default=next_version)

    class Meta(AbstractAccessToken.Meta):  # type: ignore[misc]
        base_manager_name = "objects"
        constraints = [models.CheckConstraint(condition=models.Q(token=""), name="access_token_not_in_clear")]

    def __str__(self) -> str:
        return f"access token {self.pk}"
