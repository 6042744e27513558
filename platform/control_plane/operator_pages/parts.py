"""The parts of an installation with their health: what each is, how it is, since when, and what to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from control_plane.health.probes import EVERYTHING, Probe, probes
from mcp_runtime.contract import keys
from tenants.publishing.store import STORE_DOWN, store
from tenants.selectors.job_queue import queue_state
from tenants.selectors.operator_overview import outbox_state

SINCE: Final = keys.PREFIX + "health:since"
"""A hash of part → `state time`: since when it was seen in this state. Gone with the store, which is a state too."""
LATE_SECONDS: Final = 15.0
"""What waits for housekeeping waits a second or two while all is well."""
VERY_LATE_SECONDS: Final = 120.0

_TITLES: Final = {
    "database": "Database",
    "store": "Store",
    "runtimes": "Runtimes",
    "worker": "Worker",
    "tools": "Jobs",
    "beat": "Clock",
    "audit": "Audit",
    "outbox": "Publishing",
    "queue": "Queue",
}
_ADVICE: Final = {
    "database": "Without it nothing is served for long. Look at the server of DATABASE_URL, and at its log.",
    "store": "Calls go on for what runtimes know; new changes are not announced. Look at the server of REDIS_URL.",
    "runtimes": "No runtime hears of changes, so MCP requests are refused. Start one, and look at its log.",
    "worker": "Calls are not recorded, and changes are published late. Start a worker, and look at its log.",
    "tools": "Calls of background tools wait. Start a worker for the queue named tools, and look at its log.",
    "beat": "Housekeeping is not rung for. Start exactly one clock (beat), and look at its log.",
    "audit": "Calls wait to be written into the database. Look at the worker, and at how busy the database is.",
    "queue": "Jobs that could run wait, or have lost their worker. Look at the workers of the queue named tools: "
    "there may be too few.",
    "outbox": "Changes wait to be published, so revoked keys may still work. Look at the worker and at the store.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `kind` is a badge's; `since` is when it was first seen so, None where nobody can tell."""

    name: str
    kind: str
    words: str
    detail: str
    since: datetime | None = None

    @property
    def title(self) -> str:
        """What it is called."""
        return _TITLES[self.name]

    @property
    def advice(self) -> str:
        """What to do; empty while all is well."""
        return "" if self.kind == "ok" else _ADVICE[self.name]


def parts(now: datetime) -> list[Part]:
    """Ask every part, in turn. Takes a few seconds at most, also when nothing answers."""
    answers = {probe.name: probe for probe in probes(EVERYTHING)}
    database, stored = answers["database"].ok, answers["store"].ok
    found = [
        *(_probed(answers[name]) for name in ("database", "store")),
        _runtimes() if stored else _unknown("runtimes", "the store"),
        *(_probed(answers[name]) if stored else _unknown(name, "the store") for name in ("worker", "tools", "beat")),
        _audit(now) if stored else _unknown("audit", "the store"),
        _outbox(now) if database else _unknown("outbox", "the database"),
        _queue() if database else _unknown("queue", "the database"),
    ]
    return _with_since(found, now) if stored else found


def _probed(probe: Probe) -> Part:
    is_asked = probe.ok and probe.name in ("database", "store")
    detail = f"answers in {probe.milliseconds:.1f} ms" if is_asked else probe.detail
    return Part(probe.name, "ok" if probe.ok else "bad", "up" if probe.ok else "down", detail)


def _unknown(name: str, without: str) -> Part:
    return Part(name, "mute", "not known", f"can't be asked without {without}")


def _runtimes() -> Part:
    number = _asked(lambda: dict(store().pubsub_numsub(keys.CANCELLATIONS)).get(keys.CANCELLATIONS.encode(), 0))
    if number is None:
        return _unknown("runtimes", "the store")
    words = {0: "none hears of changes", 1: "1 replica hears of changes"}.get(
        number, f"{number} replicas hear of changes"
    )
    return Part("runtimes", "ok" if number else "bad", "up" if number else "down", words)


def _audit(now: datetime) -> Part:
    entries = _asked(lambda: store().xrange(keys.AUDIT, count=1))
    waiting = _asked(lambda: store().xlen(keys.AUDIT))
    if entries is None or waiting is None:
        return _unknown("audit", "the store")
    oldest = datetime.fromtimestamp(int(entries[0][0].split(b"-")[0]) / 1000, tz=UTC) if entries else None
    return _lag("audit", waiting, oldest, now, "batch", "batches", "to be written")


def _outbox(now: datetime) -> Part:
    state = outbox_state()
    return _lag("outbox", state.waiting, state.oldest, now, "document", "documents", "to be published")


def _queue() -> Part:
    state = queue_state()
    detail = f"{_number(state.running, 'job runs', 'jobs run')}, {_number(state.queued, 'waits', 'wait')}"
    if state.expired_leases:
        lost = _number(state.expired_leases, "has lost its worker", "have lost their workers")
        return Part("queue", "warn", "workers lost", f"{detail}, {lost}")
    seconds = state.oldest_eligible_seconds
    if state.eligible and seconds >= LATE_SECONDS:
        kind = "warn" if seconds < VERY_LATE_SECONDS else "bad"
        return Part(
            "queue", kind, "late", f"{detail}, of which {state.eligible:,} could run, for up to {seconds:,.0f} s"
        )
    return Part("queue", "ok", "in time", f"{detail}; none that could run has waited for long")


def _number(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _lag(name: str, waiting: int, oldest: datetime | None, now: datetime, *words: str) -> Part:
    one, many, what = words
    if oldest is None:
        return Part(name, "ok", "up to date", f"nothing waits {what}")
    seconds = max(0.0, (now - oldest).total_seconds())
    kind = "ok" if seconds < LATE_SECONDS else "warn" if seconds < VERY_LATE_SECONDS else "bad"
    detail = f"{waiting:,} {one if waiting == 1 else many} wait{'s' if waiting == 1 else ''} {what}"
    if kind == "ok":
        return Part(name, kind, "up to date", detail)
    return Part(name, kind, "late", f"{detail}, the oldest for {seconds:,.0f} s", since=oldest)


def _asked(question: Callable[[], Any]) -> Any:
    """The store's answer; None where it can't be asked."""
    try:
        return question()
    except STORE_DOWN:
        return None


def _with_since(found: Sequence[Part], now: datetime) -> list[Part]:
    """Each part with the time since when it was seen in its state, which is noted for the next time."""
    known = _asked(lambda: store().hgetall(SINCE)) or {}
    dated = [
        part if part.since else replace(part, since=_since(known.get(part.name.encode()), part, now)) for part in found
    ]
    noted = {part.name: f"{part.kind} {part.since.timestamp()}" for part in dated if part.since is not None}
    _asked(lambda: store().hset(SINCE, mapping=noted))
    return dated


def _since(noted: bytes | None, part: Part, now: datetime) -> datetime:
    kind, _, time = (noted or b"").decode().partition(" ")
    return datetime.fromtimestamp(float(time), tz=UTC) if kind == part.kind and time else now
