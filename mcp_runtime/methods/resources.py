"""resources/list, resources/templates/list and resources/read (MCP server/resources): the server's, and the caller's
jobs."""

from typing import Any, Final

from msgspec import UNSET

from mcp_runtime.calls.arrivals import note_arrival
from mcp_runtime.calls.call import Answer, Call
from mcp_runtime.calls.encoding import encode_fields
from mcp_runtime.calls.job_resources import SCHEME, TEMPLATES, read_job
from mcp_runtime.calls.primitive_calls import answered, checked_size, may_ask, recorded
from mcp_runtime.calls.results import ResourceContents
from mcp_runtime.contract import hosted
from mcp_runtime.contract.primitives import ContentAnnotations, ResourceSpec, TemplateSpec
from mcp_runtime.refusals import refuse
from mcp_runtime.toolkits.bound_functions import INVALID_ARGUMENTS
from mcp_runtime.toolkits.context import Context
from mcp_runtime.toolkits.errors import ResourceNotFound, ToolError

LIST_TTL_MS: Final = 5_000
MOST_ESCAPED: Final = 7
"""More than JSON makes of one byte, and of what stands around the content."""

READ_TTL_MS: Final = 0
"""What a toolkit reads may be different the next moment."""

NOT_FOUND: Final = "There is no such resource on this server. resources/list and resources/templates/list show what is."

_NO_ANNOTATIONS: Final = ContentAnnotations()


async def list_resources(call: Call) -> Answer:
    """The server's own resources. Jobs are found by their ids."""
    await _admit_list(call)
    specs = call.caller.loaded.offered.resources.values()
    return encode_fields(call, {"resources": [_resource(spec) for spec in specs]}, LIST_TTL_MS)


async def list_templates(call: Call) -> Answer:
    """The server's own templates, and where jobs are found, for whoever can have any."""
    await _admit_list(call)
    specs = call.caller.loaded.offered.templates.values()
    jobs = TEMPLATES if call.caller.access.has_jobs else []
    return encode_fields(call, {"resourceTemplates": [*map(_template, specs), *jobs]}, LIST_TTL_MS)


async def read_resource(call: Call) -> Answer:
    """One resource. Raises Refused (resource_not_found)."""
    _check_offered(call)
    uri = call.params.uri
    if uri is UNSET:
        raise refuse("invalid_params", "params.uri is required: the resource to read.")
    if uri.startswith(SCHEME):
        await call.runtime.gate.admit(call.caller.requests)
        return encode_fields(call, *await read_job(call, uri))
    async with recorded(call, {"uri": uri}):
        await call.runtime.gate.admit(call.caller.requests)
        contents = await _read(call, uri)
        encoded = encode_fields(call, {"contents": contents}, READ_TTL_MS)
        return checked_size(call, encoded, least=_hosted_bytes(call, uri))


async def _read(call: Call, uri: str) -> list[ResourceContents]:
    offered, primitives = call.caller.loaded.offered, call.runtime.primitives
    spec = offered.resources.get(uri)
    if spec is not None:
        return await answered(call, lambda context: primitives[spec.kind].read(spec, context))
    match = offered.match(uri)
    if match is None:
        raise refuse("resource_not_found", NOT_FOUND, uri=uri)

    async def read(context: Context) -> list[ResourceContents]:
        try:
            return await primitives[match.spec.kind].read_by_template(match.spec, uri, match.values, context)
        except ToolError as error:
            if error.type != INVALID_ARGUMENTS:
                raise
            # A value that its variable cannot have makes the URI of nothing.
            raise ResourceNotFound(NOT_FOUND) from error

    return await answered(call, read)


def _hosted_bytes(call: Call, uri: str) -> int:
    """What could be stored can be read, whatever the plan says of results: as base64, or with all of it escaped."""
    spec = call.caller.loaded.offered.resources.get(uri)
    return 0 if spec is None or spec.kind != hosted.KIND else MOST_ESCAPED * hosted.LARGEST_CONTENT


def _resource(spec: ResourceSpec) -> dict[str, Any]:
    return _described({"uri": spec.uri}, spec, {"size": spec.size})


def _template(spec: TemplateSpec) -> dict[str, Any]:
    return _described({"uriTemplate": spec.uri_template}, spec, {})


def _described(address: dict[str, Any], spec: ResourceSpec | TemplateSpec, more: dict[str, Any]) -> dict[str, Any]:
    described = {
        **address,
        "name": spec.name,
        "title": spec.title,
        "description": spec.description or None,
        "mimeType": spec.mime_type,
        **more,
        "annotations": None if spec.annotations == _NO_ANNOTATIONS else spec.annotations,
    }
    return {name: value for name, value in described.items() if value is not None}


async def _admit_list(call: Call) -> None:
    _check_offered(call)
    await call.runtime.gate.admit(call.caller.requests)
    if call.params.cursor not in (UNSET, None):
        raise refuse("invalid_cursor", "This list has one page: ask without a cursor.")
    note_arrival(call)


def _check_offered(call: Call) -> None:
    loaded = call.caller.loaded
    if not (loaded.has_jobs or loaded.offered.has_resources):
        raise refuse("method_not_found", "This server has no resources.", method=call.method)


MODERN = {
    "resources/list": list_resources,
    "resources/templates/list": list_templates,
    "resources/read": may_ask(read_resource),
}
LEGACY = MODERN
