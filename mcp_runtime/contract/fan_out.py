"""A tool that asks several backends: what a tenant says of it, as it is kept and as `ToolSpec.config` publishes it.

Nothing in it is secret: a key is a reference by name, `{{secret.NAME}}`, filled in when a backend is asked.
"""

from typing import Any, Final

from msgspec import Struct

from egress.allowance import ANYTHING, Allowance
from mcp_runtime.contract.http_tools import HttpConstant, HttpParameter, HttpToolConfig

KIND: Final = "fan_out"

STRATEGIES: Final = ("first_available", "fastest", "consensus")
"""One after the other until one answers | all at once, and the first answer | all at once, until enough agree."""

STYLES: Final = ("openai", "anthropic")
"""How a model is spoken to: `POST …/chat/completions`, or `POST …/messages`."""

ANTHROPIC_VERSION: Final = "2023-06-01"
LARGEST_ANSWER: Final = 1024 * 1024


class ModelBackend(
    Struct, frozen=True, kw_only=True, tag_field="kind", tag="model", forbid_unknown_fields=True, omit_defaults=True
):
    """A model behind an API. `base_url` is what the style's path follows: `https://api.openai.com/v1`. `api_key` is a
    reference to a secret, or empty for an API that wants none. `name` is what answers call it."""

    name: str
    style: str
    base_url: str
    model: str
    api_key: str = ""
    timeout_seconds: float = 60.0


class ToolBackend(
    Struct, frozen=True, kw_only=True, tag_field="kind", tag="tool", forbid_unknown_fields=True, omit_defaults=True
):
    """Another tool of the same server, by its id."""

    name: str
    tool: str
    timeout_seconds: float = 60.0


Backend = ModelBackend | ToolBackend


class FanOutDefinition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A fan-out tool as a tenant writes it down. Its backends are models, or they are tools. `quorum` is how many have
    to agree, for consensus; None for more than half."""

    name: str
    title: str = ""
    description: str = ""
    strategy: str
    backends: tuple[Backend, ...]
    quorum: int | None = None

    @property
    def asks_models(self) -> bool:
        """Whether its backends are models."""
        return all(isinstance(backend, ModelBackend) for backend in self.backends)


class KeptFanOut(Struct, frozen=True, kw_only=True):
    """What its row holds: the definition, and, of tools as they were when it was written, the arguments and whether
    one of them reaches beyond this installation."""

    definition: FanOutDefinition
    input_schema: dict[str, Any]
    open_world: bool = True


class PublishedFanOut(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a snapshot holds of one, as `ToolSpec.config`. `allowance` is what its tenant lets requests reach."""

    tenant_id: str
    strategy: str
    backends: tuple[Backend, ...]
    quorum: int
    allowance: Allowance = ANYTHING


PROMPT_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "prompt": {"type": "string", "minLength": 1, "maxLength": 200_000, "description": "What to ask."},
        "system": {"type": "string", "maxLength": 100_000, "description": "How to answer."},
        "max_tokens": {"type": "integer", "minimum": 1, "maximum": 32_768, "default": 1024},
        "temperature": {"type": "number", "minimum": 0, "maximum": 2},
    },
    "required": ["prompt"],
    "additionalProperties": False,
}
"""What a tool takes whose backends are models."""

ANSWER_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "answer": {"description": "The answer that counts."},
        "backend": {"type": "string", "description": "Which one gave it."},
        "model": {"type": ["string", "null"], "description": "The model that wrote it, as its API says."},
        "strategy": {"enum": list(STRATEGIES)},
        "agreed": {"type": "integer", "description": "How many gave this answer."},
        "answers": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "backend": {"type": "string"},
                    "outcome": {"enum": ["answered", "failed", "skipped", "given_up", "not_asked"]},
                    "reason": {"type": "string"},
                    "seconds": {"type": "number"},
                    "model": {"type": ["string", "null"]},
                    "answer": {},
                },
                "required": ["backend", "outcome"],
            },
        },
    },
    "required": ["answer", "backend", "strategy", "agreed", "answers"],
}
"""What every fan-out tool answers."""


def model_request(backend: ModelBackend) -> HttpToolConfig:
    """The request to a model's API, as that of an HTTP tool whose one argument, `body`, is the body."""
    base = backend.base_url.rstrip("/")
    return HttpToolConfig(
        method="POST",
        url=f"{base}/messages" if backend.style == "anthropic" else f"{base}/chat/completions",
        parameters=(HttpParameter(argument="body", location="body"),),
        constants=_headers(backend),
        body="json",
        largest_answer=LARGEST_ANSWER,
    )


BODY_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"body": {"type": "object"}},
    "required": ["body"],
}
"""The arguments of that request."""


def _headers(backend: ModelBackend) -> tuple[HttpConstant, ...]:
    key = backend.api_key
    if backend.style == "anthropic":
        version = HttpConstant(location="header", name="anthropic-version", value=ANTHROPIC_VERSION)
        return (version, HttpConstant(location="header", name="x-api-key", value=key)) if key else (version,)
    return (HttpConstant(location="header", name="Authorization", value=f"Bearer {key}"),) if key else ()
