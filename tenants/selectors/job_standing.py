"""What a job's permission rests on now: its server, its person, and the key or connection that it was asked for with.

Expiry does not matter: a job outlives it, as calls do. Revocation does.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import msgspec
from django.db import connection

from mcp_runtime.contract.credentials import CredentialRecord
from tenants import playground
from tenants.abilities import Ability, can
from tenants.models import Job
from tenants.row_reading import rows_read
from tenants.scope import required_scope
from tenants.selectors.credentials import KIND_ACCESS_TOKEN, KIND_API_KEY

PLAYGROUND_SCOPES: Final = ("mcp:read", "mcp:call")

_LARGE: Final = ("sealed_arguments", "sealed_result", "sealed_inputs", "call")

# Written by hand, because it is asked for every job that starts and every three seconds of each that runs: to put it
# together from models takes several times as long as to answer it. About the row alone, without a join: so a statement
# that changes the row can return it.
_STANDING: Final = """
    (SELECT version FROM tenants_server WHERE id = {job}.server_id) AS server_version,
    (SELECT slug FROM tenants_tenant WHERE id = {job}.tenant_id) AS tenant_slug,
    (SELECT plan FROM tenants_tenant WHERE id = {job}.tenant_id) AS tenant_plan,
    (SELECT role FROM tenants_membership WHERE tenant_id = {job}.tenant_id AND user_id = {job}.user_id) AS person_role,
    (SELECT is_active FROM tenants_user WHERE id = {job}.user_id) AS person_is_active,
    (
        SELECT scopes FROM tenants_apikey one
        WHERE one.tenant_id = {job}.tenant_id AND one.family = {job}.delegate AND one.user_id = {job}.user_id
        AND one.revoked_at IS NULL AND (one.all_servers OR EXISTS (
            SELECT 1 FROM tenants_apikeyserver link
            WHERE link.api_key_id = one.id AND link.server_id = {job}.server_id
        ))
        ORDER BY one.created_at DESC LIMIT 1
    ) AS key_scopes,
    EXISTS (
        SELECT 1 FROM tenants_apikey one
        WHERE one.tenant_id = {job}.tenant_id AND one.family = {job}.delegate AND one.user_id = {job}.user_id
        AND one.revoked_at >= {job}.created_at
    ) AS key_revoked,
    (SELECT scopes {connection}) AS connection_scopes, (SELECT tool_ids {connection}) AS connection_tools
"""
_CONNECTION: Final = (
    "FROM tenants_connection one WHERE one.id = {job}.delegate AND one.tenant_id = {job}.tenant_id "
    "AND one.user_id = {job}.user_id AND one.server_id = {job}.server_id AND one.revoked_at IS NULL"
)

if TYPE_CHECKING:

    class StandingJob(Job):
        """A job as `job_standing` reads it."""

        server_version: int
        tenant_slug: str
        tenant_plan: Any
        person_role: str | None
        person_is_active: bool | None
        key_scopes: str | None
        key_revoked: bool
        connection_scopes: str | None
        connection_tools: str | None
        tenant_running: int
        tool_running: int

else:
    StandingJob = Job


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The job may not go on. `reason` is one of suspended, tool_gone, not_a_member, credential_revoked, or that of the
    decision which denies the call."""

    reason: str


def job_standing(
    *, which: str, parameters: list[Any], more: str = "", large: tuple[str, ...] = ("sealed_arguments",)
) -> StandingJob | None:
    """The first job of the open tenant for `which` (a condition of SQL on `job`, with its order), with what
    `job_credential` reads, in one query. `more` names further columns, `large` the columns with content to be read."""
    columns = standing_columns(large=large, more=more)
    sql = f"SELECT {columns} FROM tenants_job job WHERE job.tenant_id = %s AND {which}"  # noqa: S608 - SQL of ours
    tenant_id = required_scope().tenant_id
    assert tenant_id is not None  # noqa: S101 - nobody asks this of the whole platform
    found: list[StandingJob] = rows_read(StandingJob, sql, [*map(sql_value, [tenant_id, *parameters])])
    return found[0] if found else None


@cache
def standing_columns(*, large: tuple[str, ...], more: str = "", job: str = "job") -> str:
    """What a statement says of its `job` (the name of the table in it) so that its rows are read as StandingJob."""
    names = (
        str(field.column) for field in Job._meta.concrete_fields if field.name not in _LARGE or field.name in large
    )
    standing = _STANDING.format(job=job, connection=_CONNECTION.format(job=job))
    return f"{', '.join(f'{job}.{name}' for name in names)}, {more} {standing}"


def sql_value(value: Any) -> Any:
    """A value as a parameter of SQL that is written by hand: SQLite keeps ids and times as text."""
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    return connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value


def job_in_hand(*, job_id: UUID) -> Job | None:
    """A job of the open tenant without its arguments and its result, for whoever is about to end it."""
    names = ", ".join(str(field.column) for field in Job._meta.concrete_fields if not field.name.startswith("sealed_"))
    sql = f"SELECT {names} FROM tenants_job WHERE tenant_id = %s AND id = %s"  # noqa: S608 - names of ours
    found = rows_read(Job, sql, [*map(sql_value, (required_scope().tenant_id, job_id))])
    return found[0] if found else None


def job_credential(job: StandingJob) -> CredentialRecord | Withdrawn:
    """The credential that the job stands on now, as the runtime's decision reads it: never more than when it was asked
    for. Of a job that was read by `job_standing`."""
    if not job.person_is_active or job.person_role is None or not can(job.person_role, Ability.CALL_TOOLS):
        return Withdrawn("not_a_member")
    scopes = _scopes(job)
    if scopes is None:
        return Withdrawn("credential_revoked")
    by_token = job.credential_kind == KIND_ACCESS_TOKEN
    return CredentialRecord(
        version=0,
        kind=job.credential_kind,
        credential_id=str(job.delegate),
        tenant_id=str(job.tenant_id),
        tenant=job.tenant_slug,
        user=str(job.user_id),
        client=job.client,
        api_key=None if by_token else str(job.delegate),
        tools=_tools(job) if by_token else None,
        scopes=tuple(scope for scope in job.scopes if scope in scopes),
        roles=(job.person_role,),
    )


def _scopes(job: StandingJob) -> list[str] | tuple[str, ...] | None:
    """What the key or connection may now; None where it is gone."""
    if job.credential_kind == KIND_ACCESS_TOKEN:
        return _list(job.connection_scopes)
    if job.credential_kind != KIND_API_KEY:
        return None
    if job.delegate == playground.FAMILY:
        # Its keys live for minutes and are swept away; only a revocation takes back what was begun by one.
        return None if job.key_revoked else PLAYGROUND_SCOPES
    return _list(job.key_scopes)


def _tools(job: StandingJob) -> tuple[str, ...] | None:
    chosen = _list(job.connection_tools)
    return None if chosen is None else tuple(chosen)


def _list(text: str | None) -> list[str] | None:
    """JSON as a query written by hand brings it."""
    return None if text is None else msgspec.json.decode(text, type=list[str] | None)
