"""What a client may say about the job that its call becomes, in the request's `_meta`. docs/jobs.md is for clients."""

from typing import Any, Final

from msgspec import Struct

from mcp_runtime.contract.keys import DAY_SECONDS
from mcp_runtime.refusals import refuse

TIMEOUT_META: Final = "io.atrium/timeout"
IDEMPOTENCY_META: Final = "io.atrium/idempotencyKey"
KEY_LENGTH: Final = 255


class JobOptions(Struct, frozen=True):
    """`timeout` is how many seconds the call waits for its job, 0 not at all, None as long as is usual. Under one
    `idempotency_key` a principal gets one job of a tool, however often it calls."""

    timeout: float | None = None
    idempotency_key: str = ""


def read_options(meta: dict[str, Any]) -> JobOptions:
    """Read them; raises Refused (invalid_params)."""
    timeout, key = meta.get(TIMEOUT_META), meta.get(IDEMPOTENCY_META, "")
    if timeout is not None and (isinstance(timeout, bool) or not isinstance(timeout, int | float) or timeout < 0):
        raise refuse("invalid_params", f"{TIMEOUT_META} must be a number of seconds, 0 or more.")
    if type(key) is not str or len(key) > KEY_LENGTH or (IDEMPOTENCY_META in meta and not key):
        raise refuse("invalid_params", f"{IDEMPOTENCY_META} must be a string of 1 to {KEY_LENGTH} characters.")
    return JobOptions(None if timeout is None else float(min(timeout, DAY_SECONDS)), key)
