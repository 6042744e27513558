"""What is published of the approved definitions of upstreams. Icons and `_meta` of strangers are not."""

from typing import Any, Final

import msgspec

from egress.allowance import Allowance
from mcp_runtime.contract.primitives import (
    ContentAnnotations,
    PromptArgument,
    PromptDefinition,
    ResourceDefinition,
    TemplateDefinition,
)
from mcp_runtime.contract.tools import ToolAnnotations, ToolDefinition
from mcp_runtime.contract.upstreams import PublishedUpstreamItem, UpstreamSpec
from tenants.models import Upstream, UpstreamDefinition
from tenants.models.upstream import DefinitionKind, DefinitionState

TOOL_SECONDS: Final = 300.0
"""The longest that a call of an upstream's tool may take: as long as one exchange of its purpose."""

_HINTS: Final = {
    "read_only_hint": "readOnlyHint",
    "destructive_hint": "destructiveHint",
    "idempotent_hint": "idempotentHint",
    "open_world_hint": "openWorldHint",
}


def upstream_spec(upstream: Upstream, allowance: Allowance) -> UpstreamSpec:
    """How the runtime reaches it, within what its tenant allows. Nothing in it is secret."""
    return UpstreamSpec(
        id=str(upstream.pk),
        tenant_id=str(upstream.tenant_id),
        prefix=upstream.prefix,
        name=upstream.name,
        url=upstream.url,
        era=upstream.era,
        auth=upstream.auth,
        headers=tuple((str(name), str(value)) for name, value in upstream.headers),
        concurrency=upstream.concurrency,
        allowance=allowance,
    )


def upstream_config(pinned: UpstreamDefinition, allowance: Allowance) -> dict[str, Any]:
    """The `config` of what a server has of this definition."""
    spec = upstream_spec(pinned.upstream, allowance)
    config: dict[str, Any] = msgspec.to_builtins(
        PublishedUpstreamItem(upstream=spec, key=pinned.key, digest=pinned.approved_digest)
    )
    return config


def upstream_tool(pinned: UpstreamDefinition) -> ToolDefinition | None:
    """The tool as somebody approved it; None while it is not offered so."""
    said = _served(pinned)
    if said is None:
        return None
    annotations = said.get("annotations") or {}
    hints: dict[str, Any] = {field: _boolean(annotations.get(name)) for field, name in _HINTS.items()}
    return ToolDefinition(
        toolkit="",
        name=pinned.key,
        title=_text(said, "title") or _text(annotations, "title") or None,
        description=_text(said, "description"),
        input_schema=said["inputSchema"],
        output_schema=said.get("outputSchema"),
        annotations=ToolAnnotations(**hints),
        timeout_seconds=TOOL_SECONDS,
    )


def upstream_primitive(
    pinned: UpstreamDefinition,
) -> ResourceDefinition | TemplateDefinition | PromptDefinition | None:
    """The resource, template or prompt as somebody approved it; None while it is not offered so."""
    said = _served(pinned)
    if said is None:
        return None
    shared: dict[str, Any] = {
        "toolkit": "",
        "name": _text(said, "name") or pinned.key,
        "title": _text(said, "title") or None,
        "description": _text(said, "description"),
    }
    if pinned.kind == DefinitionKind.PROMPT:
        return PromptDefinition(**shared, arguments=tuple(map(_argument, said.get("arguments") or [])))
    shared |= {"mime_type": _text(said, "mimeType") or None, "annotations": _content_annotations(said)}
    if pinned.kind == DefinitionKind.TEMPLATE:
        return TemplateDefinition(**shared, uri_template=pinned.key)
    return ResourceDefinition(**shared, uri=pinned.key, size=_size(said))


def _served(pinned: UpstreamDefinition) -> dict[str, Any] | None:
    return pinned.approved_definition if pinned.state == DefinitionState.APPROVED else None


def _argument(said: dict[str, Any]) -> PromptArgument:
    # Whether the upstream completes it is seen when it is asked.
    return PromptArgument(
        name=said["name"],
        title=_text(said, "title") or None,
        description=_text(said, "description"),
        required=said.get("required") is True,
        completes=True,
    )


def _content_annotations(said: dict[str, Any]) -> ContentAnnotations:
    try:
        return msgspec.convert(said.get("annotations") or {}, ContentAnnotations)
    except msgspec.ValidationError:
        return ContentAnnotations()


def _text(said: dict[str, Any], field: str) -> str:
    value = said.get(field)
    return value if isinstance(value, str) else ""


def _size(said: dict[str, Any]) -> int | None:
    size = said.get("size")
    return size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None
