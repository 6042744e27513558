"""How what is open is listed for the people of its server: who has it open, with which client."""

import asyncio
from time import time
from typing import Any

from mcp_runtime.audit import shown_client
from mcp_runtime.calls.call import Call
from mcp_runtime.calls.caller import Caller
from mcp_runtime.calls.running import CLOSED, RunningCall
from mcp_runtime.contract.open_sessions import CALL, Holder, ListedStream, Place


def holder_of(caller: Caller, client_info: Any) -> Holder:
    """The caller, and what its client calls itself."""
    record = caller.record
    return Holder(
        user=record.user,
        service_account=record.service_account,
        client=record.client,
        credential_kind=record.kind,
        client_name=shown_client(client_info),
    )


def place_of(caller: Caller) -> Place:
    """The server that it is open on."""
    return Place(caller.tenant_id, caller.loaded.snapshot.id)


def list_call(call: Call, session: str, tool: str, running: RunningCall, task: "asyncio.Task[bytes]") -> None:
    """Have a call listed until its task ends, and ended when somebody says so. `session` is the handle of its
    session."""
    listed = ListedStream(
        kind=CALL,
        since=time(),
        tool=tool,
        session=session,
        version=call.version,
        holder=holder_of(call.caller, call.client_info),
    )
    streams = call.runtime.open_streams
    handle = streams.add(listed, place_of(call.caller), lambda: running.end(CLOSED))
    task.add_done_callback(lambda _: streams.remove(handle))
