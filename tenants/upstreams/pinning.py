"""Whether what an upstream offers is what somebody approved. One byte that differs is another definition."""

from dataclasses import dataclass

from tenants.models.upstream import DefinitionState


@dataclass(frozen=True, slots=True)
class Pinned:
    """What is known of one definition. `offered_digest` is what was offered last, `approved_digest` what somebody
    approved last, or empty. `problem` says why it can't be served."""

    state: str = DefinitionState.NEW
    approved_digest: str = ""
    offered_digest: str = ""
    problem: str = ""


def state_offered(pinned: Pinned, *, digest: str, problem: str = "") -> DefinitionState:
    """The state of a definition that the upstream offers with this digest.

    What was approved is served as long as it comes as it was, and again when it comes back so. What somebody refused
    stays refused as long as it is the same.
    """
    if problem:
        return DefinitionState.REFUSED
    if digest == pinned.approved_digest:
        return DefinitionState.APPROVED
    if pinned.state == DefinitionState.REFUSED and digest == pinned.offered_digest and not pinned.problem:
        return DefinitionState.REFUSED
    return DefinitionState.CHANGED if pinned.approved_digest else DefinitionState.NEW


def state_missing(pinned: Pinned) -> DefinitionState | None:
    """The state of a definition that the upstream offers no more; None where nothing is worth keeping of it."""
    if pinned.state == DefinitionState.REFUSED:
        return DefinitionState.REFUSED
    return DefinitionState.GONE if pinned.approved_digest else None
