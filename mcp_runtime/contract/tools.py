"""A tool as the runtime sees it: everything a call needs, decided before the call comes."""

from typing import Any

from msgspec import Struct, field

from mcp_runtime.contract.limits import Rate


class ToolAnnotations(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Hints of MCP 2026-07-28 server/tools. None means "not said": clients then assume the specification's defaults."""

    title: str | None = None
    read_only_hint: bool | None = None
    destructive_hint: bool | None = None
    idempotent_hint: bool | None = None
    open_world_hint: bool | None = None

    @property
    def is_read_only(self) -> bool:
        """True only where the tool says so; `mcp:read` suffices for such a tool."""
        return self.read_only_hint is True

    @property
    def needs_intent_record(self) -> bool:
        """True for tools said to be destructive or open-world: an audit row is committed before they run."""
        return self.destructive_hint is True or self.open_world_hint is True


class ToolDefinition(Struct, frozen=True, kw_only=True):
    """What a toolkit offers, before any tenant has chosen it.

    `timeout_seconds` is the longest a call may run. `quick` promises an answer within 2 s, so that it is sent as
    one JSON object; every other tool answers on a stream. `background` has it run on a worker unless a server says
    otherwise; with `task_required` that is for those clients alone that take a task for an answer. `concurrency` caps
    calls at once per tenant.
    """

    toolkit: str
    name: str
    title: str | None = None
    description: str = ""
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None = None
    annotations: ToolAnnotations = ToolAnnotations()
    quick: bool = False
    background: bool = False
    task_required: bool = False
    timeout_seconds: float = 60.0
    concurrency: int | None = None


class ToolSpec(Struct, frozen=True, kw_only=True):
    """One tool of one server. `kind` names the executor; `config` is that executor's own (for `builtin`:
    `{"toolkit": …, "tool": …}`). `name` is what clients call, which a tenant may have changed. `mode` is `inline`, or
    `background` for a tool that runs as a job on a worker. `cache_seconds`: how long what it answered may be answered
    again, to the same principal, or, with `cache_public`, to everybody who may call it."""

    id: str
    name: str
    title: str | None = None
    description: str = ""
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None = None
    annotations: ToolAnnotations = ToolAnnotations()
    kind: str = "builtin"
    config: dict[str, Any] = field(default_factory=dict)
    mode: str = "inline"
    task_required: bool = False
    quick: bool = False
    timeout_seconds: float = 60.0
    rate: Rate | None = None
    concurrency: int | None = None
    cache_seconds: float | None = None
    cache_public: bool = False
