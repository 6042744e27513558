"""Which tenant the queries of this connection are about.

A scope is one transaction. On PostgreSQL it sets what the row-level-security policies read; on every database the
managers of tenant-owned models filter by it, and refuse to build a query outside one. So both hold the same rows back,
and PostgreSQL does so even where a query was written by hand.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tenants.round_trips import sent_together

T = TypeVar("T")

PLATFORM_ROLE: Final = "atrium_platform"
"""The role whose policies see every tenant. It can't log in; the application's role may only step into it."""

_ATTRIBUTE: Final = "atrium_scope"


class ScopeError(RuntimeError):
    """A query outside any scope, or a scope within the scope of somebody else: a mistake in the program."""


class HasIdentity(Protocol):
    """Anything that stands for one tenant."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Scope:
    """`tenant_id` is None for the whole platform; `reason` says why the platform's was opened."""

    tenant_id: UUID | None
    reason: str = ""

    @property
    def is_platform(self) -> bool:
        """True where rows of every tenant may be seen."""
        return self.tenant_id is None


def active_scope(using: str = DEFAULT_DB_ALIAS) -> Scope | None:
    """The scope of this thread's connection, or None outside one."""
    scope: Scope | None = getattr(connections[using], _ATTRIBUTE, None)
    return scope


def required_scope(using: str = DEFAULT_DB_ALIAS) -> Scope:
    """The scope of this thread's connection; raises ScopeError outside one."""
    scope = active_scope(using)
    if scope is None:
        raise ScopeError("Rows that belong to a tenant are read and written inside tenant_scope(tenant).")
    return scope


@contextmanager
def tenant_scope(tenant: HasIdentity | UUID, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """One transaction about one tenant.

    May be opened again for the same tenant, and inside the platform's scope (a narrowing). Raises ScopeError inside
    the scope of another tenant.
    """
    with tenant_scope_asking(tenant, _nothing, using=using):
        yield


@contextmanager
def tenant_scope_asking(
    tenant: HasIdentity | UUID, first: Callable[[], T], *, using: str = DEFAULT_DB_ALIAS
) -> Iterator[T]:
    """As `tenant_scope`, for whoever knows what comes first: `first` executes it and returns what reads the answers,
    which it leaves alone. They go to PostgreSQL together with what opens the scope, on one way. Raises what the
    database raises, too."""
    tenant_id = tenant if isinstance(tenant, UUID) else tenant.id
    outer = active_scope(using)
    if outer is not None and not outer.is_platform and outer.tenant_id != tenant_id:
        raise ScopeError("This is the scope of another tenant.")
    with _entered(Scope(tenant_id), outer, using, first) as asked:
        yield asked


def _nothing() -> None:
    """What most scopes begin with."""


@contextmanager
def platform_scope(reason: str, *, using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """One transaction that sees every tenant.

    Opened only by the look-ups and housekeeping in `tenants/selectors/across_tenants.py` and
    `tenants/selectors/housekeeping.py`; a test keeps that list. Raises ScopeError inside the scope of a tenant, for
    that would be a widening.
    """
    outer = active_scope(using)
    if outer is not None and not outer.is_platform:
        raise ScopeError("The scope of a tenant does not widen to the platform's.")
    with _entered(Scope(None, reason), outer, using, _nothing):
        yield


@contextmanager
def _entered(scope: Scope, outer: Scope | None, using: str, first: Callable[[], T]) -> Iterator[T]:
    connection = connections[using]
    nested = connection.in_atomic_block
    unchanged = outer is not None and outer.tenant_id == scope.tenant_id
    with transaction.atomic(using=using):
        try:
            with nullcontext() if first is _nothing else sent_together(using):
                if not unchanged:
                    _tell_database(connection, scope)
                setattr(connection, _ATTRIBUTE, scope)
                asked = first()
            yield asked
        finally:
            setattr(connection, _ATTRIBUTE, outer)
        # What SET LOCAL set lasts until the outermost transaction ends, so a nested scope takes it back by itself.
        if nested and not unchanged and not connection.needs_rollback:
            _tell_database(connection, outer)


def _tell_database(connection: BaseDatabaseWrapper, scope: Scope | None) -> None:
    if connection.vendor != "postgresql":
        return
    role = PLATFORM_ROLE if scope is not None and scope.is_platform else "none"
    tenant = str(scope.tenant_id) if scope is not None and scope.tenant_id is not None else ""
    with connection.cursor() as cursor:
        # The same as SET LOCAL, in one round trip, and able to take parameters.
        cursor.execute("SELECT set_config('role', %s, true), set_config('atrium.tenant', %s, true)", [role, tenant])
