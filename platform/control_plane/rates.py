"""Counting how often somebody does something, for all web processes together (`control_plane.shared_cache`)."""

from django.core.cache import cache


def is_too_often(what: str, who: str, *, most: int, seconds: int) -> bool:
    """Count one more of `what` by `who`; True where that makes more than `most` within a window of so many seconds."""
    key = f"{what}:{who.encode().hex()}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # it expired in between
        return False
