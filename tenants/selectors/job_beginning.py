"""What is to be known before a job is kept, in one question, in the scope of its tenant."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection

from mcp_runtime.contract.jobs import NewJob
from tenants.row_statement import statement_execute
from tenants.selectors.credentials import KIND_ACCESS_TOKEN
from tenants.selectors.job_queue import plan_of
from tenants.selectors.job_standing import sql_value

# Written by hand, because every call of a background tool waits for it.
_BEGINNING: Final = """
SELECT
    tenant.plan,
    (SELECT count(*) FROM tenants_job WHERE tenant_id = tenant.id AND state = 'queued'),
    (SELECT id FROM tenants_job WHERE id = %s AND tenant_id = tenant.id AND server_id = %s AND principal = %s),
    {by_key},
    {connection}
FROM tenants_tenant tenant WHERE tenant.id = %s
"""
_NOTHING: Final = "NULL"
# The last condition is that of the index, word for word: SQLite uses a partial one for nothing less.
_BY_KEY: Final = """(
        SELECT id FROM tenants_job WHERE tenant_id = tenant.id AND server_id = %s AND principal = %s
        AND tool_id = %s AND idempotency_key = %s AND NOT (idempotency_key = '')
    )"""
# A token that was refreshed meanwhile leaves only whose it was to go by.
_CONNECTION: Final = """(
        SELECT id FROM tenants_connection WHERE tenant_id = tenant.id AND server_id = %s AND user_id = %s
        AND client_id = %s AND revoked_at IS NULL
        ORDER BY id = (SELECT connection_id FROM tenants_accesstoken WHERE id = %s) DESC NULLS LAST, connected_at DESC
        LIMIT 1
    )"""


@dataclass(frozen=True, slots=True)
class JobBeginning:
    """How many jobs of the tenant wait, and may; the job that this one is already, if it is; the connection of the
    token that it was asked for with, if it was."""

    queued: int
    queued_limit: int
    known: UUID | None
    connection: UUID | None


def job_beginning_asked(*, job: NewJob) -> Callable[[], JobBeginning | None]:
    """Ask for it; what there is, is told afterwards by what is returned: None where the tenant is gone."""
    owner, call = job.owner, job.call
    server_id, by_key, by_token = UUID(owner.server_id), _NOTHING, _NOTHING
    parameters: list[Any] = [UUID(job.id), server_id, owner.principal]
    if job.idempotency_key:
        by_key = _BY_KEY
        parameters += [server_id, owner.principal, UUID(job.tool_id), job.idempotency_key]
    if call.credential_kind == KIND_ACCESS_TOKEN and call.user is not None:
        by_token = _CONNECTION
        parameters += [server_id, UUID(call.user), call.client, UUID(call.credential_id)]
    sql = _BEGINNING.format(by_key=by_key, connection=by_token)
    cursor = connection.cursor()
    statement_execute(cursor, sql, [*map(sql_value, [*parameters, UUID(owner.tenant_id)])])
    return lambda: _beginning(cursor.fetchone())


def _beginning(row: tuple[Any, ...] | None) -> JobBeginning | None:
    if row is None:
        return None
    plan, queued, by_id, by_key_id, connection_id = row
    return JobBeginning(queued, plan_of(plan).jobs_queued, _uuid(by_id) or _uuid(by_key_id), _uuid(connection_id))


def _uuid(value: Any) -> UUID | None:
    return value if value is None or isinstance(value, UUID) else UUID(value)
