"""Where an answer may be sent. The rules are the domain's, which checks what is registered by the same ones."""

from tenants.redirect_uris import (
    LOOPBACK,
    check_redirect_uri,
    is_loopback,
    is_redirect_uri,
    redirect_host,
    redirect_origin,
    redirect_uri_allowed,
)

__all__ = [
    "LOOPBACK",
    "check_redirect_uri",
    "is_loopback",
    "is_redirect_uri",
    "redirect_host",
    "redirect_origin",
    "redirect_uri_allowed",
]
