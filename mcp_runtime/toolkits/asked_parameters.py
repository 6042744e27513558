"""Parameters of a tool that a person fills in before the function begins, instead of the caller."""

import asyncio
import inspect
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any

from mcp_runtime.toolkits.asking import Ask
from mcp_runtime.toolkits.errors import ToolError, ToolkitMistake
from mcp_runtime.toolkits.questions import Questions
from mcp_runtime.toolkits.requested_schema import requested_schema


@dataclass(frozen=True, slots=True)
class AskedParameter:
    """One of them: the form that is asked for, and whether there may be none."""

    name: str
    ask: Ask
    form: type[Any]
    is_optional: bool


def asked_parameter(where: str, parameter: inspect.Parameter, annotation: Any) -> AskedParameter | None:
    """What is asked for this parameter; None where the caller gives it. Raises ToolkitMistake."""
    if typing.get_origin(annotation) is not Annotated:
        return None
    form, *metadata = typing.get_args(annotation)
    asks = [item for item in metadata if isinstance(item, Ask)]
    if not asks:
        return None
    kinds = typing.get_args(form) if typing.get_origin(form) in (typing.Union, UnionType) else (form,)
    forms = [kind for kind in kinds if kind is not NoneType]
    if len(asks) > 1 or len(forms) > 1 or parameter.default is not inspect.Parameter.empty:
        raise ToolkitMistake(f"{where}: {parameter.name!r} is asked for once, as one form, and has no default")
    try:
        requested_schema(forms[0])
    except TypeError as error:
        raise ToolkitMistake(f"{where}: {parameter.name!r} can't be asked for: {error}") from error
    return AskedParameter(parameter.name, asks[0], forms[0], len(kinds) > 1)


async def ask_for(asked: Sequence[AskedParameter], questions: Questions) -> Mapping[str, Any]:
    """The values of all of them, asked for at once. Raises ToolError where a person declined, and as `elicit` does."""
    answers = await asyncio.gather(
        *(questions.elicit(each.ask.message, each.form, key=each.ask.key or each.name) for each in asked)
    )
    values: dict[str, Any] = {}
    for each, answer in zip(asked, answers, strict=True):
        if answer.value is None and not each.is_optional:
            raise ToolError(f"{each.ask.message!r} was not answered, and the tool can't go on without it.", "declined")
        values[each.name] = answer.value
    return values
