"""The turn of one call: what the upstream says on the way is said to whoever called, and what it asks is asked."""

from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from mcp_runtime.toolkits.asking import InputFailed, MissingCapability
from mcp_runtime.toolkits.context import LOG_LEVELS, URI_LENGTH, Context
from mcp_runtime.upstreams.asked_on import FAILED, NOT_FOUND, ask_on, question
from mcp_runtime.upstreams.errors import RpcError

LOG_META: Final = "io.modelcontextprotocol/logLevel"
IDEMPOTENCY_META: Final = "io.atrium/idempotencyKey"
TASKS: Final = "io.modelcontextprotocol/tasks"


class CallTurn:
    """Implements `mcp_runtime.upstreams.turn.Turn`. `takes_tasks`: the upstream may answer with a task."""

    def __init__(self, context: Context, *, takes_tasks: bool = False) -> None:
        self._context, self._takes_tasks = context, takes_tasks
        self.missing: MissingCapability | None = None

    @property
    def capabilities(self) -> Mapping[str, Any]:
        """What the client of this call declared, and that tasks are followed."""
        declared = self._context.client_capabilities
        kept = {name: declared[name] for name in ("elicitation", "sampling", "roots") if name in declared}
        return {**kept, "extensions": {TASKS: {}}} if self._takes_tasks else kept

    @property
    def meta(self) -> dict[str, Any]:
        """The trace, the name of the effect, and which log messages are wanted."""
        context = self._context
        meta: dict[str, Any] = {} if context.trace is None else dict(context.trace.headers())
        if context.log_level is not None:
            meta[LOG_META] = context.log_level
        return {**meta, IDEMPOTENCY_META: context.idempotency_key}

    def notified(self, method: str, params: dict[str, Any]) -> None:
        """Progress, log messages, and resources that have changed, which is told to whoever subscribed to them here."""
        if method == "notifications/progress":
            self._progress(params)
        elif method == "notifications/resources/updated":
            self._updated(params.get("uri"))
        elif method == "notifications/message" and params.get("level") in LOG_LEVELS:
            logger = params.get("logger")
            self._context.log(params["level"], params.get("data"), logger if isinstance(logger, str) else None)

    async def asked(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """A question of an older upstream. Raises RpcError."""
        try:
            return await ask_on(self._context, question(method, params))
        except MissingCapability as error:
            self.missing = error
            raise RpcError(NOT_FOUND, error.message) from error
        except InputFailed as error:
            raise RpcError(FAILED, error.message) from error

    def _updated(self, uri: Any) -> None:
        if isinstance(uri, str) and 0 < len(uri) <= URI_LENGTH:
            self._context.resource_updated(uri)

    def _progress(self, params: dict[str, Any]) -> None:
        progress, total, message = (params.get(name) for name in ("progress", "total", "message"))
        if progress is not None and _is_number(progress):
            self._context.progress(
                progress, total if _is_number(total) else None, message if isinstance(message, str) else None
            )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
