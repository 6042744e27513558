"""What the definition of a fan-out tool must be before it is kept. Nothing here connects anywhere."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from mcp_runtime.contract.fan_out import (
    BODY_SCHEMA,
    STRATEGIES,
    STYLES,
    Backend,
    FanOutDefinition,
    ModelBackend,
    ToolBackend,
    model_request,
)
from mcp_runtime.http_tools.errors import DefinitionMistake
from mcp_runtime.http_tools.rules import check_config
from tenants import validation
from tenants.errors import InvalidValueError
from tenants.services.secret_uses import secret_names_in

MOST_BACKENDS: Final = 8
LONGEST_SECONDS: Final = 120.0
LONGEST_MODEL: Final = 200


def fan_out_read(document: Any) -> FanOutDefinition:
    """A definition that somebody sent as JSON. Raises InvalidValueError with the path of what is wrong in it."""
    try:
        return msgspec.convert(document, FanOutDefinition)
    except msgspec.ValidationError as error:
        text, _, path = str(error).partition(" - at `$")
        raise InvalidValueError(f"{text}.", field=path.strip("`.") or "definition") from error


def fan_out_checked(definition: FanOutDefinition) -> FanOutDefinition:
    """The definition as it may be kept, except for what the server has. Raises InvalidValueError; its field is a path
    in the definition (`backends.2.base_url`)."""
    title = validation.name(definition.title, field="title") if definition.title.strip() else ""
    validation.tool_name(definition.name)
    validation.prose(definition.description, field="description")
    if definition.strategy not in STRATEGIES:
        raise InvalidValueError(f"Use one of {', '.join(STRATEGIES)}.", field="strategy")
    _check_backends(definition.backends)
    _check_quorum(definition)
    return msgspec.structs.replace(definition, title=title)


def fan_out_secret_names(definition: FanOutDefinition) -> set[str]:
    """The names of the secrets that its models' keys are."""
    keys = [backend.api_key for backend in definition.backends if isinstance(backend, ModelBackend)]
    return secret_names_in(keys, field="backends")


def _check_backends(backends: Sequence[Backend]) -> None:
    if not 0 < len(backends) <= MOST_BACKENDS:
        raise InvalidValueError(f"Name 1 to {MOST_BACKENDS} backends.", field="backends")
    if len({type(backend) for backend in backends}) > 1:
        raise InvalidValueError("Backends are models, or they are tools: one takes other arguments than the other.",
                                field="backends")  # fmt: skip
    names = [backend.name for backend in backends]
    for number, backend in enumerate(backends):
        field = f"backends.{number}"
        _named(backend.name, f"{field}.name")
        if names.count(backend.name) > 1:
            raise InvalidValueError("Two backends have this name.", field=f"{field}.name")
        if not 0 < backend.timeout_seconds <= LONGEST_SECONDS:
            raise InvalidValueError(
                f"Use more than 0, and at most {LONGEST_SECONDS:g}.", field=f"{field}.timeout_seconds"
            )
        if isinstance(backend, ModelBackend):
            _check_model(backend, field)


def _named(name: str, field: str) -> None:
    try:
        validation.tool_name(name)
    except InvalidValueError as error:
        raise InvalidValueError(error.message, field=field) from error


def _check_model(backend: ModelBackend, field: str) -> None:
    if backend.style not in STYLES:
        raise InvalidValueError(f"Use one of {', '.join(STYLES)}.", field=f"{field}.style")
    if not 0 < len(backend.model.strip()) <= LONGEST_MODEL or not backend.model.isprintable():
        raise InvalidValueError("Write the model's name as its API knows it.", field=f"{field}.model")
    key = backend.api_key
    names = secret_names_in([key], field=f"{field}.api_key")
    if key and (len(names) != 1 or not (key.startswith("{{") and key.endswith("}}") and key.count("{{") == 1)):
        words = "Store the key as a secret, and write {{secret.name}} here."
        raise InvalidValueError(words, field=f"{field}.api_key")
    if "{" in backend.base_url:
        raise InvalidValueError("The URL holds no placeholders.", field=f"{field}.base_url")
    try:
        check_config(model_request(backend), BODY_SCHEMA)
    except DefinitionMistake as mistake:
        raise InvalidValueError(str(mistake), field=f"{field}.base_url") from mistake


def _check_quorum(definition: FanOutDefinition) -> None:
    number, quorum = len(definition.backends), definition.quorum
    if definition.strategy != "consensus":
        if quorum is not None:
            raise InvalidValueError("Only consensus has a quorum. Leave it empty.", field="quorum")
        return
    if number < 2:
        raise InvalidValueError("One alone always agrees. Name two backends at least.", field="backends")
    if quorum is not None and not 2 <= quorum <= number:
        raise InvalidValueError(f"Use 2 to {number}, as many as there are backends at most.", field="quorum")


def tool_ids(definition: FanOutDefinition) -> list[str]:
    """The tools that it asks, in their order."""
    return [backend.tool for backend in definition.backends if isinstance(backend, ToolBackend)]
