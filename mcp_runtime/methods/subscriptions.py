"""What a client wants to be told of: subscriptions/listen (modern), as long as its stream is open, and
resources/subscribe and unsubscribe (legacy), as long as its session is."""

from typing import Any, Final

from msgspec import UNSET

from mcp_runtime.calls.arrivals import note_arrival
from mcp_runtime.calls.call import Answer, Call, Listening
from mcp_runtime.calls.listeners import Subscription
from mcp_runtime.calls.task_watching import TASKS_CHANGED, watched_tasks
from mcp_runtime.contract.announcements import (
    PROMPTS_CHANGED,
    RESOURCE_UPDATED,
    RESOURCES_CHANGED,
    TOOLS_CHANGED,
)
from mcp_runtime.methods.discovery import capabilities
from mcp_runtime.refusals import Refused, refuse
from mcp_runtime.replica.redis_link import STORE_DOWN
from mcp_runtime.sessions.standing import SUBSCRIPTIONS_AT_MOST
from mcp_runtime.sessions.store import Owner

LISTS: Final = {
    "toolsListChanged": ("tools", TOOLS_CHANGED),
    "promptsListChanged": ("prompts", PROMPTS_CHANGED),
    "resourcesListChanged": ("resources", RESOURCES_CHANGED),
}
"""Fields of the filter that are true or false: the capability that they need, and what they ask for."""

TOPICS: Final = {"resourceSubscriptions": ("resources", RESOURCE_UPDATED)}
"""Fields of the filter that name topics; another kind of notification is a line here (docs/streams.md)."""

TOPICS_AT_MOST: Final = 1_000
TOPIC_LENGTH: Final = 2_048


async def listen(call: Call) -> Answer:
    """Open a stream for what the filter names, as far as this server has it. Raises Refused."""
    await call.runtime.gate.admit(call.caller.requests)
    if not call.streams:
        raise refuse("not_acceptable", "Accept must list text/event-stream: the answer to this method is a stream.")
    asked = call.params.notifications
    if asked is UNSET:
        raise refuse("invalid_params", "params.notifications is required: what you want to be told of.")
    note_arrival(call)
    offered = capabilities(call.caller.loaded)
    honoured: dict[str, Any] = {}
    topics: dict[str, frozenset[str] | None] = {}
    for name, (capability, method) in LISTS.items():
        if _flag(asked, name) and capability in offered:
            honoured[name], topics[method] = True, frozenset({""})
    for name, (capability, method) in TOPICS.items():
        named = _names(asked, name)
        if named and capability in offered:
            honoured[name], topics[method] = named, frozenset(named)
    tasks = await watched_tasks(call)
    if tasks:
        honoured["taskIds"] = [task.id for task in tasks]
        topics[TASKS_CHANGED] = frozenset(honoured["taskIds"])
    return Listening(Subscription(topics), honoured, tasks)


def _flag(asked: dict[str, Any], name: str) -> bool:
    value = asked.get(name, False)
    if type(value) is not bool:
        raise _malformed(name, "true or false")
    return value


def _names(asked: dict[str, Any], name: str) -> list[str]:
    value = asked.get(name, [])
    if type(value) is not list or len(value) > TOPICS_AT_MOST or not all(map(_is_name, value)):
        raise _malformed(name, f"a list of at most {TOPICS_AT_MOST} strings of 1 to {TOPIC_LENGTH} characters")
    return value


def _is_name(value: Any) -> bool:
    return type(value) is str and 0 < len(value) <= TOPIC_LENGTH


def _malformed(name: str, form: str) -> Refused:
    return refuse("invalid_params", f"params.notifications.{name} must be {form}.")


async def subscribe(call: Call) -> Answer:
    """Tell the session of this resource (MCP 2025-11-25 server/resources, Subscriptions). Any URI will do: what is not
    there yet, or not for this client, is like what never changes. Raises Refused."""
    uri = await _admit(call)
    session_id, owner = _session(call)
    try:
        taken = await call.runtime.standing.subscribe(owner, session_id, uri)
    except STORE_DOWN as error:
        raise _unavailable() from error
    if not taken:
        raise refuse(
            "too_many_subscriptions",
            f"This session has {SUBSCRIPTIONS_AT_MOST} subscriptions, as many as one may have. Unsubscribe first.",
            limit=SUBSCRIPTIONS_AT_MOST,
        )
    return b"{}"


async def unsubscribe(call: Call) -> Answer:
    """Tell it no longer; also where it never asked. Raises Refused."""
    uri = await _admit(call)
    session_id, owner = _session(call)
    try:
        await call.runtime.standing.unsubscribe(owner, session_id, uri)
    except STORE_DOWN as error:
        raise _unavailable() from error
    return b"{}"


async def _admit(call: Call) -> str:
    if "resources" not in capabilities(call.caller.loaded):
        raise refuse("method_not_found", "This server has no resources.", method=call.method)
    await call.runtime.gate.admit(call.caller.requests)
    uri = call.params.uri
    if not _is_name(uri):
        raise refuse(
            "invalid_params", f"params.uri is required: the resource's URI, of 1 to {TOPIC_LENGTH} characters."
        )
    return str(uri)


def _session(call: Call) -> tuple[str, Owner]:
    if call.session is None or call.owner is None:
        raise TypeError("requests of the older revisions come in a session")
    return call.session.id, call.owner


def _unavailable() -> Refused:
    return refuse("unavailable", "Subscriptions can't be reached just now. Retry shortly.", retry_after=2)


MODERN = {"subscriptions/listen": listen}
LEGACY = {"resources/subscribe": subscribe, "resources/unsubscribe": unsubscribe}
