"""What a server has of upstreams: chosen from what was approved, under names that nothing else could be taken for."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from tenants import validation
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import InvalidValueError, LimitReachedError, NameTakenError, NotFoundError
from tenants.models import Server, ServerPrimitive, ServerTool, Tenant, UpstreamDefinition
from tenants.models.server_primitive import PrimitiveKind
from tenants.models.server_tool import ToolKind
from tenants.models.upstream import DefinitionKind, DefinitionState
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.servers import server_locked
from tenants.selectors.tenants import tenant_locked
from tenants.services.server_primitive_choice import check_room
from tenants.upstreams.item_names import name_on_server, name_shadowed


def upstream_items_add(*, tenant: Tenant, actor: Actor, server: Server, definition_ids: Iterable[UUID]) -> int:
    """Put these of an upstream on the server: all, or none; what it has already stays as it is. Returns how many are
    new there. A tool may be called by owner and admin at first, like every new one.

    Raises InvalidValueError for none or for one that is not approved, NotFoundError, NameTakenError where a name is
    taken or could be taken for another tool's, LimitReachedError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    wanted = set(definition_ids)
    if not wanted:
        raise InvalidValueError("Choose at least one.", field="definitions")
    with tenant_scope(tenant):
        plan = tenant_locked(tenant_id=tenant.pk).limits
        locked = server_locked(actor=actor, server_id=server.pk)
        chosen = _approved(wanted)
        tools = _new_tools(locked, [row for row in chosen if row.kind == DefinitionKind.TOOL], plan.tools_per_server)
        others = _new_primitives(locked, [row for row in chosen if row.kind != DefinitionKind.TOOL])
        if others:
            check_room(locked, others, plan.resources_and_prompts_per_server)
        ServerTool.objects.bulk_create(tools)
        ServerPrimitive.objects.bulk_create(others)
        if tools or others:
            server_changed(tenant=tenant, server=locked)
        return len(tools) + len(others)


def name_refused_where_shadowing(server: Server, name: str, *, but: UUID | None = None) -> None:
    """Raises NameTakenError where a tool of this name could be taken for another one of the server, `but` that one."""
    others = ServerTool.objects.filter(server_id=server.pk).exclude(pk=but).values_list("name", flat=True)
    _refuse_shadowing(name, others)


def _refuse_shadowing(name: str, others: Iterable[str]) -> None:
    other = name_shadowed(name, others)
    if other is not None:
        raise NameTakenError(
            f"{name} could be taken for {other}, which this server has already. Give that one another name first.",
            field="name",
        )


def _approved(wanted: set[UUID]) -> list[UpstreamDefinition]:
    rows = list(
        UpstreamDefinition.objects.filter(pk__in=wanted).select_related("upstream").order_by("upstream__prefix", "key")
    )
    if len(rows) < len(wanted):
        raise NotFoundError("There is no such thing of an upstream.")
    for row in rows:
        if row.state != DefinitionState.APPROVED:
            raise InvalidValueError(f"{row.key} is not approved. Look at it first.", field="definitions")
    return rows


def _new_tools(server: Server, chosen: Sequence[UpstreamDefinition], most: int) -> list[ServerTool]:
    present = list(ServerTool.objects.filter(server_id=server.pk))
    had = {tool.upstream_definition_id for tool in present}
    names = [tool.name for tool in present]
    made = []
    for row in chosen:
        if row.pk in had:
            continue
        name = validation.tool_name(name_on_server(row.upstream.prefix, row.key))
        _refuse_shadowing(name, names)
        names.append(name)
        made.append(
            ServerTool(
                tenant_id=server.tenant_id, server=server, kind=ToolKind.UPSTREAM, upstream_definition=row, name=name
            )
        )
    if made and len(names) > most:
        raise LimitReachedError("The plan allows no more tools here.", limit="tools_per_server", maximum=most)
    return made


def _new_primitives(server: Server, chosen: Sequence[UpstreamDefinition]) -> list[ServerPrimitive]:
    present = list(ServerPrimitive.objects.filter(server_id=server.pk))
    had = {each.upstream_definition_id for each in present}
    names = {(each.kind, each.name) for each in present}
    made = []
    for row in chosen:
        if row.pk in had:
            continue
        name = _primitive_name(row, names)
        names.add((row.kind, name))
        made.append(
            ServerPrimitive(
                tenant_id=server.tenant_id,
                server=server,
                kind=PrimitiveKind(row.kind),
                source=row.key,
                upstream_definition=row,
                name=name,
            )
        )
    return made


def _primitive_name(row: UpstreamDefinition, taken: Collection[tuple[str, str]]) -> str:
    """What clients ask for a prompt by; of a resource, what they show: its URI, where that name is there already."""
    if row.kind == DefinitionKind.PROMPT:
        return validation.prompt_name(name_on_server(row.upstream.prefix, row.key))
    said = (row.approved_definition or {}).get("name")
    shown = said.strip() if isinstance(said, str) and said.isprintable() and said.strip() else row.key
    name = f"{row.upstream.prefix}.{shown}"[:200]
    return f"{row.upstream.prefix}.{row.key}"[:200] if (row.kind, name) in taken else name
