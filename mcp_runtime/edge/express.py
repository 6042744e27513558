"""The express lane: a `tools/call` that nothing stands in the way of is answered in one go, without a task of its own.

Everything it needs is known already: the credential was examined before on this very snapshot, the tool is quick, its
arguments are accepted, tokens are leased. It refuses nothing. Whatever is out of the ordinary it leaves as it was to
`edge.endpoint`, which finds out what to say; so the rules stand there alone, and a test compares the two answers.
"""

from time import monotonic, time
from typing import Final

import msgspec
from msgspec import UNSET

from mcp_runtime.calls.caller import Caller, Credential
from mcp_runtime.calls.loaded import LoadedTool
from mcp_runtime.contract.credentials import token_digest
from mcp_runtime.edge.address import client_address
from mcp_runtime.edge.express_call import METHOD, VERSION, ExpressCall, ExpressRequest, decode
from mcp_runtime.edge.origin import HostPolicy
from mcp_runtime.protocol.jsonrpc import ID_LENGTH, find_ambiguity
from mcp_runtime.refusals import Refused
from mcp_runtime.runtime import Runtime

PATH_PREFIX: Final = b"/mcp/"
_VERSION_HEADER: Final = VERSION.encode()
_METHOD_HEADER: Final = METHOD.encode()

Headers = dict[bytes, bytes]
Pairs = list[tuple[bytes, bytes]]
Client = tuple[str, int] | None


class Known:
    """What the headers of one client's requests came to, the last time."""

    __slots__ = ("address", "credential", "digest", "name", "pairs", "path", "position", "tool", "user_agent")

    def __init__(self, path: bytes, pairs: Pairs, headers: Headers, credential: Credential, address: str) -> None:
        self.path, self.pairs, self.credential = path, pairs, credential
        self.digest = credential.digest
        self.position = next(i for i, pair in enumerate(pairs) if pair[0] == b"content-length")
        self.name = path[len(PATH_PREFIX) :].decode("latin-1")
        self.tool = headers.get(b"mcp-name", b"").decode("latin-1")
        self.address, self.user_agent = address, headers.get(b"user-agent", b"")

    def fits(self, path: bytes, pairs: Pairs) -> bool:
        """Whether a request has the same headers, but for the length of its body."""
        mine, place = self.pairs, self.position
        return (
            path == self.path
            and len(pairs) == len(mine)
            and pairs[place][0] == b"content-length"
            and pairs[:place] == mine[:place]
            and pairs[place + 1 :] == mine[place + 1 :]
        )


class Express:
    """Finds the calls that may take the lane."""

    def __init__(self, runtime: Runtime, hosts: HostPolicy) -> None:
        self._runtime, self._hosts = runtime, hosts
        self._trusted = runtime.settings.trusted_proxies

    def examine(self, path: bytes, pairs: Pairs, client: Client) -> Known | None:
        """Look at a request's headers; None where there is anything about them that is not ordinary."""
        headers = dict(pairs)
        if len(headers) != len(pairs) or not _is_ordinary(headers) or not self._hosts.is_known(headers.get(b"host")):
            return None
        authorization = headers.get(b"authorization", b"")
        credential = self._runtime.credentials.cached(token_digest(authorization[7:]).hex())
        if authorization[:7] != b"Bearer " or credential is None:
            return None
        address = client_address(client, headers.get(b"x-forwarded-for"), self._trusted)
        return Known(path, pairs, headers, credential, address)

    def find(self, known: Known, body: bytes) -> ExpressCall | None:
        """The call, admitted, if it is an ordinary one; None leaves everything as it was."""
        caller = self._recognize(known)
        if caller is None:
            return None
        request = _read(body, caller)
        if request is None:
            return None
        params = request.params
        tool = caller.access.tools.get(params.name)
        if tool is None or not tool.is_direct or known.tool != params.name:
            return None
        if not tool.input.accepts(params.arguments) or not self._admit(caller, tool):
            return None
        return ExpressCall(self._runtime, caller, tool, request, (known.address, known.user_agent))

    def _recognize(self, known: Known) -> Caller | None:
        """The caller, as examined before. It stays true as long as the same credential meets the same snapshot."""
        runtime, credential = self._runtime, known.credential
        if not runtime.changes.are_heard or runtime.credentials.cached(known.digest) is not credential:
            return None
        caller = credential.callers.get(known.name)
        if caller is None or caller.loaded is not runtime.servers.cached(known.name) or caller.strict:
            return None
        record = caller.record
        if record.address_ranges or (record.expires_at is not None and record.expires_at <= time()):
            return None
        return caller

    def _admit(self, caller: Caller, tool: LoadedTool) -> bool:
        """Take tokens that are leased already; False, and nothing taken, where anything must be asked or refused."""
        runtime, limits, day = self._runtime, caller.limits, caller.day
        if (
            day.known + day.pending >= limits.calls_per_day
            or caller.load.in_flight >= limits.calls_in_flight
            or runtime.audit.is_full
            or "meta" not in caller.loaded.encoded
            or not runtime.buckets.take(caller.buckets_for(tool), monotonic())
        ):
            return False
        day.pending += 1
        runtime.metrics.requests[METHOD] += 1
        return True


def _is_ordinary(headers: Headers) -> bool:
    """Headers as every well-behaved client sends them, from no browser."""
    accept = headers.get(b"accept", b"*/*")
    return (
        headers.get(b"mcp-method") == _METHOD_HEADER
        and headers.get(b"mcp-protocol-version") == _VERSION_HEADER
        and (b"application/json" in accept or b"*/*" in accept)
        and headers.get(b"content-type", b"").startswith(b"application/json")
        and b"content-length" in headers
        and b"content-encoding" not in headers
        and b"origin" not in headers
    )


def _read(body: bytes, caller: Caller) -> ExpressRequest | None:
    """The request, where there is nothing about it to be refused."""
    limits = caller.limits
    if len(body) > limits.body_bytes or body.count(b"{") + body.count(b"[") > limits.json_depth:
        return None
    try:
        request = decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    meta = request.params.meta
    if meta.version != VERSION or meta.log_level is not UNSET or request.result is not UNSET:
        return None
    if request.error is not UNSET or (type(request.id) is str and len(request.id) > ID_LENGTH):
        return None
    # As many colons as names that were read: there is nothing else in it, and nothing twice.
    if body.count(b":") != request.count_names() and not _is_unambiguous(body):
        return None
    return request


def _is_unambiguous(body: bytes) -> bool:
    try:
        return find_ambiguity(body) is None
    except Refused:
        return False
