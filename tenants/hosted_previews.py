"""What a draft would read like, before it is kept."""

from collections.abc import Mapping

from mcp_runtime.contract.hosted import LARGEST_FILLED, HostedMessage, filled_messages
from mcp_runtime.contract.placeholders import FilledTooLarge, fill
from tenants.errors import InvalidValueError
from tenants.hosted_drafts import PromptDraft, TemplateDraft, template_variables


def template_preview(*, draft: TemplateDraft, values: Mapping[str, str]) -> str:
    """The text of the resource that these values lead to. Raises InvalidValueError, as saving the draft would, and for
    values that it has no place for."""
    draft.written()
    _check(values, template_variables(draft.uri_template))
    try:
        return fill(draft.text, values, LARGEST_FILLED)
    except FilledTooLarge as error:
        raise _too_large(error) from error


def prompt_preview(*, draft: PromptDraft, values: Mapping[str, str]) -> tuple[HostedMessage, ...]:
    """The messages that these arguments give. Raises like `template_preview`."""
    draft.written()
    _check(values, tuple(argument.name for argument in draft.arguments))
    try:
        return filled_messages(draft.messages, values)
    except FilledTooLarge as error:
        raise _too_large(error) from error


def _check(values: Mapping[str, str], names: tuple[str, ...]) -> None:
    unknown = set(values) - set(names)
    if unknown:
        raise InvalidValueError(f"There is no {min(unknown)} here.", field="values")


def _too_large(error: FilledTooLarge) -> InvalidValueError:
    return InvalidValueError(f"Use shorter values: {error}.", field="values")
