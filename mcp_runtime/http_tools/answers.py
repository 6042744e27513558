"""From what the other side answered to the result of the call."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from mcp_runtime.bounded_query import QueryRefused, query
from mcp_runtime.calls.results import (
    AudioContent,
    EmbeddedResource,
    ImageContent,
    ResourceContents,
    TextContent,
    ToolResult,
    failed,
)
from mcp_runtime.contract.http_tools import HttpToolConfig

LONGEST_COMPLAINT: Final = 2_000
"""How many characters of a refusal's body the model is shown."""

_HINTS: Final = {
    401: "The credential was not accepted; whoever runs this server can rotate its secret.",
    403: "The credential does not allow this.",
    404: "There is nothing by these arguments.",
    429: "Too many requests; wait before the next one.",
}


Scrub = Callable[[str], str]
"""Takes out of a text what may not be repeated."""


class UnreadableAnswer(ValueError):  # noqa: N818 - reads as the state it reports
    """The answer is not what its headers say it is. The text is for the model."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What came back. `media_type` is in lower case and without parameters; `charset` as the header says, or utf-8.
    `retry_after` is in seconds, where the other side asks for a pause."""

    status: int
    media_type: str
    body: bytes
    charset: str = "utf-8"
    retry_after: float | None = None

    @property
    def is_json(self) -> bool:
        """By its media type: application/json, or any that ends in +json (RFC 6839)."""
        return self.media_type == "application/json" or self.media_type.endswith("+json")

    @property
    def is_text(self) -> bool:
        """Whether people can read the body as it is."""
        return self.is_json or self.media_type.startswith("text/") or self.media_type.endswith(("/xml", "+xml"))

    @property
    def is_success(self) -> bool:
        """Whether the other side says that it did what it was asked for."""
        return 200 <= self.status < 300

    def document(self) -> Any:
        """The body as JSON. Raises UnreadableAnswer."""
        try:
            return msgspec.json.decode(self.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise UnreadableAnswer(f"The answer says that it is JSON, and is not: {error}.") from error

    def text(self) -> str:
        """The body as text; bytes that are none are replaced."""
        try:
            return self.body.decode(self.charset, errors="replace")
        except LookupError:
            return self.body.decode("utf-8", errors="replace")


def media_type_of(content_type: str | None) -> tuple[str, str]:
    """Media type and character set of a Content-Type header; what is not said is JSON's: utf-8."""
    kind, _, parameters = (content_type or "").partition(";")
    charset = "utf-8"
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip():
            charset = value.strip().strip('"')[:40]
    return kind.strip().lower(), charset


def result_of(config: HttpToolConfig, answer: HttpAnswer, url: str, scrub: Scrub = str) -> ToolResult:
    """The result for one answer. A status that is no success is the tool's own error, with what the other side says."""
    if not answer.is_success:
        return refused(answer, scrub)
    if not answer.body:
        return ToolResult(
            [TextContent(f"Done ({answer.status}, without content).")], structured={"status": answer.status}
        )
    if not answer.is_json:
        return _as_content(answer, url)
    try:
        return result_of_document(config, answer.document())
    except UnreadableAnswer as error:
        return failed("upstream_unreadable", str(error))


def result_of_pages(config: HttpToolConfig, items: Sequence[Any], *, is_complete: bool) -> ToolResult:
    """The result for the items of several pages. `_meta` says where there was more than was asked for."""
    result = result_of_document(config, list(items))
    if is_complete or result.is_error:
        return result
    return msgspec.structs.replace(result, meta={**(result.meta or {}), "io.atrium/incomplete": True})


def result_of_document(config: HttpToolConfig, document: Any) -> ToolResult:
    """The result for a JSON document: what `select` takes of it. Structured content is an object: anything else stands
    under `result` (MCP server/tools "Structured Content")."""
    if config.select:
        try:
            document = query(document, config.select)
        except QueryRefused as refusal:
            return failed("upstream_unreadable", f"What is selected of the answer does not fit it. {refusal}")
    structured = document if isinstance(document, dict) else {"result": document}
    text = msgspec.json.encode(document).decode()
    return ToolResult([TextContent(text)], structured=structured)


def refused(answer: HttpAnswer, scrub: Scrub = str) -> ToolResult:
    """What the model is told of a status that is no success. What is shortened is scrubbed before: the half of a secret
    would be found no more."""
    words = f"The other side answered {answer.status}. {_HINTS.get(answer.status, '')}".strip()
    said = scrub(answer.text()).strip() if answer.is_text else ""
    if said:
        words += f" It says: {said[:LONGEST_COMPLAINT]}"
    pause = {} if answer.retry_after is None else {"retry_after": answer.retry_after}
    return failed("upstream_status", words, status=answer.status, **pause)


def _as_content(answer: HttpAnswer, url: str) -> ToolResult:
    if answer.is_text or not answer.media_type:
        return ToolResult([TextContent(answer.text())])
    data = b64encode(answer.body).decode()
    kind = answer.media_type.partition("/")[0]
    if kind == "image":
        return ToolResult([ImageContent(data, answer.media_type)])
    if kind == "audio":
        return ToolResult([AudioContent(data, answer.media_type)])
    return ToolResult([EmbeddedResource(ResourceContents(uri=url, mime_type=answer.media_type, blob=data))])
