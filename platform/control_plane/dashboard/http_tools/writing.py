"""The pages of an HTTP tool's request: a new one, and one that is there. Each can be looked at and tried before it is
saved; what is tried is sent ahead, before a transaction is open."""

import json
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from msgspec import UNSET, to_builtins

from control_plane.dashboard.asking import TenantPage
from control_plane.dashboard.http_tools.rows import with_more_rows
from control_plane.dashboard.http_tools.written import Written, arguments_for, written_anew, written_before
from control_plane.dashboard.pages import page, show
from control_plane.dashboard.server_tabs import server_context, server_of
from control_plane.tool_trials import tool_tried
from mcp_runtime.http_tools.errors import ArgumentRefused
from mcp_runtime.http_tools.trial import LONGEST_BODY, ShownRequest, Trial, shown_request
from tenants.abilities import Ability
from tenants.errors import AbilityMissingError, ApplicationError, InvalidValueError, NotFoundError
from tenants.models import Server, ServerTool
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_tool_get
from tenants.selectors.stored_secrets import secret_list
from tenants.services.http_tool_checking import http_definition_checked
from tenants.services.http_tools import http_tool_create, http_tool_update
from tenants.tool_kinds import http_definition

SAVE: Final = "save"
TRY: Final = "test"
LOOK: Final = "preview"
ROWS: Final = "rows"


def _tried(asked: TenantPage, server: str, http_tool: str = "") -> Trial | ApplicationError | None:
    """What came of the test, where that button was pressed and all of it could be read."""
    if not asked.is_posted or asked.request.POST.get("do") != TRY:
        return None
    with tenant_scope(asked.tenant):
        found = server_of(asked, server)
        written = _written(asked, found, http_tool)
    written.read()
    arguments = written.arguments() if written.definition is not None else {}
    if written.definition is None or written.has_errors:
        return None
    try:
        return tool_tried(
            tenant=asked.tenant, actor=asked.actor, server=found, definition=written.definition, arguments=arguments
        )
    except AbilityMissingError:
        raise
    except ApplicationError as error:
        return error


@page(Ability.MANAGE_SERVERS, ahead=_tried)
def http_tool_new(asked: TenantPage, server: str) -> HttpResponse:
    """The form of a new one."""
    found = server_of(asked, server)
    return _page(asked, found, _written(asked, found, ""), None)


@page(Ability.MANAGE_SERVERS, ahead=_tried)
def http_tool_request(asked: TenantPage, server: str, http_tool: str) -> HttpResponse:
    """The request of one that is there."""
    found = server_of(asked, server)
    return _page(asked, found, _written(asked, found, http_tool), _row(found, http_tool))


def _page(asked: TenantPage, server: Server, written: Written, row: ServerTool | None) -> HttpResponse:
    done = asked.request.POST.get("do", SAVE) if asked.is_posted else ""
    trial, shown = None, None
    if done in (SAVE, TRY, LOOK):
        written.read()
        if done == SAVE and (saved := _saved(asked, server, written, row)) is not None:
            messages.success(asked.request, f"Saved {saved.name}. Clients see it within seconds.")
            return HttpResponseRedirect(f"{asked.base}servers/{server.slug}/tools/{saved.name}/")
        if isinstance(asked.ahead, ApplicationError):
            written.refuse(asked.ahead)
        trial = asked.ahead if isinstance(asked.ahead, Trial) else None
    if done or row is not None:
        shown = _shown(written, row)
    context = {
        **server_context(asked, server, "Tools"),
        "tool": row,
        "written": written,
        "form": written.form,
        "shown": shown,
        "trial": trial,
        "trial_result": "" if trial is None else _result(trial),
        "secrets": [secret.name for secret in secret_list()[:20]],
        "action": asked.request.path,
    }
    status = 422 if done in (SAVE, TRY, LOOK) and written.has_errors else 200
    return show(asked, "dashboard/http_tools/form.html", context, status=status)


def _saved(asked: TenantPage, server: Server, written: Written, row: ServerTool | None) -> ServerTool | None:
    if written.definition is None or written.has_errors:
        return None
    given: dict[str, Any] = {
        "tenant": asked.tenant,
        "actor": asked.actor,
        "server": server,
        "definition": written.definition,
        "background": written.background,
    }
    try:
        return http_tool_create(**given) if row is None else http_tool_update(**given, tool=row)
    except ApplicationError as error:
        written.refuse(error)
        return None


def _shown(written: Written, row: ServerTool | None) -> ShownRequest | None:
    """The request as it would be sent. Where there is none yet, the form says why."""
    definition = written.definition if written.form.is_bound else None if row is None else http_definition(row)
    if definition is None:
        return None
    try:
        checked = http_definition_checked(definition)
        arguments = written.arguments() if written.form.is_bound else arguments_for(definition.input_schema)
        return shown_request(checked.request, arguments)
    except InvalidValueError as error:
        if not written.has_errors:
            written.refuse(error)
    except ArgumentRefused as refusal:
        written.form.add_error("arguments", str(refusal))
    return None


def _written(asked: TenantPage, server: Server, name: str) -> Written:
    sent: Any = asked.request.POST if asked.is_posted else None
    if sent is not None and sent.get("do") == ROWS:
        sent = with_more_rows(sent)
    if not name:
        return written_anew(sent)
    row = _row(server, name)
    known = http_definition(row)
    if known is None:
        raise NotFoundError("There is no such tool.")
    return written_before(sent, known, background=row.mode == "background")


def _row(server: Server, name: str) -> ServerTool:
    row = server_tool_get(server=server, name=name)
    if http_definition(row) is None:
        raise NotFoundError("There is no such tool.")
    return row


def _result(trial: Trial) -> str:
    """What a client would have got, to read."""
    texts = [getattr(block, "text", "") or f"({type(block).__name__})" for block in trial.result.content]
    structured = trial.result.structured
    if structured is UNSET or trial.result.is_error:
        return "\n".join(texts)
    return json.dumps(to_builtins(structured), indent=2, ensure_ascii=False)[:LONGEST_BODY]
