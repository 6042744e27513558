"""Atrium's runtime without what keeps it safe, to see what that costs: the same process, stores, lane and tool.

python -m benchmarks.servers.unguarded PORT, in the environment of a runtime

It is put together here from the runtime's own parts, and no setting does it. The first calls go the usual way; what
their caller was found to be is then taken for everybody who asks. Left out for each call: the bounds of a connection;
Host, Origin, credential, its expiry and addresses, whether revocations are heard; headers that mirror the body; the
body's size and depth, and names that are there twice; the permission; the schemas of arguments and result; rate, quota,
and how many run at once; the audit with its redaction. What is left reads HTTP and JSON, finds the tool, runs it within
the boundary, counts it in the metrics, and encodes the answer.
"""

import os
import sys
from importlib import import_module
from typing import Final

from control_plane import serve
from control_plane.supervisor.listening import listen
from mcp_runtime.boundary import Crash
from mcp_runtime.calls.caller import Caller
from mcp_runtime.calls.results import ToolResult
from mcp_runtime.edge.express import Client, Express, Known, Pairs
from mcp_runtime.edge.express_call import METHOD, ExpressCall, decode
from mcp_runtime.edge.origin import HostPolicy
from mcp_runtime.edge.protocol import ExpressProtocol

NOBODY: Final = ("", b"")


class Anybody(Known):
    """Headers that nobody looks at."""

    __slots__ = ()

    def __init__(self) -> None:
        pass

    def fits(self, path: bytes, pairs: Pairs) -> bool:
        """Whatever they are."""
        return True


class UnguardedCall(ExpressCall):
    """A call that nobody admitted."""

    __slots__ = ()

    def _finish(self, outcome: ToolResult | Crash) -> bytes:
        return super()._finish(outcome) if isinstance(outcome, Crash) else self._answer(outcome, "ok", "")

    def _record(self, outcome: str, reason: str) -> None:
        self._runtime.metrics.call_ended(outcome, 0.0)


class Unguarded(Express):
    """Takes every call for one of the first caller's."""

    _caller: Caller | None = None
    _anybody = Anybody()

    def examine(self, path: bytes, pairs: Pairs, client: Client) -> Known | None:
        """Look once, at the first caller that can be known."""
        if self._caller is not None:
            return self._anybody
        known = super().examine(path, pairs, client)
        self._caller = known and self._recognize(known)
        return known

    def find(self, known: Known, body: bytes) -> ExpressCall | None:
        """The call, whatever it is."""
        if self._caller is None:
            return None
        request = decode(body)
        self._runtime.metrics.requests[METHOD] += 1
        return UnguardedCall(
            self._runtime, self._caller, self._caller.access.tools[request.params.name], request, NOBODY
        )


def main(port: int) -> None:
    """Serve until a signal comes."""
    os.environ["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    application = import_module("control_plane.runtime_asgi").application
    application.express = Unguarded(application.runtime, HostPolicy(application.runtime.settings))
    serve.BoundedProtocol = ExpressProtocol  # type: ignore[misc, assignment]
    serve.serve("runtime", listen(port, advice="choose another"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
