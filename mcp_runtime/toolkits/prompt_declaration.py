"""How an author declares prompts: functions of strings that return messages."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from mcp_runtime.contract.names import TOOL_NAME
from mcp_runtime.contract.primitives import PromptArgument, PromptDefinition
from mcp_runtime.toolkits.bound_functions import BoundPrompt, bind_function
from mcp_runtime.toolkits.completion import Suggests, read_completions
from mcp_runtime.toolkits.errors import ToolkitMistake, UnknownPrompt
from mcp_runtime.toolkits.functions import check_function, description_of
from mcp_runtime.toolkits.messages import read_messages
from mcp_runtime.toolkits.parameters import Parameters, check_strings, read_parameters, type_hints
from mcp_runtime.toolkits.schemas import schema_of

Function = TypeVar("Function", bound=Callable[..., Any])


class PromptDeclarations:
    """The prompts of a toolkit."""

    name: str

    def __init__(self) -> None:
        super().__init__()
        self._prompts: dict[str, BoundPrompt] = {}

    @property
    def prompts(self) -> list[PromptDefinition]:
        """The prompts, in the order in which they were declared."""
        return [prompt.definition for prompt in self._prompts.values()]

    def bound_prompt(self, prompt: str) -> BoundPrompt:
        """One prompt, ready to be asked for. Raises UnknownPrompt."""
        if prompt not in self._prompts:
            raise UnknownPrompt(f"the toolkit {self.name!r} has no prompt {prompt!r}")
        return self._prompts[prompt]

    def prompt(
        self, name: str | None = None, *, title: str | None = None, complete: Mapping[str, Suggests] | None = None
    ) -> Callable[[Function], Function]:
        """Declare a function as a prompt: its parameters, all of them strings, are the prompt's arguments.

        `complete` has, by argument, what suggests values. Raises ToolkitMistake.
        """

        def declare(function: Function) -> Function:
            chosen = name or function.__name__
            where = f"prompt {chosen!r} of toolkit {self.name!r}"
            self._check_name(chosen, where)
            check_function(function, where)
            parameters = read_parameters(function, where)
            check_strings(parameters, where)
            shape = read_messages(type_hints(function, where), where)
            completions = read_completions(complete, parameters.struct.__struct_fields__, where)
            definition = PromptDefinition(
                toolkit=self.name,
                name=chosen,
                title=title,
                description=description_of(function, where),
                arguments=_arguments(parameters, set(completions)),
            )
            self._prompts[chosen] = BoundPrompt(definition, bind_function(function, parameters), shape, completions)
            return function

        return declare

    def _check_name(self, name: str, where: str) -> None:
        if not TOOL_NAME.fullmatch(name):
            raise ToolkitMistake(f"{where}: the name must be 1 to 64 letters, digits, `_`, `.` and `-`")
        if name in self._prompts:
            raise ToolkitMistake(f"{where}: there is a prompt of this name already")


def _arguments(parameters: Parameters, completed: set[str]) -> tuple[PromptArgument, ...]:
    schema = schema_of(parameters.struct)
    required = set(schema.get("required", ()))
    return tuple(
        PromptArgument(
            name=name,
            title=described.get("title"),
            description=described.get("description", ""),
            required=name in required,
            completes=name in completed,
        )
        for name, described in schema.get("properties", {}).items()
    )
