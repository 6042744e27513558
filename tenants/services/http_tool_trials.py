"""Trying HTTP tools out: who may, with which secrets, and what is kept of it. The request itself is sent by a door."""

from collections.abc import Sequence
from time import time
from uuid import uuid4

from egress.denials import Denial
from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.http_tools import HttpToolDefinition
from mcp_runtime.contract.secret_values import SecretValue
from tenants import playground
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import AbilityMissingError
from tenants.models import Call, Server, Tenant
from tenants.scope import tenant_scope
from tenants.sealing import SealBrokenError
from tenants.selectors.calls import CALL
from tenants.selectors.stored_secrets import secret_read
from tenants.services.calls import calls_record
from tenants.services.http_tool_checking import http_definition_checked, http_secret_names


def http_trial_secrets(
    *, tenant: Tenant, actor: Actor, definition: HttpToolDefinition
) -> tuple[HttpToolDefinition, dict[str, SecretValue]]:
    """The definition as it could be kept, and the values that it needs; those that are missing are left out.

    Raises InvalidValueError as the services that keep it do, and AbilityMissingError.
    """
    actor.require(Ability.MANAGE_SERVERS)
    checked = http_definition_checked(definition)
    names = http_secret_names(checked)
    if names and actor.servers is not None:
        raise AbilityMissingError("A key for some servers only may not use secrets.", ability="servers")
    with tenant_scope(tenant):
        found = {name: value for name in names if (value := _value(name)) is not None}
    return checked, found


def egress_denials_record(
    *, tenant: Tenant, actor: Actor, server: Server | None, tool: str, denials: Sequence[Denial], address: str = ""
) -> None:
    """Keep what a person was refused while they tried or fetched something for a server, as the refused call of a tool
    that they would have made from the playground: so it is where people look. What belongs to no server has that
    of `Call.NO_SERVER`."""
    calls_record(
        events=[
            AuditEvent(
                id=uuid4().hex,
                time=time(),
                tenant_id=str(tenant.pk),
                server_id=str(Call.NO_SERVER if server is None else server.pk),
                method=CALL,
                tool=tool,
                outcome="refused",
                reason=f"egress_refused: {denial.reason} {denial.host}",
                user=None if actor.user_id is None else str(actor.user_id),
                client=playground.CLIENT,
                client_name=denial.purpose.value,
                address=address,
            )
            for denial in denials
        ]
    )


def _value(name: str) -> SecretValue | None:
    try:
        return secret_read(name=name)
    except SealBrokenError:
        return None
