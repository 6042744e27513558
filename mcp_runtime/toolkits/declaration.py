"""How an author declares a toolkit: typed Python functions under a decorator."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from mcp_runtime.contract.names import RESERVED_TOOL_NAMES, TOOL_NAME
from mcp_runtime.contract.tools import ToolAnnotations, ToolDefinition
from mcp_runtime.schema_rules import find_schema_mistake
from mcp_runtime.toolkits.answers import read_answers
from mcp_runtime.toolkits.binding import BoundTool, bind
from mcp_runtime.toolkits.errors import ToolkitMistake, UnknownTool
from mcp_runtime.toolkits.functions import check_function, description_of
from mcp_runtime.toolkits.parameters import Parameters, read_parameters, type_hints
from mcp_runtime.toolkits.prompt_declaration import PromptDeclarations
from mcp_runtime.toolkits.resource_declaration import ResourceDeclarations
from mcp_runtime.toolkits.schemas import schema_of

RETURNS_ONCE: Final = "a tool returns once; report what comes before by Context.progress or Context.log"

Function = TypeVar("Function", bound=Callable[..., Any])


def _input_schema(parameters: Parameters, written: dict[str, Any] | None, where: str) -> dict[str, Any]:
    schema = schema_of(parameters.struct) if written is None else written
    if written is None:
        schema.pop("title", None)
    elif set(written.get("properties", {})) != set(parameters.struct.__struct_fields__):
        raise ToolkitMistake(f"{where}: the properties of input_schema must be the parameters of the function")
    if mistake := find_schema_mistake(schema):
        raise ToolkitMistake(f"{where}: {mistake}")
    return schema


def _hints(
    read_only: bool | None, destructive: bool | None, idempotent: bool | None, open_world: bool | None
) -> ToolAnnotations:
    return ToolAnnotations(
        read_only_hint=read_only,
        destructive_hint=destructive,
        idempotent_hint=idempotent,
        open_world_hint=open_world,
    )


class Toolkit(ResourceDeclarations, PromptDeclarations):
    """A named set of tools, resources and prompts. `development` toolkits are offered only where the installation
    allows them."""

    def __init__(
        self, name: str, *, title: str | None = None, description: str = "", development: bool = False
    ) -> None:
        if not TOOL_NAME.fullmatch(name):
            raise ToolkitMistake(f"{name!r} is no toolkit name: 1 to 64 letters, digits, `_`, `.` and `-`")
        super().__init__()
        self.name = name
        self.title = title
        self.description = description
        self.development = development
        self._tools: dict[str, BoundTool] = {}

    @property
    def definitions(self) -> list[ToolDefinition]:
        """The tools, in the order in which they were declared."""
        return [tool.definition for tool in self._tools.values()]

    def bound(self, tool: str) -> BoundTool:
        """One tool, ready to be called. Raises UnknownTool."""
        try:
            return self._tools[tool]
        except KeyError:
            raise UnknownTool(f"the toolkit {self.name!r} has no tool {tool!r}") from None

    def tool(  # noqa: PLR0913 - the options of MCP's own tool definition, each by name
        self,
        name: str | None = None,
        *,
        title: str | None = None,
        read_only: bool | None = None,
        destructive: bool | None = None,
        idempotent: bool | None = None,
        open_world: bool | None = None,
        quick: bool = False,
        background: bool = False,
        task_required: bool = False,
        timeout_seconds: float = 60,
        concurrency: int | None = None,
        input_schema: dict[str, Any] | None = None,
    ) -> Callable[[Function], Function]:
        """Declare a function as a tool; the function itself stays as it is.

        `quick` promises an answer within 2 s; `background` has it run on a worker, as a job, for up to an hour, and
        `task_required` does so for those clients alone that know tasks: others are refused. `concurrency` caps calls at
        once per tenant. `input_schema` replaces the one made from the signature where JSON Schema must say more than
        types can; its properties must be the parameters. Raises ToolkitMistake.
        """
        options = {
            "title": title,
            "annotations": _hints(read_only, destructive, idempotent, open_world),
            "quick": quick,
            "background": background or task_required,
            "task_required": task_required,
            "timeout_seconds": float(timeout_seconds),
            "concurrency": concurrency,
        }

        def declare(function: Function) -> Function:
            self._declare(function, name or function.__name__, options, input_schema)
            return function

        return declare

    def _declare(
        self, function: Callable[..., Any], name: str, options: dict[str, Any], written: dict[str, Any] | None
    ) -> None:
        where = f"tool {name!r} of toolkit {self.name!r}"
        self._check_options(name, where, options["timeout_seconds"], options["concurrency"])
        check_function(function, where, RETURNS_ONCE)
        parameters = read_parameters(function, where)
        answers = read_answers(type_hints(function, where), where)
        definition = ToolDefinition(
            toolkit=self.name,
            name=name,
            description=description_of(function, where, "a model chooses tools by their description"),
            input_schema=_input_schema(parameters, written, where),
            output_schema=answers.output_schema,
            **options,
        )
        self._tools[name] = bind(function, definition, parameters, answers)

    def _check_options(self, name: str, where: str, timeout_seconds: float, concurrency: int | None) -> None:
        if not TOOL_NAME.fullmatch(name):
            raise ToolkitMistake(f"{where}: the name must be 1 to 64 letters, digits, `_`, `.` and `-`")
        if name in RESERVED_TOOL_NAMES:
            raise ToolkitMistake(f"{where}: this name belongs to a tool of the runtime's own")
        if name in self._tools:
            raise ToolkitMistake(f"{where}: there is a tool of this name already")
        if timeout_seconds <= 0 or (concurrency is not None and concurrency < 1):
            raise ToolkitMistake(f"{where}: timeout_seconds and concurrency must be positive")
