"""OAuth's refresh tokens."""

from django.db import models
from oauth2_provider.models import AbstractRefreshToken

from tenants.models.bound_to_server import BoundToServer


class RefreshToken(BoundToServer, AbstractRefreshToken):  # type: ignore[misc]
    """A token that is traded for the next access token. Stored by its hash, like an access token.

    The tokens of a `token_family` come from one code. `generation` counts the rotations; `superseded_at` is when this
    one was traded for the next. `scope` is what the next access token gets at most. `expires_at` slides with every
    rotation, `family_expires_at` does not.
    """

    connection = models.ForeignKey("tenants.Connection", on_delete=models.CASCADE, related_name="+")
    scope = models.TextField(blank=True)
    generation = models.PositiveIntegerField(default=0)
    superseded_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    family_expires_at = models.DateTimeField()

    class Meta(AbstractRefreshToken.Meta):  # type: ignore[misc]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(condition=models.Q(token=""), name="refresh_token_not_in_clear"),
            models.UniqueConstraint(fields=["token_family", "generation"], name="refresh_token_generation_once"),
        ]

    def __str__(self) -> str:
        return f"refresh token {self.pk}"
