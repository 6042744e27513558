"""The test button of HTTP tools: one request under the same guards as a call, before any transaction is open."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, Final

from django.conf import settings

from control_plane.rates import is_too_often
from egress.denials import Caller, Denial
from egress.door import Door
from egress.guard import Outside
from egress.purposes import Purpose
from mcp_runtime.contract.http_tools import HttpToolDefinition
from mcp_runtime.http_tools.trial import Trial, try_out
from mcp_runtime.replica.egress_denials import EgressDenials
from tenants.actor import Actor
from tenants.errors import LimitReachedError, UnavailableError
from tenants.models import Server, Tenant
from tenants.services.http_tool_trials import egress_denials_record, http_trial_secrets

AT_ONCE: Final = 8
"""Trials of this process at a time: a few slow sites would hold every thread."""
MOST: Final = 60
WITHIN: Final = 600
"""How many a tenant may make, within so many seconds."""

free_slots = BoundedSemaphore(AT_ONCE)

outside: "Outside | None" = None
"""What lies between here and the APIs, where it is another than the door's own. Tests put one in its place."""


def tool_tried(
    *, tenant: Tenant, actor: Actor, server: Server, definition: HttpToolDefinition, arguments: dict[str, Any]
) -> Trial:
    """Send the request of this definition once. Outside of any scope: it may take half a minute.

    Raises InvalidValueError, AbilityMissingError, and LimitReachedError and UnavailableError where it is too much.
    """
    checked, secrets = http_trial_secrets(tenant=tenant, actor=actor, definition=definition)
    if is_too_often("tool-trial", str(tenant.pk), most=MOST, seconds=WITHIN):
        words = f"At most {MOST} requests are tried in {WITHIN // 60} minutes. Try again later."
        raise LimitReachedError(words, limit="tool_trials", maximum=MOST)
    denials: list[Denial] = []
    logged = EgressDenials(Counter())

    def hear(denial: Denial) -> None:
        logged(denial)
        denials.append(denial)

    door = Door(installation=settings.EGRESS, outside=outside, report=hear)
    caller = Caller(Purpose.TEST_BUTTON, str(tenant.pk), str(actor.user_id or ""), tenant.egress_allowance)
    with _one_of_few():
        trial = asyncio.run(try_out(door, caller, checked.request, checked.input_schema, arguments, secrets))
    if denials:
        egress_denials_record(tenant=tenant, actor=actor, server=server, tool=checked.name, denials=denials)
    return trial


@contextmanager
def _one_of_few() -> Iterator[None]:
    """Nobody waits here."""
    if not free_slots.acquire(blocking=False):
        raise UnavailableError("Too many requests are being tried just now. Try again in a moment.")
    try:
        yield
    finally:
        free_slots.release()
