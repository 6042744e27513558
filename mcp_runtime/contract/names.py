"""The grammar of the names that appear in URLs and in `Mcp-Name` headers."""

import re
from typing import Final

SLUG: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""A tenant's or server's slug: lower case, digits and inner hyphens, at most 63 characters (a DNS label)."""

TOOL_NAME: Final = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""A tool's name: MCP 2026-07-28 server/tools allows 128 characters; 64 is what every client accepts."""

SECRET_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")
"""A secret's name, by which tools refer to it."""

ENDPOINT_PATH: Final = re.compile(rf"/mcp/({SLUG.pattern})/({SLUG.pattern})")
"""The path of an MCP endpoint."""

JOB_SCHEME: Final = "task"
"""The scheme of the URIs of jobs, which are the runtime's own resources."""

GET_JOB_RESULT: Final = "get_job_result"
"""The runtime's own tool, on every server with tools that run in the background."""

RESERVED_TOOL_NAMES: Final = frozenset({GET_JOB_RESULT})
"""Names that no tool of a server may be given."""
