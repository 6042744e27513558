"""JMESPath within bounds: an expression of a few characters can otherwise double its result thirty times over."""

from typing import Any, Final

from jmespath import exceptions
from jmespath.functions import Functions, signature
from jmespath.parser import Parser
from jmespath.visitor import Options, TreeInterpreter

LONGEST_EXPRESSION: Final = 1_000

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


class QueryRefused(ValueError):  # noqa: N818 - reads as what happened
    """The expression does not work, or not on this document. `type` is bad_expression or too_large."""

    def __init__(self, text: str, kind: str = "bad_expression") -> None:
        super().__init__(text)
        self.type = kind


def _too_large() -> QueryRefused:
    return QueryRefused("This query takes too much work or makes too large a result; select less.", "too_large")


class _Scale:
    """Weighs values, and counts all work of one query."""

    def __init__(self) -> None:
        self.work = 0

    def spend(self, amount: int = 1) -> None:
        self.work += amount
        if self.work > MOST_WORK:
            raise _too_large()

    def weigh(self, value: Any) -> None:
        """Raises QueryRefused where a value, with everything shared in it counted each time, is too large."""
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
                raise QueryRefused("The expression selects an expression (`&…`), which is no value.")
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


def check_expression(expression: str) -> None:
    """Raises QueryRefused for an expression that works on no document."""
    if len(expression) > LONGEST_EXPRESSION:
        raise QueryRefused(f"An expression may have {LONGEST_EXPRESSION:,} characters.")
    _parsed(expression)


def query(document: Any, expression: str) -> Any:
    """What a JMESPath expression selects from a JSON value. Raises QueryRefused on a wrong one or too much work."""
    parsed = _parsed(expression)
    interpreter = _BoundedInterpreter()
    try:
        interpreter.scale.weigh(document)
        result = interpreter.visit(parsed, document)
        interpreter.scale.weigh(result)
    except exceptions.JMESPathError as error:
        raise QueryRefused(f"The JMESPath expression does not work: {_first_line(error)}") from error
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        if isinstance(error, QueryRefused):
            raise
        raise QueryRefused(f"The expression does not fit these values: {error}.") from error
    except RecursionError as error:
        raise QueryRefused("The expression is nested too deeply.") from error
    return result


def _parsed(expression: str) -> dict[str, Any]:
    try:
        parsed: dict[str, Any] = Parser().parse(expression).parsed
    except exceptions.JMESPathError as error:
        raise QueryRefused(f"The JMESPath expression does not work: {_first_line(error)}") from error
    except (AttributeError, OverflowError, TypeError, ValueError) as error:
        raise QueryRefused(f"The expression does not fit these values: {error}.") from error
    except RecursionError as error:
        raise QueryRefused("The expression is nested too deeply.") from error
    return parsed


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
