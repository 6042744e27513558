"""What a tenant lets its own tools and upstreams reach: lists of hosts and methods, which narrow and never open."""

from collections.abc import Sequence
from typing import Final

from egress.allowance import Allowance
from egress.purposes import RULES, Purpose
from tenants.abilities import Ability
from tenants.actor import Actor
from tenants.errors import AbilityMissingError, InvalidValueError
from tenants.models import Tenant
from tenants.publishing.changes import servers_changed
from tenants.scope import tenant_scope
from tenants.selectors.tenants import tenant_locked

MOST_HOSTS: Final = 200
METHODS: Final = tuple(sorted(RULES[Purpose.HTTP_TOOL].methods))
"""All that there are."""


def egress_allowance_checked(*, hosts: Sequence[str] | None, methods: Sequence[str] | None) -> Allowance:
    """The lists as they can be kept: None is everything, and an empty list is refused, for it would be taken for that.

    Raises InvalidValueError.
    """
    return Allowance(hosts=_hosts(hosts), methods=_methods(methods))


def egress_allowance_manage(actor: Actor) -> None:
    """Whoever widens the way out decides for the whole tenant. Raises AbilityMissingError."""
    actor.require(Ability.MANAGE_MEMBERS)
    if actor.servers is not None:
        words = "A key for some servers only may not change what the tenant reaches."
        raise AbilityMissingError(words, ability="servers")


def egress_allowance_set(
    *, tenant: Tenant, actor: Actor, hosts: Sequence[str] | None, methods: Sequence[str] | None
) -> Tenant:
    """Keep these lists instead of those before. Every server of the tenant is published anew with them.

    Raises InvalidValueError, AbilityMissingError.
    """
    egress_allowance_manage(actor)
    allowance = egress_allowance_checked(hosts=hosts, methods=methods)
    with tenant_scope(tenant):
        locked = tenant_locked(tenant_id=tenant.pk)
        locked.egress_hosts = None if allowance.hosts is None else list(allowance.hosts)
        locked.egress_methods = None if allowance.methods is None else list(allowance.methods)
        locked.save(update_fields=["egress_hosts", "egress_methods", "updated_at"])
        servers_changed(tenant=locked)
        return locked


def _hosts(given: Sequence[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    hosts = tuple(dict.fromkeys(host.strip().lower() for host in given))
    if not hosts:
        raise InvalidValueError("Name at least one host, or allow every host.", field="hosts")
    if len(hosts) > MOST_HOSTS:
        raise InvalidValueError(f"Name {MOST_HOSTS} hosts at most; *.example.com stands for many.", field="hosts")
    try:
        Allowance(hosts=hosts)
    except ValueError as error:
        raise InvalidValueError(str(error), field="hosts") from error
    return hosts


def _methods(given: Sequence[str] | None) -> tuple[str, ...] | None:
    if given is None:
        return None
    methods = tuple(sorted({method.strip().upper() for method in given}))
    if not methods:
        raise InvalidValueError("Choose at least one method, or allow every method.", field="methods")
    if unknown := [method for method in methods if method not in METHODS]:
        words = f"{unknown[0][:32]} can't be used at all. Methods are {', '.join(METHODS)}."
        raise InvalidValueError(words, field="methods")
    return methods
