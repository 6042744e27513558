"""What a server says without being asked, on its way to the streams that clients keep open for it.

Published on `keys.ANNOUNCEMENTS` by whoever knows that something happened; every replica hears it. Nothing rests on it:
an announcement that is lost is a client that looks later.
"""

from typing import Any, Final

import msgspec
from msgspec import Struct, field

TOOLS_CHANGED: Final = "notifications/tools/list_changed"
PROMPTS_CHANGED: Final = "notifications/prompts/list_changed"
RESOURCES_CHANGED: Final = "notifications/resources/list_changed"
RESOURCE_UPDATED: Final = "notifications/resources/updated"

SESSION_ENDED: Final = "session ended"
"""Not for clients: the streams of a session (`sessions.standing.session_topic`) are to end."""


class Announcement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notification: its method and parameters, and who gets it.

    `server` is the server's id. `topic` is what it is about: a resource's URI, a task's id, or nothing for a list. It
    goes to the streams of that server that asked for this method and topic, of everybody, or of `principal` alone. A
    stream that is behind gets the newest of those with the same method and topic. Where it `is_template`, its topic is
    a URI template, and it is about every resource that follows it.
    """

    server: str
    method: str
    topic: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    principal: str | None = None
    is_template: bool = False


encode_announcement = msgspec.json.Encoder().encode
decode_announcement = msgspec.json.Decoder(Announcement).decode


def announced(server: str, method: str, topic: str) -> Announcement:
    """What a tool of this server has told everybody: a list has changed, or the resource that is the topic."""
    params = {"uri": topic} if method == RESOURCE_UPDATED else {}
    return Announcement(server=server, method=method, topic=topic, params=params)


def resource_updated(server: str, uri: str, principal: str | None = None) -> Announcement:
    """A resource has changed (MCP server/resources, Subscriptions). What not everybody may know of names its
    principal."""
    return Announcement(server=server, method=RESOURCE_UPDATED, topic=uri, params={"uri": uri}, principal=principal)


def resources_updated(server: str, uri_template: str) -> Announcement:
    """Every resource of a template has changed: each client is told of those that it subscribed to."""
    return Announcement(server=server, method=RESOURCE_UPDATED, topic=uri_template, is_template=True)
