"""Who called, and by what, as tables name them. What is gone is named by the beginning of its id."""

from uuid import UUID

from tenants import playground
from tenants.models import Call
from tenants.selectors.call_search import CallNames
from tenants.selectors.credentials import KIND_API_KEY


def person_name(names: CallNames, *, user_id: UUID | None, service_account: str) -> str:
    """A member, somebody who was one, or a program of nobody's."""
    if user_id is None:
        return service_account or "nobody"
    member = names.people.get(user_id)
    return f"former member {str(user_id)[:8]}" if member is None else str(member.user.name or member.user.email)


def client_name(names: CallNames, *, kind: str, client: str, said: str = "") -> str:
    """The key or client by which it came; `said` is what a client calls itself."""
    if client == playground.CLIENT:
        return playground.NAME
    if kind == KIND_API_KEY:
        return f"API key · {names.keys.get(client) or client[:8] or 'unknown'}"
    return names.clients.get(client) or said or client or "unknown"


def server_name(names: CallNames, server_id: UUID) -> str:
    """The server, also one that is gone."""
    if server_id == Call.NO_SERVER:
        return "no server"
    server = names.servers.get(server_id)
    return f"deleted server {str(server_id)[:8]}" if server is None else server.name
