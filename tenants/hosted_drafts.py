"""What a person writes of a resource, template or prompt that their tenant hosts, and the form it must have.

Each draft checks itself as it becomes what is kept: `written` raises InvalidValueError, whose field is the draft's.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import msgspec

from mcp_runtime.contract.hosted import (
    LARGEST_CONTENT,
    HostedContent,
    HostedDescription,
    HostedMessage,
    HostedPrompt,
    HostedTemplate,
    document_content,
)
from mcp_runtime.contract.names import JOB_SCHEME
from mcp_runtime.contract.placeholders import PLACEHOLDER_NAME, placeholders
from mcp_runtime.contract.primitives import ContentAnnotations, PromptArgument
from mcp_runtime.protocol.uris import UriTemplate, UriTemplateError, is_uri, scheme_of
from tenants import validation
from tenants.errors import InvalidValueError
from tenants.models.server_primitive import PrimitiveKind

LONGEST_URI: Final = 1_000
LONGEST_TEXT: Final = 64 * 1024
"""The most characters that a template has, or the messages of a prompt have together."""

MOST_ARGUMENTS: Final = 20
MOST_MESSAGES: Final = 20
MOST_SUGGESTIONS: Final = 100
LONGEST_SUGGESTION: Final = 200
LONGEST_ABOUT: Final = 1_000
ROLES: Final = ("user", "assistant")

_MIME_TYPE: Final = re.compile(
    r"[A-Za-z0-9][\w!#$&^.+-]{0,99}/[A-Za-z0-9][\w!#$&^.+-]{0,99}(?:; ?[\w-]+=[\w.-]+)*", re.A
)


@dataclass(frozen=True, slots=True)
class Written:
    """What is kept of a draft: its kind, what clients find it by, what is said of it, and its content, None where that
    stays as it is. The size and digest of `said` are the content's."""

    kind: PrimitiveKind
    source: str
    said: HostedDescription
    content: HostedContent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceDraft:
    """A resource. Without content it keeps the one it has, and a new one is empty."""

    name: str
    uri: str
    title: str = ""
    description: str = ""
    mime_type: str = ""
    annotations: ContentAnnotations = field(default_factory=ContentAnnotations)
    content: HostedContent | None = None

    def written(self) -> Written:
        """What is kept of it."""
        _check_uri(self.uri)
        if self.content is not None and len(self.content.body) > LARGEST_CONTENT:
            raise InvalidValueError(f"Use at most {LARGEST_CONTENT // 1024} KiB.", field="content")
        if self.content is not None and self.content.is_text:
            _check_text(self.content.body.decode(), field="content")
        said = HostedDescription(
            digest="", size=0, mime_type=_mime_type(self.mime_type), annotations=_annotations(self.annotations)
        )
        return Written(PrimitiveKind.RESOURCE, self.uri, said, self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDraft:
    """Resources whose URIs follow a template, all of them with one text, filled with the variables."""

    name: str
    uri_template: str
    text: str
    title: str = ""
    description: str = ""
    mime_type: str = ""
    annotations: ContentAnnotations = field(default_factory=ContentAnnotations)
    suggestions: Mapping[str, Iterable[str]] = field(default_factory=dict)

    def written(self) -> Written:
        """What is kept of it."""
        variables = template_variables(self.uri_template)
        _check_text(self.text, field="text", longest=LONGEST_TEXT)
        _check_places(self.text, variables, field="text", what="the variables of the URI template")
        suggestions = _suggestions(self.suggestions, variables)
        said = HostedDescription(
            digest="",
            size=0,
            mime_type=_mime_type(self.mime_type),
            annotations=_annotations(self.annotations),
            completes=tuple(suggestions),
        )
        content = document_content(HostedTemplate(self.text, suggestions))
        return Written(PrimitiveKind.TEMPLATE, self.uri_template, said, content)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDraft:
    """A prompt: its messages, filled with the arguments."""

    name: str
    messages: tuple[HostedMessage, ...]
    title: str = ""
    description: str = ""
    arguments: tuple[PromptArgument, ...] = ()
    suggestions: Mapping[str, Iterable[str]] = field(default_factory=dict)

    def written(self) -> Written:
        """What is kept of it."""
        names = _argument_names(self.arguments)
        _check_messages(self.messages, names)
        suggestions = _suggestions(self.suggestions, names)
        arguments = tuple(
            msgspec.structs.replace(argument, completes=argument.name in suggestions) for argument in self.arguments
        )
        said = HostedDescription(digest="", size=0, arguments=arguments)
        content = document_content(HostedPrompt(self.messages, suggestions))
        return Written(PrimitiveKind.PROMPT, self.name, said, content)


Draft = ResourceDraft | TemplateDraft | PromptDraft


def template_variables(uri_template: str) -> tuple[str, ...]:
    """The variables of a URI template (RFC 6570). Raises InvalidValueError."""
    try:
        variables = UriTemplate(uri_template).variables
    except UriTemplateError as error:
        raise InvalidValueError(f"This can't be a URI template: {error}.", field="uri_template") from error
    if not all(map(PLACEHOLDER_NAME.fullmatch, variables)):
        raise InvalidValueError("A variable has 64 characters at most.", field="uri_template")
    _check_length_and_scheme(uri_template, field="uri_template")
    return variables


def _check_uri(uri: str) -> None:
    if not is_uri(uri):
        raise InvalidValueError("Use an absolute URI, such as notes://start.", field="uri")
    _check_length_and_scheme(uri, field="uri")


def _check_length_and_scheme(uri: str, *, field: str) -> None:
    if len(uri) > LONGEST_URI:
        raise InvalidValueError(f"Use at most {LONGEST_URI} characters.", field=field)
    if scheme_of(uri) == JOB_SCHEME:
        raise InvalidValueError(f"The scheme {JOB_SCHEME} is that of jobs. Use another.", field=field)


def _mime_type(value: str) -> str:
    if value and not _MIME_TYPE.fullmatch(value):
        raise InvalidValueError("Use a MIME type, such as text/markdown.", field="mime_type")
    return value


def _annotations(value: ContentAnnotations) -> ContentAnnotations:
    if not set(value.audience or ()) <= set(ROLES):
        raise InvalidValueError("An audience is user, assistant, or both.", field="audience")
    if value.priority is not None and not 0 <= value.priority <= 1:
        raise InvalidValueError("A priority is from 0 to 1.", field="priority")
    return value


def _check_text(text: str, *, field: str, longest: int = LARGEST_CONTENT) -> None:
    if len(text) > longest:
        raise InvalidValueError(f"Use at most {longest} characters.", field=field)
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidValueError("This is no text.", field=field)


def _check_places(text: str, names: Iterable[str], *, field: str, what: str) -> None:
    unknown = [name for name in placeholders(text) if name not in set(names)]
    if unknown:
        shown = f"{{{{{unknown[0]}}}}}"
        raise InvalidValueError(f"{shown} stands in the text, and is none of {what}.", field=field)


def _suggestions(given: Mapping[str, Iterable[str]], names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """In the order of the names; those without any are left out."""
    unknown = set(given) - set(names)
    if unknown:
        raise InvalidValueError(f"There are suggestions for {min(unknown)}, which there is not.", field="suggestions")
    kept = {name: tuple(dict.fromkeys(given.get(name, ()))) for name in names}
    for values in kept.values():
        if len(values) > MOST_SUGGESTIONS:
            raise InvalidValueError(f"Suggest at most {MOST_SUGGESTIONS} values.", field="suggestions")
        for value in values:
            validation.name(value, field="suggestions", longest=LONGEST_SUGGESTION)
    return {name: values for name, values in kept.items() if values}


def _argument_names(arguments: tuple[PromptArgument, ...]) -> list[str]:
    names = [argument.name for argument in arguments]
    if len(names) > MOST_ARGUMENTS:
        raise InvalidValueError(f"A prompt has {MOST_ARGUMENTS} arguments at most.", field="arguments")
    if not all(map(PLACEHOLDER_NAME.fullmatch, names)):
        raise InvalidValueError(
            "An argument's name is 1 to 64 letters, digits and _, no digit first.", field="arguments"
        )
    if len(set(names)) < len(names):
        raise InvalidValueError("Two arguments have one name.", field="arguments")
    for argument in arguments:
        if argument.title:
            validation.name(argument.title, field="arguments")
        validation.prose(argument.description, field="arguments", longest=LONGEST_ABOUT)
    return names


def _check_messages(messages: tuple[HostedMessage, ...], names: list[str]) -> None:
    if not 1 <= len(messages) <= MOST_MESSAGES:
        raise InvalidValueError(f"A prompt has 1 to {MOST_MESSAGES} messages.", field="messages")
    for message in messages:
        validation.choice(message.role, ROLES, field="messages")
        _check_text(message.text, field="messages")
        _check_places(message.text, names, field="messages", what="its arguments")
        if not message.text.strip():
            raise InvalidValueError("A message says something.", field="messages")
    if sum(len(message.text) for message in messages) > LONGEST_TEXT:
        raise InvalidValueError(f"The messages have {LONGEST_TEXT} characters together at most.", field="messages")
