"""How often one key, or one person, may ask the management API."""

from typing import Final

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from control_plane.api.authentication import SignedIn, identity_of

RATE: Final = "600/min"


class ManagementRate(SimpleRateThrottle):
    """600 requests within any minute, counted by all web processes together: a bound on load, not a quota."""

    rate = RATE

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """By the key or the person, after authentication."""
        identity = identity_of(request)
        holder = identity.user_id if isinstance(identity, SignedIn) else identity.api_key_id
        return f"management-rate:{holder}"
