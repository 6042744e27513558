"""What is open on a server, as tables and pages show it, with the names of whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.caller_names import client_name, person_name
from control_plane.oauth.shown import shown
from mcp_runtime.contract.open_sessions import LISTENING, Holder
from tenants import playground
from tenants.publishing.open_sessions import OpenSession, OpenStream
from tenants.selectors.call_search import CallNames, call_names, is_uuid
from tenants.selectors.credentials import KIND_API_KEY

UNNAMED: Final = "Unnamed client"


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A session or a stream. `by` is the key or the connection that let the client in, `way_to_it` where that can be
    revoked, relative to the tenant's pages."""

    thing: OpenSession | OpenStream
    person: str
    by: str
    way_to_it: str
    is_own: bool

    @property
    def client(self) -> str:
        """What the client calls itself, safe to read."""
        return shown(self.thing.holder.client_name.rpartition("/")[0]) or UNNAMED

    @property
    def client_version(self) -> str:
        """The version that it gives itself."""
        return shown(self.thing.holder.client_name.rpartition("/")[2])

    @property
    def version(self) -> str:
        """The revision of the protocol that it speaks."""
        return self.thing.listed.version

    @property
    def since(self) -> datetime:
        """When it was opened."""
        return self.thing.since

    @property
    def streams(self) -> Sequence[OpenStream]:
        """What is open in a session; a stream is its own."""
        return self.thing.streams if isinstance(self.thing, OpenSession) else (self.thing,)

    @property
    def what(self) -> str:
        """Of a stream: the tool that runs, or nothing."""
        return "" if isinstance(self.thing, OpenSession) else self.thing.listed.tool

    @property
    def listens(self) -> bool:
        """True for a stream that waits for what the server says."""
        return not isinstance(self.thing, OpenSession) and self.thing.listed.kind == LISTENING


@dataclass(frozen=True, slots=True)
class _Named:
    """As much of a call as its names need."""

    user_id: UUID | None
    server_id: UUID
    client: str
    credential_kind: str


def open_rows(asked: TenantPage, server_id: UUID, things: Sequence[OpenSession | OpenStream]) -> list[OpenRow]:
    """The rows of a page, in the scope of the tenant. At most four queries."""
    named: list[Any] = [
        _Named(_user(each.holder), server_id, each.holder.client, each.holder.credential_kind) for each in things
    ]
    names = call_names(calls=named)
    return [_row(asked, each, names) for each in things]


def _row(asked: TenantPage, thing: OpenSession | OpenStream, names: CallNames) -> OpenRow:
    holder, user_id = thing.holder, _user(thing.holder)
    return OpenRow(
        thing=thing,
        person=person_name(names, user_id=user_id, service_account=holder.service_account or ""),
        by=client_name(names, kind=holder.credential_kind, client=holder.client),
        way_to_it=_way(holder),
        is_own=user_id == asked.person.pk,
    )


def _way(holder: Holder) -> str:
    if holder.client == playground.CLIENT:
        return ""
    return "keys/" if holder.credential_kind == KIND_API_KEY else f"connections/?client={quote(holder.client, safe='')}"


def _user(holder: Holder) -> UUID | None:
    return UUID(holder.user) if holder.user is not None and is_uuid(holder.user) else None
