"""What the runtime needs from outside. `tenants` implements these; the composition root joins the two."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.credentials import CredentialRecord
from mcp_runtime.contract.jobs import JobOwner, JobView, NewJob
from mcp_runtime.contract.primitives import PromptDefinition, ResourceDefinition, TemplateDefinition
from mcp_runtime.contract.secret_values import SecretValue
from mcp_runtime.contract.snapshot import ServerSnapshot
from mcp_runtime.contract.tools import ToolDefinition


class RecordUnavailable(Exception):  # noqa: N818 - reads as the state it reports
    """The database could not be asked. Never means "no": the caller answers 503."""


class CredentialSource(Protocol):
    """The record behind the cache of credentials."""

    async def credential(self, digest: bytes) -> CredentialRecord | None:
        """The credential with this SHA-256, or None where there is none, or none that is still good.

        Publishes what it finds, so that the next reader needs no database. Raises RecordUnavailable.
        """


class SnapshotSource(Protocol):
    """The record behind the cache of snapshots."""

    async def snapshot(self, tenant: str, server: str) -> ServerSnapshot | None:
        """The server's snapshot by slugs, or None. Publishes what it builds. Raises RecordUnavailable."""


class SecretVault(Protocol):
    """The secrets of tenants, read just before they are used. Their values are kept nowhere else."""

    async def secret(self, tenant_id: str, name: str) -> SecretValue | None:
        """The secret of that tenant as it is now, or None where it has none of this name. Raises SecretUnreadable,
        RecordUnavailable."""


class AuditLog(Protocol):
    """The audit table itself, for events that must be committed before an answer, and for when Redis is away."""

    async def commit(self, events: Sequence[AuditEvent]) -> None:
        """Write and commit; an event written before is left as it is. Raises RecordUnavailable."""


class JobRecord(Protocol):
    """The jobs behind background tools. A job is its owner's: for anybody else it does not exist."""

    async def create(self, job: NewJob) -> JobView:
        """Commit the job, its doorbell in the outbox and the intent of its call in one transaction, then ring.

        Where the owner has a job of this idempotency key for this tool, that one is returned, and nothing is written.
        Raises JobsFull, RecordUnavailable; after the latter the job may exist: read it by its id.
        """

    async def read(self, owner: JobOwner, job_id: str) -> JobView | None:
        """The owner's job of that id (any text), or None. Raises RecordUnavailable."""

    async def page(self, owner: JobOwner, *, after: str | None, limit: int) -> Sequence[JobView] | None:
        """The owner's jobs, newest first, `limit` at most: those behind the job of the id `after`, or from the first
        on. None where the owner has no such job. Raises RecordUnavailable."""

    async def ended(self, job_ids: Sequence[str]) -> set[str]:
        """Which of these jobs, of whichever owners, should be looked at: they have ended, are gone, or wait for an
        answer. One question for everybody who waits, for when the bus is not heard. Raises RecordUnavailable."""

    async def stored_result(self, owner: JobOwner, job_id: str) -> bytes | None:
        """The encoded `ToolResult` that was too large to be answered, or None. Raises RecordUnavailable."""

    async def cancel(self, owner: JobOwner, job_id: str) -> JobView | None:
        """Ask for the job to stop; the job as it then is, or None. A queued one ends at once; a running one when its
        tool has noticed or its time to do so is over. One that has ended stays as it is. Raises RecordUnavailable."""

    async def answer(
        self, owner: JobOwner, job_id: str, answers: Mapping[str, Any], problems: Mapping[str, str] | None = None
    ) -> JobView | None:
        """Answer what the job asks, by the keys of its questions; the job as it then is, or None. `problems` say why
        there will be no answer. The first answer to a question stands, and what answers nothing that is asked is
        ignored. Raises AnswerRefused where one of them is no answer, and then takes none; RecordUnavailable."""


class OfferedToolkit(Protocol):
    """What people read of a toolkit. A `development` one is there for trying things out."""

    name: str
    title: str | None
    description: str
    development: bool


class ToolCatalogue(Protocol):
    """The toolkits of this installation, for the control plane to choose from."""

    @property
    def toolkits(self) -> Sequence[OfferedToolkit]:
        """The toolkits, by name."""

    def definitions(self) -> Sequence[ToolDefinition]:
        """Every tool of every toolkit, in a stable order."""

    def definition(self, toolkit: str, tool: str) -> ToolDefinition | None:
        """One tool, or None."""

    def resources(self) -> Sequence[ResourceDefinition]:
        """Every resource of every toolkit: toolkits by name, their resources as declared."""

    def templates(self) -> Sequence[TemplateDefinition]:
        """Every resource template of every toolkit, in the same order."""

    def prompts(self) -> Sequence[PromptDefinition]:
        """Every prompt of every toolkit, in the same order."""
