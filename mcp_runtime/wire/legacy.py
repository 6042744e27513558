"""The legacy era (2025-03-26 … 2025-11-25): an `initialize` handshake, then requests within a session.

MCP 2025-11-25 basic/lifecycle and basic/transports.
"""

import asyncio
import contextlib
from typing import Any

from msgspec import UNSET

from mcp_runtime.calls.arrivals import note_arrival
from mcp_runtime.calls.authorization import SCOPE_CALL
from mcp_runtime.calls.call import Call
from mcp_runtime.calls.caller import Caller
from mcp_runtime.calls.encoding import encode, implementation
from mcp_runtime.calls.job_waiting import owner_of
from mcp_runtime.calls.listed import holder_of
from mcp_runtime.calls.task_support import offered_tasks
from mcp_runtime.contract.announcements import SESSION_ENDED, Announcement
from mcp_runtime.contract.ports import RecordUnavailable
from mcp_runtime.methods.discovery import capabilities
from mcp_runtime.methods.registry import LEGACY as LEGACY_METHODS
from mcp_runtime.protocol.jsonrpc import NO_PARAMS, Message, RequestId
from mcp_runtime.protocol.versions import BATCHING, LEGACY
from mcp_runtime.refusals import Refused, refuse
from mcp_runtime.replica.redis_link import STORE_DOWN
from mcp_runtime.runtime import Runtime
from mcp_runtime.sessions.client_requests import expected_reply, reply_body
from mcp_runtime.sessions.log_reader import Claimed, LogReader
from mcp_runtime.sessions.standing import session_topic
from mcp_runtime.sessions.store import Owner, Session
from mcp_runtime.wire.answering import answer, answer_in_batch, find
from mcp_runtime.wire.delivery import HEARTBEAT
from mcp_runtime.wire.era import VERSION_HEADER, not_acceptable, unsupported_version
from mcp_runtime.wire.exchange import Exchange, event, result_message
from mcp_runtime.wire.resumption import Resumption, claim
from mcp_runtime.wire.standing import StandingStream
from mcp_runtime.wire.stream import request_key

SESSION_HEADER = b"mcp-session-id"
LAST_EVENT_HEADER = b"last-event-id"
BATCH_LIMIT = 50


class LegacyEndpoint:
    """Serves legacy messages of one caller."""

    def __init__(self, runtime: Runtime, caller: Caller, exchange: Exchange) -> None:
        self._runtime, self._caller, self._exchange = runtime, caller, exchange
        self._owner = Owner(caller.tenant_id, caller.loaded.snapshot.id, caller.principal)

    async def serve(self, message: Message | list[Message]) -> None:
        """Serve one message or a batch; raises Refused."""
        if isinstance(message, Message) and message.method == "initialize":
            await self._initialize(message)
            return
        session = await self._session()
        if isinstance(message, list):
            await self._serve_batch(session, message)
        elif message.is_request:
            if not self._exchange.accepts(b"application/json") and not self._exchange.accepts(b"text/event-stream"):
                raise not_acceptable()
            await answer(self._exchange, self._call(session, message), find(LEGACY_METHODS, str(message.method)))
        else:
            await self._take(session, message)
            await self._exchange.answer(202)

    async def listen(self) -> None:
        """GET: open the session's own stream, or with Last-Event-ID go on with that one or an earlier request's."""
        session = await self._session()
        if not self._exchange.accepts(b"text/event-stream"):
            raise not_acceptable()
        await self._runtime.gate.admit(self._caller.requests)
        missed = None
        last_event_id = self._exchange.headers.get(LAST_EVENT_HEADER)
        if last_event_id is not None:
            found = self._runtime.streams.reader(self._owner, session.id, last_event_id.decode("latin-1"))
            missed, claimed = await claim(found)
            if not claimed.about.is_standing:
                await self._resume(session, missed, claimed)
                return
        await StandingStream(self._exchange, self._runtime, self._caller, self._owner, session, missed).open()

    async def _resume(self, session: Session, reader: LogReader, claimed: Claimed) -> None:
        resumption = Resumption(self._exchange, self._caller, reader, lambda message: self._call(session, message))
        await resumption.serve(claimed)

    async def end_session(self) -> None:
        """DELETE: the client needs the session no longer."""
        session_id = self._session_id()
        try:
            ended = await self._runtime.sessions.end(self._owner, session_id)
        except STORE_DOWN as error:
            raise _no_sessions() from error
        if not ended:
            raise _unknown_session()
        end = Announcement(
            server=self._owner.server, method=SESSION_ENDED, topic=session_topic(self._owner, session_id)
        )
        self._runtime.announcements.tell(end)
        await self._runtime.client_requests.session_ended(self._owner, session_id)
        with contextlib.suppress(*STORE_DOWN):
            await self._runtime.standing.forget(self._owner, session_id)
        await self._exchange.answer(204)

    async def _initialize(self, message: Message) -> None:
        if not message.is_request:
            raise refuse("invalid_request", "initialize is a request: it needs an id.")
        if SESSION_HEADER in self._exchange.headers:
            raise refuse("already_initialized", "This session is initialized. Begin a new one without Mcp-Session-Id.")
        await self._runtime.gate.admit(self._caller.requests)
        self._runtime.metrics.requests["initialize"] += 1
        params = message.params if message.params is not UNSET else NO_PARAMS
        if params.protocol_version is UNSET:
            raise refuse("invalid_params", "params.protocolVersion is required: the latest version you speak.")
        version = params.protocol_version if params.protocol_version in LEGACY else LEGACY[0]
        session = await self._new_session(version, params.capabilities, params.client_info)
        note_arrival(self._call(session, message))
        result: dict[str, Any] = {
            "protocolVersion": version,
            "capabilities": {**capabilities(self._caller.loaded), **offered_tasks(self._caller.loaded, version)},
            "serverInfo": implementation(self._call(session, message)),
        }
        if self._caller.loaded.snapshot.instructions:
            result["instructions"] = self._caller.loaded.snapshot.instructions
        body = result_message(message.id if message.id is not UNSET else 0, encode(result))
        await self._exchange.answer_json(200, body, ((SESSION_HEADER, session.id.encode()),))

    async def _new_session(self, version: str, capabilities: Any, client_info: Any) -> Session:
        limit = self._caller.limits.sessions
        agreed = {"capabilities": capabilities, "client_info": client_info}
        known = {name: value for name, value in agreed.items() if value is not UNSET}
        try:
            session = await self._runtime.sessions.create(
                self._owner, limit, holder_of(self._caller, client_info), version=version, **known
            )
        except STORE_DOWN as error:
            raise _no_sessions() from error
        if session is None:
            raise refuse(
                "too_many_sessions",
                f"Your organisation has {limit} sessions open, its limit. Close one, or wait until one has been idle "
                "for an hour.",
                retry_after=60,
                limit=limit,
                remaining=0,
            )
        return session

    async def _session(self) -> Session:
        try:
            session = await self._runtime.sessions.read(self._owner, self._session_id())
        except STORE_DOWN as error:
            raise _no_sessions() from error
        if session is None:
            raise _unknown_session()
        header = self._exchange.headers.get(VERSION_HEADER)
        if header is not None and header.decode("latin-1") not in LEGACY:
            raise unsupported_version(header.decode("latin-1"))
        return session

    def _session_id(self) -> str:
        header = self._exchange.headers.get(SESSION_HEADER)
        if header is None:
            raise refuse(
                "session_required", "Mcp-Session-Id is required. Send initialize first; its answer carries it."
            )
        return header.decode("latin-1")

    async def _serve_batch(self, session: Session, messages: list[Message]) -> None:
        if session.version not in BATCHING:
            raise refuse("invalid_request", f"{session.version} has no batches: send one message per POST.")
        if not 1 <= len(messages) <= BATCH_LIMIT:
            raise refuse("invalid_request", f"A batch has 1 to {BATCH_LIMIT} messages.", limit=BATCH_LIMIT)
        requests = [message for message in messages if message.is_request]
        if any(message.method == "initialize" for message in messages):
            raise refuse("invalid_request", "initialize can't be part of a batch (2025-03-26 basic/lifecycle).")
        for message in messages:
            if not message.is_request:
                await self._take(session, message)
        if not requests:
            await self._exchange.answer(202)
            return
        await self._exchange.open_stream()
        # Each is admitted, limited and audited like a request of its own.
        tasks = {asyncio.ensure_future(self._answer_one(session, message)) for message in requests}
        interval = self._runtime.settings.heartbeat_interval
        while tasks:
            done, tasks = await asyncio.wait(tasks, timeout=interval, return_when=asyncio.FIRST_COMPLETED)
            await self._exchange.send_chunk(b"".join(event(task.result()) for task in done) or HEARTBEAT)
        await self._exchange.close_stream()

    async def _answer_one(self, session: Session, message: Message) -> bytes:
        async def look_up(call: Call) -> Any:
            return await find(LEGACY_METHODS, call.method)(call)

        return await answer_in_batch(self._call(session, message), look_up)

    async def _take(self, session: Session, message: Message) -> None:
        """Take a notification, or the response to what a call has asked for. What nobody expects changes nothing, and
        looks the same."""
        if message.method is UNSET:
            await self._take_reply(session, message)
            return
        if message.method != "notifications/cancelled" or message.params is UNSET:
            return
        if message.params.request_id is not UNSET:
            await self._cancel(session, self._call(session, message), message.params.request_id)

    async def _take_reply(self, session: Session, message: Message) -> None:
        if type(message.id) is not str:
            return  # every request of ours has a string
        expected = expected_reply(self._owner, session.id, message.id)
        has_scope = SCOPE_CALL in self._caller.record.scopes
        try:
            await self._runtime.client_requests.reply(expected, reply_body(message), has_scope=has_scope)
        except STORE_DOWN as error:
            raise _no_sessions() from error

    async def _cancel(self, session: Session, call: Call, request_id: RequestId) -> None:
        """Cancel a request wherever it runs. A job is cancelled also where nobody waits for it: its replica is gone.
        What the credential may not cancel goes on, as does what is not there (2025-11-25 basic/utilities/cancellation,
        Behavior Requirements)."""
        scopes = self._caller.record.scopes
        if await self._runtime.cancellations.cancel(request_key(call, request_id), scopes) or SCOPE_CALL not in scopes:
            return
        with contextlib.suppress(*STORE_DOWN, RecordUnavailable):
            job_id = await self._runtime.streams.job_of(self._owner, session.id, request_id)
            if job_id is not None:
                await self._runtime.jobs.cancel(owner_of(call), job_id)

    def _call(self, session: Session, message: Message) -> Call:
        return Call(
            runtime=self._runtime,
            caller=self._caller,
            method=str(message.method),
            params=message.params if message.params is not UNSET else NO_PARAMS,
            request_id=message.id if message.id is not UNSET else 0,
            legacy=True,
            version=session.version,
            streams=self._exchange.accepts(b"text/event-stream"),
            meta=message.meta,
            client_info=session.client_info,
            log_level=session.log_level,
            session=session,
            owner=self._owner,
            address=self._exchange.address,
            user_agent=self._exchange.headers.get(b"user-agent", b""),
            headers=self._exchange.headers,
        )


def _unknown_session() -> Refused:
    return refuse("session_unknown", "Session not found: it has ended or expired. Send initialize to begin a new one.")


def _no_sessions() -> Refused:
    return refuse("unavailable", "Sessions can't be reached just now. Retry shortly.", retry_after=2)
