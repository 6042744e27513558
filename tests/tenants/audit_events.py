"""Audit events as the runtime makes them."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.utils import timezone

from mcp_runtime.contract.audit import AuditEvent
from tests.fixtures.cast import Person


def event_of(person: Person, *, time: datetime | None = None, **values: Any) -> AuditEvent:
    """A call by a person on their company's server."""
    chosen = {
        "id": uuid4().hex,
        "time": (time or timezone.now()).timestamp(),
        "tenant_id": str(person.company.tenant.pk),
        "server_id": str(person.company.server.pk),
        "method": "tools/call",
        "tool": "shout",
        "user": str(person.user.pk),
        **values,
    }
    return AuditEvent(**chosen)
