"""Requests to upstreams, whatever has to be done before one can be sent: an account, a connection, a look at the list.

What is tried again was refused before it began: a session that is not known any more, a token that is not good any
more. What may have begun is never sent twice.
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Raw, Struct

from egress.door import Door
from mcp_runtime.calls.results import ToolResult, failed
from mcp_runtime.contract.upstreams import (
    PublishedUpstreamItem,
    UpstreamAccounts,
    UpstreamReports,
    UpstreamSpec,
    UpstreamUnreachable,
)
from mcp_runtime.upstreams.channel import AnsweredStatus
from mcp_runtime.upstreams.confidence import Confidence
from mcp_runtime.upstreams.connection import Connection
from mcp_runtime.upstreams.connections import Connections
from mcp_runtime.upstreams.credentials import Credentials, CredentialsSource, ReadSecret
from mcp_runtime.upstreams.errors import RpcError, ScopesWanted, SessionLost, Unauthorized
from mcp_runtime.upstreams.listed import PROMPTS, TOOLS
from mcp_runtime.upstreams.listing import current
from mcp_runtime.upstreams.reporting import Reporting
from mcp_runtime.upstreams.turn import EVERYTHING, SILENT, Turn

UNSUPPORTED_VERSION: Final = -32022
MOST_TRIES: Final = 4
_PINNED: Final = frozenset({TOOLS, PROMPTS})


class DefinitionRefused(Exception):  # noqa: N818 - reads as the state it reports
    """What the upstream offers is not what somebody approved. `result` says so to whoever called."""

    def __init__(self, result: ToolResult) -> None:
        super().__init__("the definition is not the one that was approved")
        self.result = result


class Answered(Struct):
    """What came of a request: its result as it came, what it was sent with, and what must not come back in it."""

    result: Raw
    credentials: Credentials
    connection: Connection
    confidence: Confidence


class Upstreams:
    """The upstreams of all tenants, as one process speaks to them."""

    def __init__(
        self, door: Door, *, secret: ReadSecret, accounts: UpstreamAccounts, reports: UpstreamReports | None = None
    ) -> None:
        self.connections = Connections(door)
        self._credentials = CredentialsSource(secret, accounts)
        self.reporting = Reporting(reports)

    async def request(
        self,
        item: PublishedUpstreamItem,
        what: str,
        user_id: str | None,
        method: str,
        params: dict[str, Any],
        turn: Turn = SILENT,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """One request about something that is published. Raises DefinitionRefused, RpcError, UpstreamUnreachable,
        AccountMissing, SecretMissing, SecretUnreadable, RecordUnavailable."""
        upstream = item.upstream
        credentials = await self._credentials.read(upstream, user_id)
        has_reconnected = False
        for _ in range(MOST_TRIES):
            try:
                definition = await self._checked(credentials, item, what)
                connection = await self.connections.get(upstream, credentials, askable(turn.capabilities))
                sent = _as_task(definition, params, connection)
                confidence = Confidence(credentials.values)
                result = await self._sent(connection, method, sent, (credentials, confidence), turn, headers)
                return Answered(result, credentials, connection, confidence)
            except SessionLost as lost:
                self.connections.forget(upstream, credentials.account)
                if has_reconnected:
                    raise UpstreamUnreachable("unreachable", "The upstream server forgets its sessions.") from lost
                has_reconnected = True
            except ScopesWanted as wanted:
                raise await self._credentials.wanting(upstream, credentials, wanted.scopes) from wanted
            except Unauthorized:
                credentials = await self._renewed(upstream, user_id, credentials)
            except UpstreamUnreachable as error:
                if Confidence(credentials.values).repeated_in(str(error)):
                    raise UpstreamUnreachable(error.reason, "The upstream server refused.") from None
                raise
        raise _unauthorized()

    async def follow(self, answered: Answered, method: str, params: dict[str, Any], turn: Turn = SILENT) -> Raw:
        """A further request about what was answered, over the same connection. Raises RpcError, UpstreamUnreachable."""
        confidence = answered.confidence
        try:
            return await answered.connection.request(method, params, answered.credentials, confidence.turn(turn))
        except RpcError as error:
            raise confidence.error(error) from None
        except (SessionLost, Unauthorized, ScopesWanted) as error:
            text = "The upstream server does not know this call any more."
            raise UpstreamUnreachable("unauthorized", text) from error

    async def aclose(self) -> None:
        """End every connection."""
        await self.reporting.aclose()
        await self.connections.aclose()

    async def _sent(
        self,
        connection: Connection,
        method: str,
        params: dict[str, Any],
        shown: tuple[Credentials, Confidence],
        turn: Turn,
        headers: Mapping[str, str] | None,
    ) -> Raw:
        given = headers if connection.agreed.is_modern else None
        credentials, confidence = shown
        try:
            return await connection.request(method, params, credentials, confidence.turn(turn), headers=given)
        except (AnsweredStatus, RpcError) as error:
            if isinstance(error, AnsweredStatus) or error.code == UNSUPPORTED_VERSION:
                self._begin_anew(connection.upstream, credentials.account)
            raise confidence.error(error) if isinstance(error, RpcError) else error from None

    def _begin_anew(self, upstream: UpstreamSpec, account: str) -> None:
        self.connections.forget(upstream, account)
        self.connections.forget_era(upstream)

    async def _renewed(self, upstream: UpstreamSpec, user_id: str | None, refused: Credentials) -> Credentials:
        """Raises UpstreamUnreachable where there is nothing to renew."""
        if not refused.token:
            raise _unauthorized()
        return await self._credentials.read(upstream, user_id, refused=refused.token)

    async def _checked(self, credentials: Credentials, item: PublishedUpstreamItem, what: str) -> dict[str, Any] | None:
        """The definition as the upstream has it now; None where nothing is pinned. Raises DefinitionRefused."""
        if what not in _PINNED:
            return None
        connection = await self.connections.get(item.upstream, credentials, dict(EVERYTHING))
        listing, is_new = await current(connection, credentials, what)
        digest = listing.digests.get(item.key)
        if is_new or digest != item.digest:
            self.reporting.tell(item.upstream, what, listing, is_certain=digest != item.digest)
        if digest != item.digest:
            raise DefinitionRefused(_refusal(item, is_gone=digest is None))
        definition: dict[str, Any] = listing.by_key[item.key]
        return definition


def askable(capabilities: Mapping[str, Any]) -> dict[str, Any]:
    """What a client can be asked, of all that it says of itself."""
    return {name: capabilities[name] for name in ("elicitation", "sampling", "roots") if name in capabilities}


def _refusal(item: PublishedUpstreamItem, *, is_gone: bool) -> ToolResult:
    name = item.upstream.name
    if is_gone:
        return failed("definition_gone", f"The upstream server {name} does not offer this any more.")
    return failed(
        "definition_changed",
        f"The upstream server {name} has changed this. It waits for approval by whoever manages this server.",
    )


def _as_task(definition: dict[str, Any] | None, params: dict[str, Any], connection: Connection) -> dict[str, Any]:
    """Older servers have tools that are only called as tasks (2025-11-25 basic/utilities/tasks)."""
    execution = (definition or {}).get("execution")
    needs_task = isinstance(execution, dict) and execution.get("taskSupport") == "required"
    return {**params, "task": {}} if needs_task and not connection.agreed.is_modern else params


def _unauthorized() -> UpstreamUnreachable:
    return UpstreamUnreachable("unauthorized", "The upstream server does not accept what it is shown of this account.")
