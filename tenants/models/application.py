"""OAuth clients."""

from typing import Any, ClassVar
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from oauth2_provider.models import AbstractApplication

from tenants.errors import InvalidValueError
from tenants.models.tenant_owned import TenantManager
from tenants.redirect_uris import check_redirect_uris, redirect_uri_allowed


class AuthMethod(models.TextChoices):
    """How a client authenticates at the token endpoint (RFC 7591 section 2)."""

    NONE = "none"
    BASIC = "client_secret_basic"
    POST = "client_secret_post"


class Application(AbstractApplication):  # type: ignore[misc]
    """An OAuth client. `tenant` is null for one that registered itself: it belongs to nobody, and a person who
    consents ties it to one server by the token they give it.

    `registered_from` is the address that registered it, by which registrations are counted. One that registered
    itself and was never used ends at `expires_at`; `last_used_at` is when it last got a token.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+", null=True, blank=True)
    auth_method = models.CharField(max_length=32, choices=AuthMethod.choices, default=AuthMethod.NONE)
    client_uri = models.TextField(blank=True)
    registered_from = models.CharField(max_length=45, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[TenantManager[Any]] = TenantManager()

    class Meta(AbstractApplication.Meta):  # type: ignore[misc]
        base_manager_name = "objects"

    def __str__(self) -> str:
        return str(self.name or self.client_id)

    def clean(self) -> None:
        """As django-oauth-toolkit's, which would let http to any host pass. Raises ValidationError."""
        super().clean()
        try:
            check_redirect_uris(self.redirect_uris.split())
        except InvalidValueError as error:
            raise ValidationError({"redirect_uris": error.message}) from error

    def redirect_uri_allowed(self, uri: str) -> bool:
        """By our rules, whoever of django-oauth-toolkit asks."""
        return redirect_uri_allowed(self.redirect_uris.split(), uri)
