"""The resources, templates and prompts of a snapshot, ready to be found by what clients ask for."""

import logging
from collections.abc import Coroutine, Iterator
from typing import Any, Protocol

from msgspec import Struct

from mcp_runtime.calls.results import ResourceContents
from mcp_runtime.contract.primitives import PromptSpec, ResourceSpec, TemplateSpec
from mcp_runtime.contract.snapshot import ServerSnapshot
from mcp_runtime.protocol.uris import UriTemplate, UriTemplateError

logger = logging.getLogger(__name__)


class Message(Protocol):
    """One message of a prompt, as it is encoded."""

    @property
    def role(self) -> str:
        """`user` or `assistant`."""

    @property
    def content(self) -> Any:
        """One content block."""


class Suggested(Protocol):
    """Suggestions, best first, at most 100 of them."""

    @property
    def values(self) -> list[str]:
        """The suggestions."""

    @property
    def total(self) -> int | None:
        """How many there are, where that is known."""

    @property
    def has_more(self) -> bool:
        """Whether there are more than these."""


class Primitives(Protocol):
    """What answers for resources, templates and prompts of one kind. All of it raises ToolError, ToolBusy, and whatever
    the author's function does."""

    def read(self, spec: ResourceSpec, context: Any) -> Coroutine[Any, Any, list[ResourceContents]]:
        """Read a resource."""

    def read_by_template(
        self, spec: TemplateSpec, uri: str, values: dict[str, str], context: Any
    ) -> Coroutine[Any, Any, list[ResourceContents]]:
        """Read the resource that a template gives for these values."""

    def get_prompt(self, spec: PromptSpec, arguments: dict[str, str], context: Any) -> Coroutine[Any, Any, list[Any]]:
        """The messages of a prompt; each is a `Message`."""

    def complete(
        self, spec: TemplateSpec | PromptSpec, argument: str, typed: str, known: dict[str, str], context: Any
    ) -> Coroutine[Any, Any, Suggested]:
        """Suggest values for an argument that can be completed."""


class TemplateMatch(Struct, frozen=True):
    """A template that a URI follows, and what its variables then are."""

    spec: TemplateSpec
    values: dict[str, str]


class Offered:
    """Found by URI, template and name. A template that cannot be matched is left out, and reported in the log."""

    __slots__ = ("_templates", "has_completions", "prompts", "resources", "templates")

    def __init__(self, snapshot: ServerSnapshot) -> None:
        self.resources = {spec.uri: spec for spec in snapshot.resources}
        self._templates = list(_readable(snapshot.templates))
        self.templates = {spec.uri_template: spec for _, spec in self._templates}
        self.prompts = {spec.name: spec for spec in snapshot.prompts}
        self.has_completions = any(spec.completes for spec in self.templates.values()) or any(
            argument.completes for prompt in self.prompts.values() for argument in prompt.arguments
        )

    @property
    def has_resources(self) -> bool:
        """Whether there is anything that could be read."""
        return bool(self.resources or self.templates)

    def variables(self, spec: TemplateSpec) -> tuple[str, ...]:
        """The variables of one of these templates."""
        return next(template.variables for template, each in self._templates if each is spec)

    def match(self, uri: str) -> TemplateMatch | None:
        """The first template, in the server's order, that the URI follows."""
        for template, spec in self._templates:
            values = template.match(uri)
            if values is not None:
                return TemplateMatch(spec, values)
        return None


def _readable(specs: tuple[TemplateSpec, ...]) -> Iterator[tuple[UriTemplate, TemplateSpec]]:
    for spec in specs:
        try:
            yield UriTemplate(spec.uri_template), spec
        except UriTemplateError as error:
            logger.warning("resource template left out: %s", error, extra={"template": spec.id})
