"""JMESPath within bounds: an expression of a few characters can otherwise double its result thirty times over."""

from typing import Any, Final

from jmespath import exceptions
from jmespath.functions import Functions, signature
from jmespath.parser import Parser
from jmespath.visitor import Options, TreeInterpreter

from mcp_runtime.toolkits import ToolError

MOST_WORK: Final = 1_000_000
"""Nodes of the expression visited and values weighed in one query; about a second."""

MOST_WEIGHT: Final = 2_000_000
"""Of any value on the way: one per value and one per character of text."""

# Nodes whose result may be larger than what went in.
_GROWING: Final = frozenset(
    {
        "filter_projection",
        "flatten",
        "function_expression",
        "multi_select_dict",
        "multi_select_list",
        "projection",
        "value_projection",
    }
)


def _too_large() -> ToolError:
    return ToolError("This query takes too much work or makes too large a result; select less.", "too_large")


class _Scale:
    """Weighs values, and counts all work of one query."""

    def __init__(self) -> None:
        self.work = 0

    def spend(self, amount: int = 1) -> None:
        self.work += amount
        if self.work > MOST_WORK:
            raise _too_large()

    def weigh(self, value: Any) -> None:
        """Raises ToolError where a value, with everything shared in it counted each time, is too large."""
        weight, waiting = 0, [value]
        while waiting:
            item = waiting.pop()
            weight += 1
            if isinstance(item, str):
                weight += len(item)
            elif isinstance(item, list):
                waiting.extend(item)
            elif isinstance(item, dict):
                weight += sum(map(len, item))
                waiting.extend(item.values())
            elif not isinstance(item, int | float | None):
                raise ToolError("The expression selects an expression (`&…`), which is no value.", "bad_expression")
            if weight + len(waiting) > MOST_WEIGHT:
                raise _too_large()
            self.spend()


class _Functions(Functions):  # type: ignore[misc]
    # The one function whose result can be far larger than its arguments together.
    @signature({"types": ["string"]}, {"types": ["array-string"]})  # type: ignore[untyped-decorator]
    def _func_join(self, separator: str, array: list[str]) -> str:
        if len(separator) * len(array) > MOST_WEIGHT:
            raise _too_large()
        return separator.join(array)


class _BoundedInterpreter(TreeInterpreter):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(Options(custom_functions=_Functions()))
        self.scale = _Scale()

    def visit(self, node: dict[str, Any], *arguments: Any, **options: Any) -> Any:
        self.scale.spend()
        value = super().visit(node, *arguments, **options)
        if node["type"] in _GROWING:
            self.scale.weigh(value)
        return value


def query(document: Any, expression: str) -> Any:
    """What a JMESPath expression selects from a JSON value. Raises ToolError on a wrong expression or too much work."""
    interpreter = _BoundedInterpreter()
    try:
        interpreter.scale.weigh(document)
        result = interpreter.visit(Parser().parse(expression).parsed, document)
        interpreter.scale.weigh(result)
    except exceptions.JMESPathError as error:
        raise ToolError(
            f"The JMESPath expression does not work: {str(error).splitlines()[0]}", "bad_expression"
        ) from error
    except (TypeError, ValueError, OverflowError, AttributeError) as error:
        raise ToolError(f"The expression does not fit these values: {error}.", "bad_expression") from error
    except RecursionError as error:
        raise ToolError("The expression is nested too deeply.", "bad_expression") from error
    return result
