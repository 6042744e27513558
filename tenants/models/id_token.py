"""OpenID Connect's ID tokens. None is issued; django-oauth-toolkit wants the table."""

from oauth2_provider.models import AbstractIDToken

from tenants.models.bound_to_server import BoundToServer


class IDToken(BoundToServer, AbstractIDToken):  # type: ignore[misc]
    """An ID token, by its `jti`."""

    class Meta(AbstractIDToken.Meta):  # type: ignore[misc]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return f"ID token {self.pk}"
