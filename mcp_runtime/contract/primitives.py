"""What a server offers beside tools: resources, resource templates and prompts, decided before anybody asks.

`kind` names what answers; for `builtin`, `config` is `{"toolkit": …, "name": …}`: the toolkit's own resource (by URI),
template (by URI template) or prompt (by name).
"""

from typing import Any

from msgspec import Struct, field


class ContentAnnotations(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Hints of MCP server/resources, Annotations: for whom, how important (0 to 1), when last changed (ISO 8601)."""

    audience: tuple[str, ...] | None = None
    priority: float | None = None
    last_modified: str | None = None


class ResourceSpec(Struct, frozen=True, kw_only=True):
    """One resource of one server. `size` is in bytes, where it is known before reading."""

    id: str
    uri: str
    name: str
    title: str | None = None
    description: str = ""
    mime_type: str | None = None
    size: int | None = None
    annotations: ContentAnnotations = ContentAnnotations()
    kind: str = "builtin"
    config: dict[str, Any] = field(default_factory=dict)


class TemplateSpec(Struct, frozen=True, kw_only=True):
    """Resources of one server whose URIs follow a template (RFC 6570). `completes` names the variables that can be
    completed."""

    id: str
    uri_template: str
    name: str
    title: str | None = None
    description: str = ""
    mime_type: str | None = None
    annotations: ContentAnnotations = ContentAnnotations()
    completes: tuple[str, ...] = ()
    kind: str = "builtin"
    config: dict[str, Any] = field(default_factory=dict)


class PromptArgument(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One argument of a prompt: a string, as all of them are. `completes` says that values can be suggested."""

    name: str
    title: str | None = None
    description: str = ""
    required: bool = False
    completes: bool = False


class PromptSpec(Struct, frozen=True, kw_only=True):
    """One prompt of one server. `name` is what clients ask for, which a tenant may have changed."""

    id: str
    name: str
    title: str | None = None
    description: str = ""
    arguments: tuple[PromptArgument, ...] = ()
    kind: str = "builtin"
    config: dict[str, Any] = field(default_factory=dict)


class ResourceDefinition(Struct, frozen=True, kw_only=True):
    """A resource that a toolkit offers, before any tenant has chosen it."""

    toolkit: str
    uri: str
    name: str
    title: str | None = None
    description: str = ""
    mime_type: str | None = None
    size: int | None = None
    annotations: ContentAnnotations = ContentAnnotations()


class TemplateDefinition(Struct, frozen=True, kw_only=True):
    """A template that a toolkit offers."""

    toolkit: str
    uri_template: str
    name: str
    title: str | None = None
    description: str = ""
    mime_type: str | None = None
    annotations: ContentAnnotations = ContentAnnotations()
    completes: tuple[str, ...] = ()


class PromptDefinition(Struct, frozen=True, kw_only=True):
    """A prompt that a toolkit offers."""

    toolkit: str
    name: str
    title: str | None = None
    description: str = ""
    arguments: tuple[PromptArgument, ...] = ()
