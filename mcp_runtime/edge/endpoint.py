"""The MCP endpoint `/mcp/<tenant>/<server>`: from the socket to the wire layer, one step after the other."""

import logging

from mcp_runtime.boundary import Crash, contained
from mcp_runtime.calls.caller import Caller
from mcp_runtime.calls.loaded import LoadedServer
from mcp_runtime.contract.names import ENDPOINT_PATH
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.edge.address import client_address
from mcp_runtime.edge.authentication import authenticate, insufficient_scope_header, unauthenticated, unavailable
from mcp_runtime.edge.body import read_body
from mcp_runtime.edge.express import Express
from mcp_runtime.edge.origin import HostPolicy, OriginPolicy, forbidden, preflight_headers
from mcp_runtime.protocol.jsonrpc import Message, parse, readable_id
from mcp_runtime.refusals import Refusal, Refused, refuse
from mcp_runtime.runtime import Runtime
from mcp_runtime.wire import modern
from mcp_runtime.wire.era import choose
from mcp_runtime.wire.exchange import ALLOW, Exchange, Receive, Scope, Send
from mcp_runtime.wire.legacy import LAST_EVENT_HEADER, SESSION_HEADER, LegacyEndpoint
from mcp_runtime.wire.stream import incident_refusal

logger = logging.getLogger(__name__)

UNIQUE = frozenset(
    {
        *(b"host", b"origin", b"authorization", b"content-type", b"content-length", b"accept"),
        *(b"mcp-protocol-version", b"mcp-method", b"mcp-name", SESSION_HEADER, LAST_EVENT_HEADER),
    }
)
"""Headers of which two copies could mean different things to different readers."""


class Endpoint:
    """Answers every request under `/mcp/`."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._hosts, self._origins = HostPolicy(runtime.settings), OriginPolicy(runtime.settings)
        self.express = Express(runtime, self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever happens, the client learns only what `wire.errors` says."""
        exchange = Exchange(scope, receive, send)
        try:
            outcome = await contained(self._serve(exchange), Refused, doing=exchange.path)
            if exchange.stays is not None:
                outcome = await contained(exchange.stays(), Refused, doing=exchange.path)
        except Refused as refused:
            await self._refuse(exchange, refused.refusal, None, legacy=False)
            return
        if isinstance(outcome, Crash):
            self._runtime.metrics.incidents += 1
            if not exchange.started:
                await exchange.refuse(incident_refusal(outcome))

    async def _serve(self, exchange: Exchange) -> None:
        match = ENDPOINT_PATH.fullmatch(exchange.path)
        if match is None or b"%" in exchange.scope.get("raw_path", b""):
            raise refuse("not_found", "There is nothing here. A server's URL has the form /mcp/<tenant>/<server>.")
        exchange.tenant, exchange.server = match.groups()
        self._hosts.check(exchange)
        if len(exchange.headers) != len(exchange.scope["headers"]):
            _check_duplicates(exchange)
        method = exchange.scope["method"]
        if method == "OPTIONS":
            await exchange.answer(204, b"", preflight_headers(exchange))
            return
        caller = await self._authenticate(exchange)
        if method == "POST":
            await self._post(exchange, caller)
        elif method == "DELETE" and SESSION_HEADER in exchange.headers:
            await LegacyEndpoint(self._runtime, caller, exchange).end_session()
        elif method == "GET" and SESSION_HEADER in exchange.headers:
            await LegacyEndpoint(self._runtime, caller, exchange).listen()
        else:
            raise Refused(Refusal("method_not_allowed", "Send messages by POST.", headers=(ALLOW,)))

    async def _authenticate(self, exchange: Exchange) -> Caller:
        """Who calls. Without a good credential nothing depends on whether the server exists, its origins included."""
        runtime = self._runtime
        forwarded = exchange.headers.get(b"x-forwarded-for")
        exchange.address = client_address(exchange.scope.get("client"), forwarded, runtime.settings.trusted_proxies)
        allowed_everywhere = self._origins.check_everywhere(exchange)
        if allowed_everywhere:
            self._origins.admit(exchange)
        elif b"authorization" not in exchange.headers:
            raise forbidden()
        try:
            credential = await authenticate(runtime, exchange)
        except Refused as refused:
            raise refused if allowed_everywhere else forbidden() from refused
        loaded = await self._load(exchange)
        if loaded is None or not loaded.snapshot.is_serving:
            raise refuse("not_found", "There is no such server, or it is suspended.")
        if loaded.snapshot.tenant.id != credential.record.tenant_id:
            raise unauthenticated(runtime, exchange)  # a slug that changed hands: the old owner's credential is no good
        if not allowed_everywhere:
            self._origins.admit(exchange, loaded.snapshot.allowed_origins)
        return runtime.caller(credential, f"{exchange.tenant}/{exchange.server}", loaded)

    async def _load(self, exchange: Exchange) -> LoadedServer | None:
        name = f"{exchange.tenant}/{exchange.server}"
        heard = self._runtime.changes.are_heard
        loaded = self._runtime.servers.cached(name) if heard else None
        if loaded is not None:
            return loaded
        try:
            return await self._runtime.servers.get(name, changes_heard=heard)
        except RecordUnavailable as error:
            raise unavailable() from error

    async def _post(self, exchange: Exchange, caller: Caller) -> None:
        body = await read_body(exchange, caller.limits.body_bytes)
        if body is None:
            return
        request_id, legacy = None, False
        try:
            message = parse(body, caller.limits.json_depth)
            if isinstance(message, Message):
                legacy = choose(exchange.headers, message) == "legacy"
                if not legacy:
                    await modern.serve(self._runtime, caller, exchange, message)
                    return
            legacy = True
            await LegacyEndpoint(self._runtime, caller, exchange).serve(message)
        except Refused as refused:
            request_id = readable_id(body)
            await self._refuse(exchange, refused.refusal, request_id, legacy=legacy)

    async def _refuse(
        self, exchange: Exchange, refusal: Refusal, request_id: str | int | None, *, legacy: bool
    ) -> None:
        self._runtime.metrics.refusals[refusal.reason] += 1
        if exchange.started:
            return
        if refusal.reason == "insufficient_scope":
            headers = insufficient_scope_header(self._runtime, exchange, str(refusal.data.get("scope", "")))
            refusal = Refusal(refusal.reason, refusal.message, refusal.data, headers=headers)
        await exchange.refuse(refusal, request_id, legacy=legacy)


def _check_duplicates(exchange: Exchange) -> None:
    seen: set[bytes] = set()
    for name, _ in exchange.scope["headers"]:
        if name in seen and (name in UNIQUE or name.startswith(b"mcp-param-")):
            reason = "header_mismatch" if name.startswith(b"mcp-") else "invalid_request"
            raise refuse(reason, f"The header {name.decode('latin-1')} is there more than once.")
        seen.add(name)
