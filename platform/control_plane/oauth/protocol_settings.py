"""django-oauth-toolkit's settings: what it offers beyond this is off, and what it would let pass is not asked.

Read by the settings, so free of Django.
"""

from typing import Any, Final

SCOPES: Final = {
    "mcp:read": "See what a server offers and use its read-only tools",
    "mcp:call": "Call every tool that you may call yourself",
    "offline_access": "Stay connected without signing in again",
}


def provider(public_url: str) -> dict[str, Any]:
    """OAUTH2_PROVIDER."""
    return {
        "OIDC_ISS_ENDPOINT": public_url,
        "OAUTH2_VALIDATOR_CLASS": "control_plane.oauth.validator.Validator",
        "CLIENT_SECRET_HASHER": "random_sha256",
        "SCOPES": SCOPES,
        "DEFAULT_SCOPES": ["mcp:read", "mcp:call"],
        "ACCESS_TOKEN_EXPIRE_SECONDS": 15 * 60,
        "REFRESH_TOKEN_EXPIRE_SECONDS": 30 * 86400,
        "AUTHORIZATION_CODE_EXPIRE_SECONDS": 60,
        "PKCE_REQUIRED": True,
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
        "REQUEST_APPROVAL_PROMPT": "force",
        "ALLOW_URI_WILDCARDS": False,
        # http on loopback only, which django-oauth-toolkit does not look at: tenants.redirect_uris does, everywhere.
        "ALLOWED_REDIRECT_URI_SCHEMES": ["https", "http"],
        "ALLOW_LOCALHOST_LOOPBACK": True,
        "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
        "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
        "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
        "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
        "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
        "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
        "COMPLIANT_BCP_RFC9700_REDIRECT_URI_MATCHING": True,
        "COMPLIANT_BCP_RFC9700_PKCE_REQUIRED": True,
    }
