"""Where somebody goes after signing in: within this installation."""

from django.utils.http import url_has_allowed_host_and_scheme


def is_within(url: str) -> bool:
    """True for a path of this installation. What has a scheme or a host is none, nor what a browser could read so."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
