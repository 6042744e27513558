"""What an upstream offers, compared with what was approved of it. What differs is quarantined in the same transaction
that hears of it."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from mcp_runtime.contract.upstreams import definition_digest
from tenants.models import Tenant, Upstream, UpstreamChange, UpstreamDefinition
from tenants.models.upstream import DefinitionKind, DefinitionState, UpstreamAction, UpstreamAuth
from tenants.publishing.changes import server_changed
from tenants.scope import tenant_scope
from tenants.selectors.upstreams import servers_of, upstream_locked
from tenants.services.upstream_record import definition_recorded
from tenants.upstreams.pinning import Pinned, state_missing, state_offered
from tenants.upstreams.soundness import definition_key, definition_problem, definition_text

MOST: Final = 2_000
"""How many definitions of one upstream are kept."""

KINDS: Final = {
    "tools": DefinitionKind.TOOL,
    "resources": DefinitionKind.RESOURCE,
    "templates": DefinitionKind.TEMPLATE,
    "prompts": DefinitionKind.PROMPT,
}

Lists = Mapping[str, Sequence[Any]]
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Offered:
    """One thing that is offered now. `text` is the definition as it is kept."""

    text: str
    digest: str
    problem: str


def upstream_offer_take(*, tenant: Tenant | UUID, upstream_id: UUID, what: Lists) -> int:
    """The upstream lists these now: whole lists under tools, resources, templates or prompts; of what is not there,
    nothing is said. Returns how many were left out because they have no name that could be kept.

    What was approved and comes as it was is served; anything else is not. Raises NotFoundError.
    """
    lists = {KINDS[name]: definitions for name, definitions in what.items() if name in KINDS}
    offered, left_out = _read(lists)
    with tenant_scope(tenant):
        upstream = upstream_locked(upstream_id=upstream_id)
        rows = {(row.kind, row.key): row for row in upstream.definitions.filter(kind__in=list(lists))}
        before = {key: row.state for key, row in rows.items()}
        _remember(upstream, rows, offered)
        if upstream.auth != UpstreamAuth.OAUTH_USER:  # there, one person may see less than another
            _forget(rows, offered)
        _tell(upstream, rows, before)
    return left_out


def _read(lists: Mapping[DefinitionKind, Sequence[Any]]) -> tuple[dict[Key, Offered], int]:
    keyed = [(kind, definition_key(kind, each), each) for kind, definitions in lists.items() for each in definitions]
    named = [(kind, key, each) for kind, key, each in keyed if key is not None][:MOST]
    times = Counter((kind, key) for kind, key, _ in named)
    offered = {(str(kind), key): _offered(kind, each, times[kind, key]) for kind, key, each in named}
    return offered, len(keyed) - len(named)


def _offered(kind: DefinitionKind, definition: dict[str, Any], times: int) -> Offered:
    try:
        text = definition_text(definition)
        digest = definition_digest(definition)
    except UnicodeEncodeError:
        return _unreadable("It holds what is no text.")
    except (ValueError, TypeError, OverflowError) as error:
        return _unreadable(str(error))
    problem = "The upstream lists this more than once." if times > 1 else definition_problem(kind, definition)
    return Offered(text, digest, problem)


def _unreadable(problem: str) -> Offered:
    """It can't be served, whatever it says; that it changes need not be seen."""
    text = json.dumps({"unreadable": problem})
    return Offered(text, hashlib.sha256(text.encode()).hexdigest(), problem[:500])


def _remember(upstream: Upstream, rows: dict[Key, UpstreamDefinition], offered: Mapping[Key, Offered]) -> None:
    new: list[UpstreamDefinition] = []
    changed: list[UpstreamDefinition] = []
    for (kind, key), each in offered.items():
        row = rows.get((kind, key))
        known = row is not None
        if row is None:
            row = UpstreamDefinition(tenant_id=upstream.tenant_id, upstream=upstream, kind=kind, key=key)
            rows[kind, key] = row
        state = state_offered(_pinned(row), digest=each.digest, problem=each.problem)
        if known and (row.state, row.offered_digest, row.problem) == (state, each.digest, each.problem):
            continue
        row.state, row.problem, row.offered, row.offered_digest = state, each.problem, each.text, each.digest
        (changed if known else new).append(row)
    UpstreamDefinition.objects.bulk_create(new, batch_size=200)
    UpstreamDefinition.objects.bulk_update(changed, ["state", "problem", "offered", "offered_digest"], batch_size=100)


def _forget(rows: dict[Key, UpstreamDefinition], offered: Mapping[Key, Offered]) -> None:
    gone = {key: state_missing(_pinned(row)) for key, row in rows.items() if key not in offered}
    kept = [rows[key] for key, state in gone.items() if state is not None and state != rows[key].state]
    for row in kept:
        row.state = DefinitionState(str(gone[row.kind, row.key]))
    UpstreamDefinition.objects.bulk_update(kept, ["state"], batch_size=200)
    never_approved = [rows.pop(key).pk for key, state in gone.items() if state is None]
    UpstreamDefinition.objects.filter(pk__in=never_approved).delete()


def _tell(upstream: Upstream, rows: Mapping[Key, UpstreamDefinition], before: Mapping[Key, str]) -> None:
    """Whoever serves it, and the audit, where what is served has changed."""
    approved = DefinitionState.APPROVED
    moved = [row for key, row in rows.items() if key in before and (row.state == approved) != (before[key] == approved)]
    if not moved:
        return
    UpstreamChange.objects.bulk_create(
        definition_recorded(
            upstream, row, UpstreamAction.RETURNED if row.state == approved else UpstreamAction.QUARANTINED, None
        )
        for row in moved
    )
    for server in servers_of(definition_ids=[row.pk for row in moved]):
        server_changed(tenant=upstream.tenant, server=server)


def _pinned(row: UpstreamDefinition) -> Pinned:
    return Pinned(
        state=row.state,
        approved_digest=row.approved_digest,
        offered_digest=row.offered_digest,
        problem=row.problem,
    )
