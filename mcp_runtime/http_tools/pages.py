"""Asking for further pages: the next request comes from the last answer, and may not lead anywhere else."""

import re
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from mcp_runtime.bounded_query import QueryRefused, query
from mcp_runtime.contract.http_tools import HttpPagination
from mcp_runtime.http_tools.answers import UnreadableAnswer
from mcp_runtime.http_tools.http_request import HttpRequest
from mcp_runtime.http_tools.url_template import leads_elsewhere

LONGEST_CURSOR: Final = 2_000
LONGEST_LINK: Final = 8_000
_LINK: Final = re.compile(r"<([^<>]*)>([^<]*)")
_NEXT: Final = re.compile(r";\s*rel\s*=\s*(?:\"[^\"]*\bnext\b[^\"]*\"|next\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """The items of one page, and the request for the next; None after the last."""

    items: list[Any]
    following: HttpRequest | None


def page_of(
    pages: HttpPagination, request: HttpRequest, document: Any, *, link: str | None = None, number: int = 0
) -> Page:
    """Read the page that answered `request`, the `number`-th after the first. Raises UnreadableAnswer."""
    items = _selected(pages.items, document)
    if not isinstance(items, list):
        raise UnreadableAnswer(f"The answer has no list at {pages.items!r}, where the items of a page should be.")
    if pages.kind == "link":
        return Page(items, _linked(request, link))
    if pages.kind == "page":
        return Page(items, _asking(request, pages.parameter, str(pages.first + number + 1)) if items else None)
    cursor = _selected(pages.cursor, document)
    if cursor in (None, "", False):
        return Page(items, None)
    if not isinstance(cursor, str | int) or len(str(cursor)) > LONGEST_CURSOR:
        raise UnreadableAnswer(f"What the answer has at {pages.cursor!r} is no cursor.")
    return Page(items, _asking(request, pages.parameter, str(cursor)))


def first_page(pages: HttpPagination, request: HttpRequest) -> HttpRequest:
    """The request for the first page: where pages are counted, with its number, unless the call says another."""
    names = {name for name, _ in _query_of(request)}
    if pages.kind != "page" or pages.parameter in names:
        return request
    return _asking(request, pages.parameter, str(pages.first))


def _selected(expression: str, document: Any) -> Any:
    try:
        return query(document, expression)
    except QueryRefused as refusal:
        raise UnreadableAnswer(f"The pages of the answer can't be read. {refusal}") from refusal


def _query_of(request: HttpRequest) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.url).query, keep_blank_values=True)


def _asking(request: HttpRequest, parameter: str, value: str) -> HttpRequest:
    others = [(name, each) for name, each in _query_of(request) if name != parameter]
    made = urlencode([*others, (parameter, value)], quote_via=quote, safe="")
    return replace(request, url=urlunsplit(urlsplit(request.url)._replace(query=made)))


def _linked(request: HttpRequest, link: str | None) -> HttpRequest | None:
    """RFC 8288. A link to another place than the tool's own is no further page: its credential would go there."""
    for target, parameters in _LINK.findall((link or "")[:LONGEST_LINK]):
        if not _NEXT.search(parameters):
            continue
        url = urljoin(request.url, target.strip())
        if not _is_of(request, url) or urlsplit(url).fragment or leads_elsewhere(urlsplit(url).path):
            raise UnreadableAnswer("The link to the next page leads away from the tool's own address.")
        return replace(request, url=url)
    return None


def _is_of(request: HttpRequest, url: str) -> bool:
    """Whether a URL is that of the request but for its query, or lies below what all URLs of the tool begin with."""
    if urlsplit(url)[:3] == urlsplit(request.url)[:3]:
        return True
    return url.startswith(request.prefix if request.prefix.endswith("/") else f"{request.prefix}/")
