"""A snapshot made ready to serve: tools with compiled validators, and one view per credential of what it may call."""

from collections.abc import Coroutine
from typing import Any, Protocol

import msgspec
from msgspec import UNSET

from mcp_runtime.calls.arguments import UnusableSchemaError, Validator
from mcp_runtime.calls.authorization import Allowed, decide
from mcp_runtime.calls.job_schemas import GET_JOB_RESULT_SPEC, OWN_KIND
from mcp_runtime.calls.offered import Offered
from mcp_runtime.calls.results import ToolResult
from mcp_runtime.contract.credentials import CredentialRecord
from mcp_runtime.contract.snapshot import ServerSnapshot
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.protocol.header_values import mirrored_parameters
from mcp_runtime.toolkits.asked_parameters import AskedParameter


class Run(Protocol):
    """What runs a tool: `await run(arguments, context)`. The context may be None where none is wanted."""

    @property
    def wants_context(self) -> bool:
        """Whether the tool reads the context it is given."""

    @property
    def asked(self) -> tuple[AskedParameter, ...]:
        """The parameters that are asked for before the tool begins."""

    def __call__(self, arguments: dict[str, Any], context: Any) -> Coroutine[Any, Any, ToolResult]:
        """Begin one call."""


class LoadedTool:
    """One tool, ready to run. The validators are compiled when first needed: a list needs none of them."""

    __slots__ = ("_input", "_output", "is_background", "is_direct", "is_own", "mirrored", "run", "sensitive", "spec")

    def __init__(self, spec: ToolSpec) -> None:
        self.spec = spec
        self.run: Run | None = None
        self.is_direct = False
        self.is_background = spec.mode == "background"
        self.is_own = spec.kind == OWN_KIND
        self._input: Validator | None = None
        self._output: Validator | None = None
        self.mirrored = mirrored_parameters(spec.input_schema)
        self.sensitive: frozenset[str] = sensitive_properties(spec.input_schema)

    def bind(self, run: Run) -> Run:
        """Keep what runs the tool. From then on it is `is_direct`, if there is nothing to be done before it runs but to
        accept its arguments, and nothing to be waited for but itself."""
        self.run = run
        spec = self.spec
        is_plain = not (run.wants_context or self.mirrored or spec.annotations.needs_intent_record)
        self.is_direct = spec.quick and is_plain and not self.is_background
        return run

    @property
    def input(self) -> Validator:
        """The compiled input schema; raises UnusableSchemaError."""
        if self._input is None:
            self._input = Validator(self.spec.input_schema)
        return self._input

    def output_fits(self, structured: Any) -> bool:
        """Whether a structured result is what the output schema promises (MCP server/tools, Output Schema)."""
        if self.spec.output_schema is None:
            return True
        if self._output is None:
            try:
                self._output = Validator(self.spec.output_schema)
            except UnusableSchemaError:
                return False
        if type(structured) is not dict:
            structured = None if structured is UNSET else msgspec.to_builtins(structured)
        return bool(self._output.accepts(structured))


class Access:
    """What one set of permissions may call: the tools by name, and room for their encoded lists.

    Where some of them run in the background, the runtime's own tool for their results is among them.
    """

    __slots__ = ("has_jobs", "lists", "tools")

    def __init__(self, tools: dict[str, LoadedTool]) -> None:
        self.tools = tools
        self.has_jobs = any(tool.is_background for tool in tools.values())
        if self.has_jobs:
            self.tools = {**tools, GET_JOB_RESULT_SPEC.name: LoadedTool(GET_JOB_RESULT_SPEC)}
        self.lists: dict[str, bytes] = {}


class LoadedServer:
    """A snapshot with everything derived from it. Replaced as a whole when the snapshot changes."""

    __slots__ = ("_accesses", "encoded", "has_jobs", "offered", "snapshot", "tools")

    def __init__(self, snapshot: ServerSnapshot) -> None:
        self.snapshot = snapshot
        self.tools = {spec.name: LoadedTool(spec) for spec in snapshot.tools}
        self.has_jobs = any(tool.is_background for tool in self.tools.values())
        self.offered = Offered(snapshot)
        self._accesses: dict[tuple[object, ...], Access] = {}
        self.encoded: dict[str, bytes] = {}

    def access(self, record: CredentialRecord) -> Access:
        """The tools this credential may call: the same object for every credential with the same permissions."""
        key = (record.roles, record.scopes, record.tools, *self._personal(record))
        access = self._accesses.get(key)
        if access is None:
            allowed = {
                name: tool
                for name, tool in self.tools.items()
                if isinstance(decide(self.snapshot, record, tool.spec), Allowed)
            }
            access = self._accesses[key] = Access(allowed)
        return access

    def _personal(self, record: CredentialRecord) -> tuple[str, ...]:
        """The grants' subjects that are this very credential's; empty for almost everybody."""
        own = {record.user, record.service_account, record.client, record.api_key} - {None}
        return tuple(sorted({grant.subject for grant in self.snapshot.grants if grant.subject in own}))


def sensitive_properties(schema: dict[str, Any]) -> frozenset[str]:
    """Names of properties that a schema marks as secret (`writeOnly`, or `format: password`)."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return frozenset()
    return frozenset(
        name
        for name, property_schema in properties.items()
        if isinstance(property_schema, dict)
        and (property_schema.get("writeOnly") is True or property_schema.get("format") == "password")
    )
