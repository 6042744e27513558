"""Trying an HTTP tool out: one request under the same guards, and everything about it that its author may see.

What is shown names secrets where their values were sent, and holds none of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote
from uuid import uuid4

from egress.answers import Fetched
from egress.denials import Caller, named_host
from egress.door import Door
from egress.errors import EgressFailed, EgressRefused
from egress.outgoing import Outgoing
from mcp_runtime.calls.arguments import UnusableSchemaError, Validator
from mcp_runtime.calls.results import ToolResult, failed
from mcp_runtime.calls.scrubbing import Scrubber
from mcp_runtime.contract.http_tools import HttpToolConfig
from mcp_runtime.contract.secret_references import SecretMissing, secrets_filled
from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.http_tools.answers import (
    HttpAnswer,
    Scrub,
    UnreadableAnswer,
    result_of,
    result_of_pages,
)
from mcp_runtime.http_tools.errors import ArgumentRefused
from mcp_runtime.http_tools.executor import without_secrets
from mcp_runtime.http_tools.http_request import HttpRequest, RequestMaker
from mcp_runtime.http_tools.pages import first_page, page_of
from mcp_runtime.http_tools.sending import answer_of

LONGEST_BODY: Final = 4_000
LONGEST_HEADER: Final = 500
TELLING: Final = frozenset(
    {"content-type", "content-length", "link", "location", "retry-after", "date", "server", "etag", "www-authenticate"}
)
"""Headers of answers that say something about them; and those that count what is left."""


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request as it would be sent, with `{{secret.name}}` where a value would be."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it. `status` is None where there was no answer; `result` says why, as it would to a client."""

    result: ToolResult
    request: ShownRequest | None = None
    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


def shown_request(config: HttpToolConfig, arguments: Mapping[str, Any]) -> ShownRequest:
    """The request for these arguments, without sending it. Raises ArgumentRefused, and DefinitionMistake for a URL
    that is none."""
    names = set[str]()

    def named(name: str) -> str:
        names.add(name)
        return f"{{{{secret.{name}}}}}"

    made = RequestMaker(config).make(arguments, lambda text: secrets_filled(text, named))
    if config.pagination is not None:
        made = first_page(config.pagination, made)
    key = [(config.idempotency_header, "the key of the call")] if config.idempotency_header else []
    body = (made.body or b"").decode("utf-8", "replace")
    return ShownRequest(made.method, _named(made.url, names), (*made.headers, *key), _shortened(_named(body, names)))


async def try_out(
    door: Door,
    caller: Caller,
    config: HttpToolConfig,
    input_schema: dict[str, Any],
    arguments: Mapping[str, Any],
    secrets: Mapping[str, SecretValue],
) -> Trial:
    """Send the request once, of several pages the first. Whatever goes wrong is the result's to say."""
    problem = _misfit(input_schema, arguments)
    if problem:
        return Trial(failed("invalid_arguments", problem))
    try:
        shown, request = shown_request(config, arguments), _prepared(config, arguments, secrets)
    except SecretMissing as missing:
        return Trial(failed("secret_missing", f"{missing} Store it first.", secret=missing.name))
    except ArgumentRefused as refusal:
        return Trial(failed("bad_argument", str(refusal)))
    try:
        fetched = await door.fetch(_outgoing(config, request), caller)
    except EgressRefused as refusal:
        host = named_host(request.url)
        return Trial(failed("egress_refused", str(refusal), reason=refusal.reason, host=host), shown)
    except EgressFailed as failure:
        return Trial(failed("upstream_failed", str(failure), reason=failure.reason), shown)
    answer = answer_of(fetched)
    scrubber = Scrubber(secrets.values())
    result = _result(config, request, answer, fetched.header("link"), scrubber.text)
    headers = tuple((name, scrubber.text(value)[:LONGEST_HEADER]) for name, value in _telling(fetched))
    body = _shortened(scrubber.text(_body(answer)))
    return Trial(without_secrets(dict(secrets), result), shown, fetched.status, headers, body)


def _prepared(config: HttpToolConfig, arguments: Mapping[str, Any], secrets: Mapping[str, SecretValue]) -> HttpRequest:
    request = RequestMaker(config).make(arguments, lambda text: secrets_filled(text, _revealed(secrets)))
    return request if config.pagination is None else first_page(config.pagination, request)


def _outgoing(config: HttpToolConfig, request: HttpRequest) -> Outgoing:
    return Outgoing(
        request.url,
        method=request.method,
        headers=(*request.headers, *_key(config)),
        body=request.body or b"",
        secret_headers=request.secret_headers,
        max_bytes=config.largest_answer,
    )


def _key(config: HttpToolConfig) -> tuple[tuple[str, str], ...]:
    """A trial is no call, and has a key of its own."""
    return ((config.idempotency_header, f"trial-{uuid4().hex}"),) if config.idempotency_header else ()


def _misfit(schema: dict[str, Any], arguments: Mapping[str, Any]) -> str:
    try:
        validator = Validator(schema)
    except UnusableSchemaError as error:
        return f"The input schema can't be used: {error}"
    given = dict(arguments)
    return "" if validator.accepts(given) else " ".join(validator.explain(given).problems)


def _revealed(secrets: Mapping[str, SecretValue]) -> Any:
    return lambda name: secrets[name].reveal() if name in secrets else None


def _result(
    config: HttpToolConfig, request: HttpRequest, answer: HttpAnswer, link: str | None, scrub: Scrub
) -> ToolResult:
    if config.pagination is None or not answer.is_success:
        return result_of(config, answer, request.url.partition("?")[0], scrub)
    try:
        page = page_of(config.pagination, request, answer.document(), link=link)
    except UnreadableAnswer as error:
        return failed("upstream_unreadable", str(error))
    return result_of_pages(config, page.items, is_complete=page.following is None)


def _telling(fetched: Fetched) -> list[tuple[str, str]]:
    counting = ("ratelimit", "x-ratelimit")
    return [each for each in fetched.headers if each[0] in TELLING or each[0].startswith(counting)]


def _body(answer: HttpAnswer) -> str:
    if answer.is_text:
        return answer.text()
    return f"{len(answer.body)} bytes of {answer.media_type}" if answer.body else ""


def _named(text: str, names: set[str]) -> str:
    """References that were encoded on their way into a URL or a form, readable again."""
    for name in names:
        reference = f"{{{{secret.{name}}}}}"
        text = text.replace(quote(reference, safe=""), reference)
    return text


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}…"
