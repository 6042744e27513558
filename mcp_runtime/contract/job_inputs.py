"""What a job asks of its client while it runs: how its questions are named, and why an answer is not taken.

The tasks extension wants a key to name one question for as long as the task lives ("Task Update Requests"). An attempt
that begins anew asks again what was asked before: the same question has the same key, and another one another.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import msgspec

from mcp_runtime.contract.input import InputRequest

PROBLEM: Final = "problem"
"""The one name in what is kept in the place of an answer where the client could give none: why, for the tool's caller.
No answer that was checked has it."""

REQUEST_BYTES: Final = 256 * 1024
"""The longest question of a job, as JSON."""

_DIGEST_LENGTH: Final = 12
_ASKED_ABOUT: Final = {"elicitation": ("form", "url"), "sampling": ("context", "tools"), "roots": ("listChanged",)}


class AnswerRefused(Exception):  # noqa: N818 - reads as the state it reports
    """The answer under this key is none to what was asked; nothing of what came with it was taken."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(why)
        self.key, self.why = key, why


def encode_request(request: InputRequest) -> bytes:
    """The question as JSON, always the same for the same one."""
    return msgspec.json.encode(request, order="deterministic")


def input_key(key: str, encoded_request: bytes) -> str:
    """What names a question to clients: by the tool's own name for it, and by what it asks."""
    return f"{key}-{sha256(encoded_request).hexdigest()[:_DIGEST_LENGTH]}"


def kept_capabilities(declared: Any) -> dict[str, Any]:
    """Of what a client declared (`ClientCapabilities`), the part that questions rest on: it is kept with a job."""
    if not isinstance(declared, Mapping):
        return {}
    return {
        name: {mode: {} for mode in modes if mode in declared[name]}
        for name, modes in _ASKED_ABOUT.items()
        if isinstance(declared.get(name), Mapping)
    }
