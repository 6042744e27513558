"""What tools/list says of background tools: each may answer with its own result, or with one that names its job."""

import re
from typing import Any, Final

from mcp_runtime.contract.names import GET_JOB_RESULT
from mcp_runtime.contract.tools import ToolAnnotations, ToolSpec

LONGEST_WAIT: Final = 50
"""Seconds that `get_job_result` may wait: less than clients and proxies wait for an answer."""

OWN_KIND: Final = "job_result"
"""The kind of the runtime's own tool; no snapshot has it."""

REFERENCE_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Job",
    "description": "The call goes on as a job, or its result is too large for one answer.",
    "properties": {
        "job": {
            "type": "object",
            "properties": {
                "id": {"type": "string"},
                "tool": {"type": "string"},
                "status": {"enum": ["working", "input_required", "completed", "failed", "cancelled"]},
                "statusUri": {"type": "string"},
                "resultUri": {"type": "string"},
                "resultBytes": {"type": "integer"},
                "createdAt": {"type": "string"},
                "updatedAt": {"type": "string"},
                "endedAt": {"type": "string"},
                "expiresAt": {"type": "string"},
                "ending": {"type": "string"},
                "progress": {"type": "number"},
                "total": {"type": "number"},
                "message": {"type": "string"},
                "error": {"type": "object"},
            },
            "required": ["id", "tool", "status", "statusUri"],
        }
    },
    "required": ["job"],
}

GET_JOB_RESULT_SPEC: Final = ToolSpec(
    id=GET_JOB_RESULT,
    name=GET_JOB_RESULT,
    title="Get a job's result",
    description=(
        "Get the result of a tool that runs in the background, by the id of its job. While the job has not ended, the "
        "answer says how far it is; wait_seconds waits for its end first."
    ),
    input_schema={
        "type": "object",
        "properties": {
            "job_id": {"type": "string", "description": "The id of the job, as the tool's answer named it."},
            "wait_seconds": {
                "type": "number",
                "description": "How long to wait for the job to end.",
                "minimum": 0,
                "maximum": LONGEST_WAIT,
                "default": 0,
            },
        },
        "required": ["job_id"],
        "additionalProperties": False,
    },
    annotations=ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    ),
    kind=OWN_KIND,
    timeout_seconds=LONGEST_WAIT + 10,
)

_HOISTED: Final[tuple[str, ...]] = ("$schema", "$defs", "definitions")
_PLACE: Final = "#/anyOf/0"
_IN_ROOT: Final = re.compile(r"#/(?!\$defs/|definitions/)")


def with_reference(schema: dict[str, Any]) -> dict[str, Any]:
    """The output schema of a background tool. Definitions stay at the root, so that references to them hold."""
    own = {key: value for key, value in schema.items() if key not in _HOISTED}
    root = {key: _moved(schema[key]) for key in _HOISTED if key in schema}
    kind = {"type": "object"} if schema.get("type") == "object" else {}
    return {**root, **kind, "anyOf": [_moved(own), REFERENCE_SCHEMA]}


def _moved(schema: Any) -> Any:
    """The schema with references to its own root pointing to where that is now."""
    if isinstance(schema, list):
        return [_moved(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    moved = {key: _moved(value) for key, value in schema.items()}
    target = schema.get("$ref")
    if isinstance(target, str) and (target == "#" or _IN_ROOT.match(target)):
        moved["$ref"] = _PLACE + target[1:]
    return moved
