"""A job as the runtime asks for it, made without a runtime."""

from dataclasses import dataclass
from time import time
from typing import Any
from uuid import uuid4

from mcp_runtime.contract.audit import AuditEvent
from mcp_runtime.contract.jobs import JobOwner, NewJob


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Somebody with a key for one server; `tools` are the ids of its tools by name. All ids are text."""

    tenant_id: str
    server_id: str
    user_id: str
    key_id: str
    family: str
    tools: dict[str, str]

    @property
    def owner(self) -> JobOwner:
        """Whose jobs they are."""
        return JobOwner(self.tenant_id, self.server_id, f"{self.user_id}|{self.family}")

    def job(self, tool: str, arguments: dict[str, Any], order: str = "", *, may_repeat: bool = False) -> NewJob:
        """One more job."""
        job_id = str(uuid4())
        call = AuditEvent(
            id=job_id,
            time=time(),
            tenant_id=self.tenant_id,
            server_id=self.server_id,
            method="tools/call",
            tool=tool,
            phase="intent",
            outcome="pending",
            user=self.user_id,
            client=self.family,
            credential_id=self.key_id,
            credential_kind="api_key",
        )
        return NewJob(
            id=job_id,
            owner=self.owner,
            tool_id=self.tools[tool],
            tool=tool,
            arguments=arguments,
            scopes=("mcp:read", "mcp:call"),
            idempotency_key=order,
            is_idempotent=may_repeat,
            timeout_seconds=60.0,
            call=call,
        )
