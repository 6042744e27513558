"""What a browser remembers of a sign-in at an upstream: its state, and for which tenant. Put there when the person has
agreed, and taken out by the answer: another browser's answer finds nothing."""

import hashlib
from typing import Final

from django.http import HttpRequest

from tenants.models import Tenant

MOST: Final = 10
_KEY: Final = "upstream_sign_ins"


def sign_in_remember(request: HttpRequest, state: str, tenant: Tenant) -> None:
    """From now on this session may bring an answer with this state."""
    kept = list(request.session.get(_KEY, {}).items())[-(MOST - 1) :]
    request.session[_KEY] = {**dict(kept), _digest(state): str(tenant.pk)}


def sign_in_recalled(request: HttpRequest, state: str) -> str:
    """The id of the tenant that a sign-in of this session was for, which the session forgets with that; empty where it
    knows of none."""
    known: dict[str, str] = dict(request.session.get(_KEY, {}))
    tenant_id = known.pop(_digest(state), "")
    if tenant_id:
        request.session[_KEY] = known
    return tenant_id


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode("utf-8", "replace")).hexdigest()
