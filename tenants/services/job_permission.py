"""May this job run, or go on running? Asked anew each time, of the server as it is now and of what the job's credential
may now, with the decision by which the runtime let the call in."""

from functools import lru_cache
from uuid import UUID

from mcp_runtime.calls.authorization import Denied, decide
from mcp_runtime.contract.jobs import JobError
from mcp_runtime.contract.snapshot import ServerSnapshot
from mcp_runtime.contract.tools import ToolSpec
from tenants.catalogue import tool_catalogue
from tenants.models import Server
from tenants.publishing.snapshots import build_snapshot
from tenants.selectors.job_standing import StandingJob, Withdrawn, job_credential

WITHDRAWN = JobError(
    "withdrawn",
    "The permission to call this tool was withdrawn before it was done. An administrator of your organisation can "
    "grant it again; then call once more.",
)


def job_permission(job: StandingJob) -> ToolSpec | Withdrawn:
    """The tool as its server has it now, or why it may not run. Of a job that was read by `job_standing`, in its
    tenant's scope. No query while the server stays as it is."""
    snapshot = _snapshot(job.server_id, job.server_version)
    if not snapshot.is_serving:
        return Withdrawn("suspended")
    tool = next((tool for tool in snapshot.tools if tool.id == str(job.tool_id)), None)
    if tool is None:
        return Withdrawn("tool_gone")
    record = job_credential(job)
    if isinstance(record, Withdrawn):
        return record
    decision = decide(snapshot, record, tool)
    return Withdrawn(decision.reason) if isinstance(decision, Denied) else tool


@lru_cache(maxsize=256)
def _snapshot(server_id: UUID, version: int) -> ServerSnapshot:
    """Kept by version: every change of a server, its tools, its grants or its tenant raises it."""
    server = Server.objects.select_related("tenant").get(pk=server_id)
    return build_snapshot(server=server, catalogue=tool_catalogue())
