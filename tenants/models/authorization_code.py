"""OAuth's authorization codes (django-oauth-toolkit calls them grants)."""

from django.db import models
from oauth2_provider.models import AbstractGrant

from tenants.models.bound_to_server import BoundToServer
from tenants.models.hashed_field import HashedField


class AuthorizationCode(BoundToServer, AbstractGrant):  # type: ignore[misc]
    """A code, to be traded once for a token. Stored by its hash.

    A spent one is kept until it would have expired and longer: when it is shown again, the tokens of its
    `token_family` end (RFC 6749 section 4.1.2).
    """

    code = HashedField(max_length=64, unique=True)
    connection = models.ForeignKey("tenants.Connection", on_delete=models.CASCADE, related_name="+")
    token_family = models.UUIDField(null=True, blank=True)
    spent_at = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractGrant.Meta):  # type: ignore[misc]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"authorization code {self.pk}"
