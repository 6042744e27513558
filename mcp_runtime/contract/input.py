"""What a tool asks of whoever called it, and what comes back: elicitation, sampling, roots.

MCP 2026-07-28 client/elicitation, client/sampling, client/roots. The shapes are the same in all revisions; how they
travel is not (`mcp_runtime.input`).
"""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

ELICITATION: Final = "elicitation/create"
SAMPLING: Final = "sampling/createMessage"
ROOTS: Final = "roots/list"

KEY_LENGTH: Final = 128
"""Characters of the name that a question has within its call."""

QUESTIONS_AT_MOST: Final = 32
"""How often one call may ask, in all."""


class InputRequest(Struct, frozen=True):
    """One question: a request that the specification has a server make of a client."""

    method: str
    params: dict[str, Any]


def missing_capability(capabilities: Mapping[str, Any], request: InputRequest) -> dict[str, Any] | None:
    """What the client would have had to declare to be asked this; None where it has.

    An empty `elicitation` is one of forms alone (2026-07-28 client/elicitation, Capabilities).
    """
    if request.method == ROOTS:
        return None if isinstance(capabilities.get("roots"), dict) else {"roots": {}}
    if request.method == SAMPLING:
        return None if isinstance(capabilities.get("sampling"), dict) else {"sampling": {}}
    declared = capabilities.get("elicitation")
    mode = request.params.get("mode", "form")
    if isinstance(declared, dict) and (mode in declared or (mode == "form" and "url" not in declared)):
        return None
    return {"elicitation": {mode: {}}}
