"""May this credential call this tool? A pure decision with a reason, read alike by list, call, audit and tests.

Default deny; deny wins over allow. A key or client never may more than the person behind it: what its own grants choose
is cut out of what the person's grants allow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from mcp_runtime.contract.credentials import CredentialRecord
from mcp_runtime.contract.snapshot import GrantSpec, ServerSnapshot
from mcp_runtime.contract.tools import ToolSpec

SCOPE_READ: Final = "mcp:read"
SCOPE_CALL: Final = "mcp:call"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The call may go on."""


@dataclass(frozen=True, slots=True)
class Denied:
    """The call may not go on. `reason` is one of denied_by_grant, not_granted, outside_selection, insufficient_scope;
    `scope` is what the credential lacks, for insufficient_scope only."""

    reason: str
    scope: str = ""


Decision = Allowed | Denied
ALLOWED: Final = Allowed()


def decide(snapshot: ServerSnapshot, record: CredentialRecord, tool: ToolSpec) -> Decision:
    """Decide for one tool. The caller has checked that the credential is good for the snapshot's server."""
    person = [grant for grant in snapshot.grants if _is_about_person(grant, record)]
    verdict = _weigh(person, tool)
    if isinstance(verdict, Denied):
        return verdict
    if record.tools is not None and tool.id not in record.tools:
        return Denied("outside_selection")
    selection = [grant for grant in snapshot.grants if _is_about_delegate(grant, record)]
    if selection and isinstance(_weigh(selection, tool), Denied):
        return Denied("outside_selection")
    return _check_scope(record, tool)


def _is_about_person(grant: GrantSpec, record: CredentialRecord) -> bool:
    if grant.subject_kind == "role":
        return grant.subject in record.roles
    return grant.subject_kind == "member" and grant.subject in (record.user, record.service_account)


def _is_about_delegate(grant: GrantSpec, record: CredentialRecord) -> bool:
    if grant.subject_kind == "api_key":
        return grant.subject == record.api_key
    return grant.subject_kind == "client" and grant.subject == record.client


def _weigh(grants: Iterable[GrantSpec], tool: ToolSpec) -> Decision:
    matching = [grant.effect for grant in grants if _reaches(grant, tool)]
    if any(effect != "allow" for effect in matching):  # an effect this version doesn't know is no permission either
        return Denied("denied_by_grant")
    return ALLOWED if matching else Denied("not_granted")


def _reaches(grant: GrantSpec, tool: ToolSpec) -> bool:
    if grant.target_kind == "server":
        return True
    if grant.target_kind == "tool":
        return grant.target == tool.id
    return grant.target_kind == "annotation" and grant.target == "read_only" and tool.annotations.is_read_only


def _check_scope(record: CredentialRecord, tool: ToolSpec) -> Decision:
    if SCOPE_CALL in record.scopes or (SCOPE_READ in record.scopes and tool.annotations.is_read_only):
        return ALLOWED
    return Denied("insufficient_scope", SCOPE_READ if tool.annotations.is_read_only else SCOPE_CALL)
