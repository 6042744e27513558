"""The invitation that a visitor came with, kept in their session by the hash of its token."""

from typing import Final

from django.http import HttpRequest
from django.utils import timezone

from mcp_runtime.contract.credentials import token_digest
from tenants.selectors.across_tenants import ReceivedInvitation, invitation_by_digest

KEY: Final = "invitation"


def invitation_remember(request: HttpRequest, token: str) -> None:
    """Let whoever opened this link sign up, for the invited address."""
    request.session[KEY] = token_digest(token.encode()).hex()


def invitation_of(request: HttpRequest) -> ReceivedInvitation | None:
    """The invitation that the visitor came with, if it can still be accepted."""
    digest = request.session.get(KEY)
    return None if digest is None else invitation_by_digest(digest=str(digest), now=timezone.now())
