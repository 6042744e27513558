"""One operation: the tool that it makes, with its arguments and its request."""

import json
from typing import Any
from uuid import UUID

import msgspec
from django.http import HttpResponse

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.openapi_sources.sources import source_context, source_of
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tools.schema_rows import schema_rows
from control_plane.openapi_documents import address_problem
from mcp_runtime.contract.http_tools import HttpToolConfig
from tenants.abilities import Ability
from tenants.models import OpenApiSource
from tenants.openapi.comparison import compared
from tenants.openapi.operations import ImportedTool, OpenApiImport
from tenants.selectors.openapi_changes import tool_change
from tenants.selectors.openapi_operations import Operation, operation_get, secrets_missing
from tenants.selectors.openapi_sources import openapi_import, openapi_import_pending


@page(Ability.MANAGE_SERVERS, methods=("GET",))
def operation_detail(asked: TenantPage, server: str, source_id: UUID) -> HttpResponse:
    """What it makes now, and what another version changes of it where one waits. `version=pending` shows one that only
    that version has."""
    source = source_of(asked, server, source_id)
    key = asked.request.GET.get("key", "")
    is_pending = asked.request.GET.get("version") == "pending"
    reading = openapi_import_pending(source) if is_pending else openapi_import(source)
    operation = operation_get(server=source.server, source=source, reading=reading, key=key)
    context = {
        **source_context(asked, source),
        "operation": operation,
        "is_pending": is_pending,
        "lines": "\n".join(_lines(source, operation, reading, is_pending=is_pending)),
        **({} if operation.made is None else _made(operation.made)),
    }
    return show(asked, "dashboard/openapi/operation.html", context)


def _made(made: ImportedTool) -> dict[str, Any]:
    request = made.definition.request
    return {
        "definition": made.definition,
        "takes": schema_rows(made.definition.input_schema),
        "input_schema": json.dumps(made.definition.input_schema, indent=2, ensure_ascii=False),
        "request_lines": _request_lines(request),
        "request_json": msgspec.json.format(msgspec.json.encode(request), indent=2).decode(),
        "missing": secrets_missing(secret.name for secret in made.secrets),
        "address_problem": address_problem(request.url.partition("{")[0]),
    }


def _request_lines(request: HttpToolConfig) -> str:
    """The request as one would write it down."""
    query = [f"{each.wire_name}={{{each.argument}}}" for each in request.parameters if each.location == "query"]
    query += [f"{each.name}={each.value}" for each in request.constants if each.location == "query"]
    headers = [f"{each.wire_name}: {{{each.argument}}}" for each in request.parameters if each.location == "header"]
    headers += [f"{each.name}: {each.value}" for each in request.constants if each.location == "header"]
    fields = [each.argument for each in request.parameters if each.location in ("field", "body")]
    body = [f"({request.content_type or request.body} of {', '.join(fields)})"] if fields else []
    first = f"{request.method} {request.url}{'?' + '&'.join(query) if query else ''}"
    return "\n".join([first, *headers, *(["", *body] if body else [])])


def _lines(source: OpenApiSource, operation: Operation, reading: OpenApiImport, *, is_pending: bool) -> list[str]:
    if operation.tool is None or not source.pending_digest:
        return []
    before = openapi_import(source) if is_pending else reading
    after = reading if is_pending else openapi_import_pending(source)
    change = tool_change(tool=operation.tool, before=before, after=after)
    return [] if change is None else compared(change.before, change.after)
