"""What models are asked, and what they answer, in the two styles of chat that most providers speak."""

from typing import Any, Final

from msgspec import UNSET, Struct, ValidationError, convert

from mcp_runtime.contract.fan_out import ModelBackend

MAX_TOKENS: Final = 1024


class NoAnswer(ValueError):  # noqa: N818 - reads as the state it reports
    """What came is no answer of this style. The text is for whoever manages the tool."""


class Answered(Struct, frozen=True):
    """What a model wrote, and which one it was, as its API says."""

    text: str
    model: str | None


class _Part(Struct):
    type: str = ""
    text: str = ""


class _Message(Struct):
    content: str | list[_Part] | None = None


class _Choice(Struct):
    message: _Message


class _Completion(Struct):
    choices: list[_Choice]
    model: str | None = None


class _Written(Struct):
    content: list[_Part]
    model: str | None = None


def question(backend: ModelBackend, arguments: dict[str, Any]) -> dict[str, Any]:
    """The body of the request, from arguments that fit `PROMPT_SCHEMA`."""
    prompt, system = arguments["prompt"], arguments.get("system")
    body = {"model": backend.model, "max_tokens": arguments.get("max_tokens", MAX_TOKENS)}
    if "temperature" in arguments:
        body["temperature"] = arguments["temperature"]
    user = {"role": "user", "content": prompt}
    if backend.style == "anthropic":
        return {**body, **({"system": system} if system else {}), "messages": [user]}
    return {**body, "messages": [*([{"role": "system", "content": system}] if system else []), user]}


def answer(backend: ModelBackend, document: Any) -> Answered:
    """What the model wrote. Raises NoAnswer."""
    if document is UNSET:
        raise NoAnswer("no JSON came")
    try:
        if backend.style == "anthropic":
            written = convert(document, _Written)
            text, model = _text(written.content), written.model
        else:
            completion = convert(document, _Completion)
            text = _text(completion.choices[0].message.content) if completion.choices else ""
            model = completion.model
    except ValidationError as error:
        raise NoAnswer(f"it is not of the style {backend.style}") from error
    if not text.strip():
        raise NoAnswer("it holds no text")
    return Answered(text, model)


def _text(content: str | list[_Part] | None) -> str:
    if isinstance(content, list):
        return "".join(part.text for part in content if part.type in ("text", "output_text"))
    return content or ""
