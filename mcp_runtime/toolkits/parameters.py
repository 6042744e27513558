"""A tool's signature, read once: what it accepts, and how arguments become what the function expects."""

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import inspect as types

from mcp_runtime.toolkits.asked_parameters import AskedParameter, asked_parameter
from mcp_runtime.toolkits.context import Context
from mcp_runtime.toolkits.errors import ToolError, ToolkitMistake
from mcp_runtime.toolkits.schemas import find_obstacle

Arguments = dict[str, Any]
NAMED: Final = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
LARGEST_EXACT_INTEGER: Final = 2**53


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a tool's function takes. `convert` is None where JSON values are already what the function expects. `asked`
    are the parameters that no caller gives."""

    struct: type[msgspec.Struct]
    context: str | None
    convert: Callable[[Arguments], Arguments] | None
    asked: tuple[AskedParameter, ...] = ()


def type_hints(function: Callable[..., Any], where: str) -> dict[str, Any]:
    """The function's annotations, resolved. Raises ToolkitMistake on a name that does not exist when it runs."""
    try:
        return typing.get_type_hints(function, include_extras=True)
    except (NameError, TypeError) as error:
        raise ToolkitMistake(
            f"{where}: {error}; a tool's annotations must be importable when it runs, not only under TYPE_CHECKING"
        ) from error


def _checked_default(where: str, parameter: inspect.Parameter, annotation: Any) -> Any:
    default = parameter.default
    try:
        msgspec.convert(msgspec.to_builtins(default), annotation, str_keys=True)
        if isinstance(default, list | dict | set) and not default:
            return msgspec.field(default_factory=type(default))
        msgspec.defstruct("probe", [(parameter.name, annotation, default)])
    except (TypeError, ValueError) as error:
        raise ToolkitMistake(f"{where}: the default of {parameter.name!r} does not fit its type: {error}") from error
    return default


def _field(where: str, parameter: inspect.Parameter, annotation: Any) -> tuple[Any, ...]:
    name = parameter.name
    if parameter.kind not in NAMED:
        raise ToolkitMistake(f"{where}: {parameter} cannot be named in JSON; give every parameter a name of its own")
    if annotation is None:
        raise ToolkitMistake(f"{where}: parameter {name!r} needs a type")
    if obstacle := find_obstacle(annotation):
        raise ToolkitMistake(
            f"{where}: the type of {name!r} has no JSON form ({obstacle}); use str, int, float, bool, None, list, "
            "dict, Literal, Enum, datetime, a dataclass, a TypedDict or a msgspec.Struct (Context for the context)"
        )
    if parameter.default is inspect.Parameter.empty:
        return (name, annotation)
    return (name, annotation, _checked_default(where, parameter, annotation))


def _context_name(where: str, hints: dict[str, Any]) -> str | None:
    names = [name for name, annotation in hints.items() if annotation is Context and name != "return"]
    if len(names) > 1:
        raise ToolkitMistake(f"{where}: one parameter is the Context, not {len(names)}")
    return names[0] if names else None


def _arrives_as_it_is(type_: types.Type) -> bool:
    if isinstance(type_, types.Metadata):
        return _arrives_as_it_is(type_.type)
    if isinstance(type_, types.UnionType):
        return all(map(_arrives_as_it_is, type_.types))
    if isinstance(type_, types.ListType):
        return _arrives_as_it_is(type_.item_type)
    if isinstance(type_, types.DictType):
        return isinstance(type_.key_type, types.StrType) and _arrives_as_it_is(type_.value_type)
    return isinstance(type_, types.StrType | types.BoolType | types.NoneType | types.AnyType | types.LiteralType)


def _with_whole_numbers(value: Any) -> Any:
    """JSON Schema calls 2.0 an integer; Python does not."""
    if isinstance(value, dict):
        return {key: _with_whole_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(item) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST_EXACT_INTEGER:
        return int(value)
    return value


def _converter(struct: type[msgspec.Struct]) -> Callable[[Arguments], Arguments]:
    def convert(arguments: Arguments) -> Arguments:
        try:
            return msgspec.structs.asdict(msgspec.convert(arguments, struct, str_keys=True))
        except msgspec.ValidationError:
            pass
        try:
            return msgspec.structs.asdict(msgspec.convert(_with_whole_numbers(arguments), struct, str_keys=True))
        except msgspec.ValidationError as error:
            raise ToolError(f"Invalid arguments: {error}", type="invalid_arguments") from error

    return convert


def read_parameters(function: Callable[..., Any], where: str) -> Parameters:
    """Read the signature of a tool's function. Raises ToolkitMistake, beginning with `where`, on what is not JSON."""
    hints = type_hints(function, where)
    context = _context_name(where, hints)
    declared = [parameter for name, parameter in inspect.signature(function).parameters.items() if name != context]
    sought = {parameter.name: asked_parameter(where, parameter, hints.get(parameter.name)) for parameter in declared}
    declared = [parameter for parameter in declared if sought[parameter.name] is None]
    fields = [_field(where, parameter, hints.get(parameter.name)) for parameter in declared]
    struct = msgspec.defstruct(f"{function.__name__}_arguments", fields, forbid_unknown_fields=True, kw_only=True)
    plain = all(_arrives_as_it_is(types.type_info(field[1])) for field in fields)
    asked = tuple(each for each in sought.values() if each is not None)
    return Parameters(struct, context, None if plain else _converter(struct), asked)


def check_strings(parameters: Parameters, where: str) -> None:
    """Raises ToolkitMistake where a parameter can be anything else but a string, or absent."""
    if parameters.asked:
        raise ToolkitMistake(f"{where}: only tools have parameters that are asked for; use Context.elicit")
    for field in msgspec.structs.fields(parameters.struct):
        if not _is_string(types.type_info(field.type)):
            raise ToolkitMistake(f"{where}: {field.name!r} is a string to clients; annotate it str (or str | None)")


def _is_string(type_: types.Type) -> bool:
    if isinstance(type_, types.Metadata):
        return _is_string(type_.type)
    if isinstance(type_, types.UnionType):
        return all(isinstance(each, types.NoneType) or _is_string(each) for each in type_.types)
    if isinstance(type_, types.LiteralType):
        return all(isinstance(value, str) for value in type_.values)
    return isinstance(type_, types.StrType)
