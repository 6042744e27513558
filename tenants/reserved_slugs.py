"""Names that no new tenant gets: they are, may become, or could be taken for a part of the platform."""

from typing import Final

_ROUTES: Final = (
    "accounts", "api", "app", "health", "invitations", "livez", "login", "logout", "mcp", "metrics", "new", "oauth",
    "operator", "outbox", "readyz", "register", "settings", "signin", "sign-in", "signup", "sign-up", "start", "static",
    "well-known",
)  # fmt: skip
_HOSTS: Final = (
    "assets", "auth", "cdn", "console", "docs", "download", "email", "files", "localhost", "mail", "media",
    "postmaster", "smtp", "status", "support", "www",
)  # fmt: skip
_VOICES: Final = (
    "about", "account", "admin", "administrator", "atrium", "billing", "connect", "contact", "dashboard", "favicon",
    "help", "internal", "legal", "null", "pricing", "privacy", "public", "robots", "root", "security", "system",
    "terms", "undefined",
)  # fmt: skip

RESERVED_SLUGS: Final = frozenset(_ROUTES + _HOSTS + _VOICES)
