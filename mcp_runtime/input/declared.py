"""What the client of a session can be asked, of what it declared when the session began."""

from collections.abc import Mapping
from typing import Any

from mcp_runtime.protocol.versions import WITH_ELICITATION, WITH_ELICITATION_MODES


def declared_capabilities(version: str, declared: Mapping[str, Any]) -> dict[str, Any]:
    """Its capabilities, without what its revision has no words for: questions of persons at all, or their modes."""
    kept = dict(declared)
    if version not in WITH_ELICITATION:
        kept.pop("elicitation", None)
    elif version not in WITH_ELICITATION_MODES and isinstance(kept.get("elicitation"), dict):
        kept["elicitation"] = {}
    return kept
