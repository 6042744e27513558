"""How far a tenant has come on its way to the first call, in its scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from tenants.actor import Actor
from tenants.models import ApiKey, Call, Server, ServerTool
from tenants.selectors.api_keys import api_key_list
from tenants.selectors.calls import ENDINGS, call_list
from tenants.selectors.connections import connection_list
from tenants.selectors.servers import server_list

MCP: Final = "mcp:"


@dataclass(frozen=True, slots=True)
class FirstCall:
    """The four steps, as far as the actor may see them. Times are those of the first time."""

    server: Server | None
    tools: int
    connected_at: datetime | None
    called_at: datetime | None

    @property
    def is_done(self) -> bool:
        """True once a client has called a tool, and the tool has answered."""
        return self.called_at is not None


def first_call(*, actor: Actor) -> FirstCall:
    """Where the actor stands: the first server, its enabled tools, when a client first showed itself and was first
    answered. A client shows itself by its consent being traded for a token, by a key in use, or by a
    request that was recorded."""
    server: Server | None = server_list(actor=actor).order_by("created_at", "pk").first()
    answered = call_list(actor=actor, outcome="ok")
    return FirstCall(
        server=server,
        tools=ServerTool.objects.filter(is_enabled=True).count(),
        connected_at=_connected_at(actor),
        called_at=_earliest(answered),
    )


def _connected_at(actor: Actor) -> datetime | None:
    connected = connection_list(actor=actor).filter(connected_at__isnull=False)
    times = [
        connected.order_by("connected_at").values_list("connected_at", flat=True).first(),
        _key_used_at(api_key_list(actor=actor)),
        _earliest(call_list(actor=actor, method=None).exclude(method__in=ENDINGS)),
    ]
    return min((time for time in times if time is not None), default=None)


def _key_used_at(keys: QuerySet[ApiKey]) -> datetime | None:
    """When a key that opens MCP endpoints was last used: what a management key does is no client's doing."""
    used = keys.filter(last_used_at__isnull=False).prefetch_related(None).select_related(None)
    rows = used.values_list("last_used_at", "scopes")
    opening = (at for at, scopes in rows if at and any(scope.startswith(MCP) for scope in scopes))
    return min(opening, default=None)


def _earliest(calls: QuerySet[Call]) -> datetime | None:
    found: datetime | None = calls.order_by("time").values_list("time", flat=True).first()
    return found
