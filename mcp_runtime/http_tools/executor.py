"""Runs tools of kind `http`: secrets are read, the request goes out, the answer comes back without them."""

from base64 import b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from egress.denials import Caller, named_host
from egress.door import Door
from egress.errors import EgressFailed, EgressRefused
from egress.purposes import Purpose
from mcp_runtime.calls.results import AudioContent, EmbeddedResource, ImageContent, TextContent, ToolResult, failed
from mcp_runtime.calls.scrubbing import Scrubber
from mcp_runtime.contract.http_tools import HttpToolConfig, PublishedHttpTool
from mcp_runtime.contract.secret_references import SecretMissing, secrets_filled, secrets_named
from mcp_runtime.contract.secret_values import SecretUnreadable, SecretValue
from mcp_runtime.contract.tools import ToolSpec
from mcp_runtime.http_tools.answers import Scrub, UnreadableAnswer, refused, result_of, result_of_pages
from mcp_runtime.http_tools.errors import ArgumentRefused
from mcp_runtime.http_tools.http_request import HttpRequest, RequestMaker
from mcp_runtime.http_tools.pages import first_page, page_of
from mcp_runtime.http_tools.sending import Sender, is_repeatable
from mcp_runtime.toolkits.asked_parameters import AskedParameter
from mcp_runtime.toolkits.context import Context

ReadSecret = Callable[[str, str], Awaitable[SecretValue | None]]
"""The secret of a tenant by name; see the port SecretVault."""

_UNREADABLE: Final = "A secret of this tool can't be opened. Whoever runs this server has to set it anew."


@dataclass(frozen=True, slots=True)
class HttpRun:
    """The calls of one tool, to be kept: `await run(arguments, context)`."""

    door: Door
    secret: ReadSecret
    config: HttpToolConfig
    maker: RequestMaker
    caller: Caller
    names: tuple[str, ...]
    limit: float | None = None
    wants_context: bool = True
    asked: tuple[AskedParameter, ...] = ()

    async def __call__(self, arguments: dict[str, Any], context: Context | None) -> ToolResult:
        """One call. Refusals and failures of any kind are the tool's own errors."""
        try:
            secrets = await self._secrets()
        except SecretMissing as missing:
            return failed("secret_missing", f"{missing} Whoever runs this server has to add it.", secret=missing.name)
        except SecretUnreadable:
            return failed("secret_unreadable", _UNREADABLE)
        try:
            request = self._request(arguments, secrets, context)
            return without_secrets(secrets, await self._answered(request, Scrubber(secrets.values()).text, context))
        except ArgumentRefused as refusal:
            return failed("bad_argument", str(refusal))
        except EgressRefused as refusal:
            return failed("egress_refused", str(refusal), reason=refusal.reason, host=named_host(self.config.url))
        except EgressFailed as failure:
            return failed("upstream_failed", str(failure), reason=failure.reason)

    async def _secrets(self) -> dict[str, SecretValue]:
        found: dict[str, SecretValue] = {}
        for name in self.names:
            value = await self.secret(self.caller.tenant, name)
            if value is None:
                raise SecretMissing(name)
            found[name] = value
        return found

    def _request(
        self, arguments: dict[str, Any], secrets: dict[str, SecretValue], context: Context | None
    ) -> HttpRequest:
        def value_of(name: str) -> str | None:
            return secrets[name].reveal() if name in secrets else None

        request = self.maker.make(arguments, lambda text: secrets_filled(text, value_of))
        added: list[tuple[str, str]] = []
        if context is not None and self.config.idempotency_header:
            added.append((self.config.idempotency_header, context.idempotency_key))
        if context is not None and context.trace is not None:
            taken = {name.lower() for name, _ in request.headers}
            added += [(name, value) for name, value in context.trace.headers().items() if name.lower() not in taken]
        return replace(request, headers=(*request.headers, *added))

    async def _answered(self, request: HttpRequest, scrub: Scrub, context: Context | None) -> ToolResult:
        config = self.config
        sender = Sender(
            self.door,
            self.caller,
            retries=config.retries,
            is_repeatable=is_repeatable(config.method, config.idempotency_header),
            largest=config.largest_answer,
            limit=self.limit,
        )
        if config.pagination is not None:
            return await self._pages(request, sender, scrub, context)
        answer, _ = await sender.send(request)
        return result_of(config, answer, request.url.partition("?")[0], scrub)

    async def _pages(self, request: HttpRequest, sender: Sender, scrub: Scrub, context: Context | None) -> ToolResult:
        pages = self.config.pagination
        assert pages is not None  # noqa: S101 - what its caller has looked at
        items: list[Any] = []
        size = 0
        following = first_page(pages, request)
        for number in range(pages.most_pages):
            answer, link = await sender.send(following)
            if not answer.is_success:
                return refused(answer, scrub)
            size += len(answer.body)
            if size > self.config.largest_answer:
                return failed("too_large", f"The pages together have more than {self.config.largest_answer} bytes.")
            try:
                page = page_of(pages, following, answer.document(), link=link, number=number)
            except UnreadableAnswer as error:
                return failed("upstream_unreadable", str(error))
            items += page.items
            if context is not None:
                context.progress(number + 1, None, f"{len(items)} items")
            if page.following is None:
                return result_of_pages(self.config, items, is_complete=True)
            following = page.following
        return result_of_pages(self.config, items, is_complete=False)


class HttpExecutor:
    """Of one replica. `door` is its way out."""

    def __init__(self, door: Door, secret: ReadSecret) -> None:
        self._door, self._secret = door, secret

    def bind(self, spec: ToolSpec) -> HttpRun:
        """What runs the tool. Raises msgspec.ValidationError for a config that is none of this kind."""
        published = msgspec.convert(spec.config, PublishedHttpTool)
        config = published.request
        names = dict.fromkeys(name for each in config.constants for name in secrets_named(each.value))
        caller = Caller(Purpose.HTTP_TOOL, published.tenant_id, spec.id, published.allowance)
        return HttpRun(
            self._door, self._secret, config, RequestMaker(config), caller, tuple(names), spec.timeout_seconds
        )


def without_secrets(secrets: dict[str, SecretValue], result: ToolResult) -> ToolResult:
    """The result, in which the other side does not repeat what it was sent in confidence."""
    if not secrets:
        return result
    scrubber = Scrubber(secrets.values())
    if any(_holds(block, secrets) for block in result.content):
        return failed("secret_in_answer", "The answer repeats a credential that it was sent, so it is not passed on.")
    content = [
        TextContent(scrubber.text(block.text), block.annotations) if isinstance(block, TextContent) else block
        for block in result.content
    ]
    structured = result.structured
    if structured is not msgspec.UNSET:
        structured = scrubber.structured(structured)
    return msgspec.structs.replace(result, content=content, structured=structured)


def _holds(block: Any, secrets: dict[str, SecretValue]) -> bool:
    """Whether bytes that are not text hold one of them."""
    if isinstance(block, ImageContent | AudioContent):
        data = block.data
    elif isinstance(block, EmbeddedResource) and isinstance(block.resource.blob, str):
        data = block.resource.blob
    else:
        return False
    body = b64decode(data)
    return any(secret.reveal().encode() in body for secret in secrets.values())
