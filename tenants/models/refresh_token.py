"""OAuth's refresh tokens."""

from django.db import models
from oauth2_provider.models import AbstractRefreshToken

from tenants.models.bound_to_server import BoundToServer


class RefreshToken(BoundToServer, AbstractRefreshToken):  # type: ignore[misc]
    """A token that is traded for the next access token. Stored by its hash, like an access token."""

    class Meta(AbstractRefreshToken.Meta):  # type: ignore[misc]
        base_manager_name = "objects"
        constraints = [models.CheckConstraint(condition=models.Q(token=""), name="refresh_token_not_in_clear")]

    def __str__(self) -> str:
        return f"refresh token {self.pk}"
