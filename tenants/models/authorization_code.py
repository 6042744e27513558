"""OAuth's authorization codes (django-oauth-toolkit calls them grants)."""

from oauth2_provider.models import AbstractGrant

from tenants.models.bound_to_server import BoundToServer
from tenants.models.hashed_field import HashedField


class AuthorizationCode(BoundToServer, AbstractGrant):  # type: ignore[misc]
    """A code, to be traded once for a token. Stored by its hash."""

    code = HashedField(max_length=64, unique=True)

    class Meta(AbstractGrant.Meta):  # type: ignore[misc]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"authorization code {self.pk}"
