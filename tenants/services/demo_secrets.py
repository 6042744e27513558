"""The demo's passwords and keys: derived from the installation's secret, so they stay and nothing is stored."""

import base64
import hmac

from django.conf import settings

from tenants.api_key_format import key_from_bytes


def demo_password(*, email: str) -> str:
    """The password of one of the demo's people: 144 bits."""
    return base64.urlsafe_b64encode(_derive(f"password of {email}")[:18]).decode()


def demo_key(*, tenant: str, server: str) -> str:
    """The API key for one of the demo's servers."""
    return key_from_bytes(_derive(f"key for {tenant}/{server}"))


def _derive(purpose: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"atrium demo: {purpose}".encode(), "sha256")
