"""/servers/…/sessions and /streams: what clients have open on a server just now, and ending it.

Their ids name them here and nowhere else: no client can use one.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from rest_framework import serializers

from control_plane.api.answers import Nothing, One
from control_plane.api.asking import ACCESS, READ, TenantRequest
from control_plane.api.forms import Form, PageQuery
from control_plane.api.listed import ListedPage
from control_plane.api.operations import ApiView, operation
from tenants.abilities import Ability
from tenants.publishing.open_sessions import OpenSession, OpenStream, OpenThings
from tenants.selectors.servers import server_get
from tenants.services.open_sessions import (
    open_things_seen,
    open_things_seen_end,
    server_of_open_thing,
    session_end,
    stream_close,
)


class OpenShape(serializers.Serializer[Any]):
    """Who has it open, and with what."""

    id = serializers.CharField()
    user_id = serializers.CharField(source="holder.user", allow_null=True)
    service_account = serializers.CharField(source="holder.service_account", allow_null=True)
    client = serializers.CharField(source="holder.client", help_text="An OAuth client's id, or the family of a key.")
    client_name = serializers.CharField(source="holder.client_name", help_text="What the client calls itself.")
    credential_kind = serializers.CharField(source="holder.credential_kind")
    protocol_version = serializers.CharField(source="listed.version")
    since = serializers.DateTimeField()


class SessionShape(OpenShape):
    """A session of a client of 2025-03-26 to 2025-11-25."""

    last_request_at = serializers.DateTimeField(source="requested_at")
    is_listening = serializers.BooleanField(help_text="Whether it keeps a stream open for what the server says itself.")
    running_calls = serializers.IntegerField(source="calls", help_text="Of those that take their time.")


class StreamShape(OpenShape):
    """A stream that is open, or a call that takes its time, in no session."""

    kind = serializers.CharField(
        source="listed.kind", help_text="`listening`: to what the server says by itself; `call`: it runs."
    )
    tool = serializers.CharField(source="listed.tool", help_text="Of a call; else empty.")


class EndedShape(serializers.Serializer[OpenThings]):
    """How much was ended."""

    sessions = serializers.SerializerMethodField()
    streams = serializers.SerializerMethodField()

    def get_sessions(self, things: OpenThings) -> int:
        """How many sessions."""
        return len(things.sessions)

    def get_streams(self, things: OpenThings) -> int:
        """How many streams beside them."""
        return len(things.streams)


class OpenQuery(PageQuery):
    """Of whom, and which part of the list."""

    user_id = serializers.UUIDField(required=False)


class EndingForm(Form):
    """Whose; of everybody where it is not said."""

    user_id = serializers.UUIDField(required=False)


class Sessions(ApiView):
    """Of a server."""

    @operation(READ, Ability.CALL_TOOLS, query=OpenQuery, answer=ListedPage(SessionShape))
    def get(self, request: TenantRequest, server: str) -> Sequence[OpenSession]:
        """List the sessions of a server that are open, newest first: everybody's for owner and admin, else your own."""
        return _seen(request, server).sessions


class SessionDetail(ApiView):
    """One of them."""

    @operation(ACCESS, Ability.CALL_TOOLS, answer=Nothing())
    def delete(self, request: TenantRequest, server: str, session_id: str) -> None:
        """End a session, on every replica: its streams close, its running calls are cancelled, and its client begins a
        new one if it may. Owner and admin end anybody's."""
        found = server_of_open_thing(actor=request.actor, slug=server)
        session_end(tenant=request.tenant, actor=request.actor, server=found, session_id=session_id)


class Streams(ApiView):
    """Of a server."""

    @operation(READ, Ability.CALL_TOOLS, query=OpenQuery, answer=ListedPage(StreamShape))
    def get(self, request: TenantRequest, server: str) -> Sequence[OpenStream]:
        """List the open streams and lasting calls of a server that are in no session, newest first: everybody's for
        owner and admin, else your own."""
        return _seen(request, server).streams


class StreamDetail(ApiView):
    """One of them."""

    @operation(ACCESS, Ability.CALL_TOOLS, answer=Nothing())
    def delete(self, request: TenantRequest, server: str, stream_id: str) -> None:
        """Close a stream; a call that it answers is cancelled. Owner and admin close anybody's."""
        found = server_of_open_thing(actor=request.actor, slug=server)
        stream_close(tenant=request.tenant, actor=request.actor, server=found, stream_id=stream_id)


class SessionsEnding(ApiView):
    """All at once."""

    @operation(ACCESS, Ability.CALL_TOOLS, body=EndingForm, answer=One(EndedShape))
    def post(self, request: TenantRequest, server: str) -> OpenThings:
        """End all sessions and streams of a server that you may end, or all of one person."""
        found = server_get(slug=server, actor=request.actor)
        user_id = request.body.get("user_id")
        return open_things_seen_end(tenant=request.tenant, actor=request.actor, server=found, user_id=user_id)


def _seen(request: TenantRequest, server: str) -> OpenThings:
    found = server_get(slug=server, actor=request.actor)
    user_id: UUID | None = request.query.get("user_id")
    return open_things_seen(actor=request.actor, server=found, user_id=user_id)
