"""Which tools, upstreams and documents of a tenant lists of hosts and methods would cut off."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from egress.allowance import Allowance
from tenants.models import OpenApiSource, ServerTool, Upstream, UpstreamAuthorization
from tenants.models.server_tool import ToolKind


@dataclass(frozen=True, slots=True)
class CutOff:
    """`kind`: tool | upstream | sign_in | openapi. `where` is the server of a tool or document. `reason` is that of
    the refusal: host_not_allowed or method_not_allowed."""

    kind: str
    name: str
    where: str
    host: str
    method: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Request:
    kind: str
    name: str
    where: str
    url: str
    method: str


def egress_cut_off(*, allowance: Allowance) -> list[CutOff]:
    """All that asks where these lists do not let it, of the tenant whose scope is open. Where redirects lead to, nobody
    can tell beforehand."""
    found: dict[CutOff, None] = {}
    for request in _requests():
        host = (urlsplit(request.url).hostname or "").lower()
        reason = _reason(allowance, host, request.method)
        if reason:
            found[CutOff(request.kind, request.name, request.where, host, request.method, reason)] = None
    return list(found)


def _reason(allowance: Allowance, host: str, method: str) -> str:
    if not allowance.allows_method(method):
        return "method_not_allowed"
    return "" if allowance.allows_host(host) else "host_not_allowed"


def _requests() -> Iterator[_Request]:
    own = ServerTool.objects.filter(kind__in=[ToolKind.HTTP, ToolKind.FAN_OUT]).select_related("server")
    for row in own.order_by("server__slug", "name"):
        for url, method in _asked(row.kind, row.definition or {}):
            yield _Request("tool", row.name, row.server.slug, url, method)
    for prefix, url in Upstream.objects.order_by("prefix").values_list("prefix", "url"):
        yield _Request("upstream", prefix, "", url, "POST")
    known = UpstreamAuthorization.objects.exclude(token_endpoint="").order_by("upstream__prefix")
    for prefix, url in known.values_list("upstream__prefix", "token_endpoint"):
        yield _Request("sign_in", prefix, "", url, "POST")
    documents = OpenApiSource.objects.exclude(document_url="").order_by("server__slug", "title")
    for title, slug, url in documents.values_list("title", "server__slug", "document_url"):
        yield _Request("openapi", title, slug, url, "GET")


def _asked(kind: str, definition: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where calls of a tool go. What a later release wrote says it in a way that is not known here."""
    if kind == ToolKind.HTTP:
        request = definition.get("request") or {}
        yield str(request.get("url", "")), str(request.get("method", "")).upper()
        return
    for backend in (definition.get("definition") or {}).get("backends") or ():
        if backend.get("base_url"):
            yield str(backend["base_url"]), "POST"
