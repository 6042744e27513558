"""One tool of a server: what it takes, what is said of it, its limits."""

import json
from datetime import timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.call_rows import recent_calls
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.permissions.matrix import role_matrix
from control_plane.dashboard.server_tabs import server_context, server_of
from control_plane.dashboard.server_tools.forms import ToolForm
from control_plane.dashboard.server_tools.rows import ToolRow, tool_rows
from control_plane.dashboard.server_tools.schema_rows import schema_rows
from control_plane.upstream_states import left_alone
from tenants.abilities import Ability
from tenants.catalogue import tool_catalogue
from tenants.models import Server
from tenants.models.grant import TargetKind
from tenants.selectors.call_search import CallSearch
from tenants.selectors.servers import server_tool_get
from tenants.selectors.usage import calls_by_tool
from tenants.services.server_tools import server_tool_remove

DAY: Final = timedelta(days=1)


@page(Ability.MANAGE_SERVERS)
def tool_detail(asked: TenantPage, server: str, tool: str) -> HttpResponse:
    """The page, and the form on it."""
    found = server_of(asked, server)
    row = _row(asked, found, tool)
    form = ToolForm(asked.request.POST, row=row) if asked.is_posted else ToolForm.of(row)
    if asked.is_posted and form.is_valid():
        saved = form.save(tenant=asked.tenant, actor=asked.actor, server=found, tool=row.tool)
        if saved is not None:
            messages.success(asked.request, f"Saved {saved.name}. Clients see it within seconds.")
            return HttpResponseRedirect(f"{asked.base}servers/{found.slug}/tools/{saved.name}/")
    return _show(asked, found, row, form)


@page(Ability.MANAGE_SERVERS, methods=("POST",))
def tool_remove(asked: TenantPage, server: str, tool: str) -> HttpResponse:
    """Take it from the server."""
    found = server_of(asked, server)
    row = server_tool_get(server=found, name=tool)
    server_tool_remove(tenant=asked.tenant, actor=asked.actor, server=found, tool=row)
    messages.success(asked.request, f"Removed {row.name}. Within seconds nobody sees or calls it.")
    return HttpResponseRedirect(f"{asked.base}servers/{found.slug}/tools/")


def _show(asked: TenantPage, server: Server, row: ToolRow, form: ToolForm) -> HttpResponse:
    matrix = role_matrix(server=server, catalogue=tool_catalogue())
    permissions = matrix.row(TargetKind.TOOL, str(row.tool.pk))
    context = {
        **server_context(asked, server, "Tools"),
        "row": row,
        "form": form,
        "cells": [] if permissions is None else permissions.cells,
        "calls": recent_calls(asked, CallSearch(server=server.slug, tool=row.tool.name)),
        "left_alone": left_alone(tenant=asked.tenant, tools=[row.tool] if row.definition else []),
        **({} if row.definition is None else _schemas(row)),
    }
    return show(asked, "dashboard/tools/detail.html", context, status=422 if form.errors else 200)


def _schemas(row: ToolRow) -> dict[str, Any]:
    definition = row.definition
    assert definition is not None  # noqa: S101 - the caller has looked
    longest = row.tool.timeout_seconds or definition.timeout_seconds
    return {
        "time_limit": f"{min(longest, definition.timeout_seconds):g} s",
        "takes": schema_rows(definition.input_schema),
        "gives": schema_rows(definition.output_schema or {}),
        "input_schema": json.dumps(definition.input_schema, indent=2, ensure_ascii=False),
        "output_schema": json.dumps(definition.output_schema, indent=2, ensure_ascii=False)
        if definition.output_schema
        else "",
    }


def _row(asked: TenantPage, server: Server, name: str) -> ToolRow:
    calls = calls_by_tool(actor=asked.actor, server=server, since=timezone.now() - DAY)
    [row] = tool_rows([server_tool_get(server=server, name=name)], tool_catalogue(), calls)
    return row
