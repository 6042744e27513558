"""The state machine of one circuit breaker: closed, open, half-open. It knows no clock and no network: times are given.

Closed, it counts. It opens after several failures in a row, or where half of many calls of the last while failed. Open,
it admits nobody until its pause is over; then, half-open, a bounded number of calls at once that try. As many that
succeed close it; one that fails opens it again, for twice as long.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Policy:
    """When it opens, and for how long. Times are seconds. `longest_asked` bounds what an upstream asks for itself."""

    in_a_row: int = 5
    share: float = 0.5
    least: int = 20
    window: float = 30.0
    first_pause: float = 5.0
    longest_pause: float = 60.0
    longest_asked: float = 300.0
    probes: int = 1


DEFAULT: Final = Policy()


@dataclass(frozen=True, slots=True)
class Permit:
    """One call is admitted. It belongs to one phase: what it finds out once the breaker has moved on counts no more."""

    phase: int
    is_probe: bool = False


@dataclass(frozen=True, slots=True)
class NotNow:
    """One call is not. `retry_after` is in seconds, and above 0."""

    retry_after: float


class Breaker:
    """One upstream's. `now` is any clock that never goes back, in seconds, the same for all methods."""

    __slots__ = (
        "_counts",
        "_policy",
        "_probes",
        "_row",
        "_successes",
        "failures",
        "is_open",
        "phase",
        "reason",
        "since",
        "until",
    )

    def __init__(self, policy: Policy = DEFAULT) -> None:
        self._policy = policy
        self._counts: list[tuple[float, int, int]] = []
        self._row = self._probes = self._successes = 0
        self.is_open = False
        self.phase = self.failures = 0
        self.since = self.until = 0.0
        self.reason = ""

    def state(self, now: float) -> str:
        """closed | open | half_open."""
        if not self.is_open:
            return "closed"
        return "open" if now < self.until else "half_open"

    def admit(self, now: float) -> Permit | NotNow:
        """May one call go out?"""
        if not self.is_open:
            return Permit(self.phase)
        if now < self.until:
            return NotNow(self.until - now)
        if self._probes >= self._policy.probes:
            return NotNow(1.0)
        self._probes += 1
        return Permit(self.phase, is_probe=True)

    def succeeded(self, permit: Permit, now: float) -> bool:
        """The upstream did its part. True where that has closed the breaker."""
        if permit.phase != self.phase:
            return False
        if not permit.is_probe:
            self._row = 0
            self._count(now, failed=0)
            return False
        self._probes -= 1
        self._successes += 1
        if self._successes < self._policy.probes:
            return False
        self.close(now)
        return True

    def failed(self, permit: Permit, now: float, reason: str, retry_after: float = 0.0) -> bool:
        """It did not. `retry_after` is what it has asked for. True where that has opened the breaker."""
        if permit.phase != self.phase:
            return False
        self.reason = reason
        if not permit.is_probe:
            self._row += 1
            self._count(now, failed=1)
            if not self._is_enough():
                return False
        self._open(now, retry_after)
        return True

    def let_go(self, permit: Permit) -> None:
        """The call ended without telling anything about the upstream."""
        if permit.is_probe and permit.phase == self.phase:
            self._probes -= 1

    def close(self, now: float) -> None:
        """It is well again, by what was found out here or elsewhere."""
        self.is_open, self.since, self.until, self.failures, self.reason = False, now, 0.0, 0, ""
        self._begin_phase()

    def adopt(self, now: float, until: float, reason: str, failures: int) -> None:
        """Somebody else has found it dead. Of two that say so, the later end counts."""
        if self.is_open and self.until >= until:
            return
        if not self.is_open:
            self.since = now
        until = min(until, now + self._policy.longest_asked)
        self.is_open, self.until, self.reason, self.failures = True, until, reason, max(1, failures)
        self._begin_phase()

    def _open(self, now: float, retry_after: float) -> None:
        policy = self._policy
        pause = min(policy.first_pause * 2 ** min(self.failures, 16), policy.longest_pause)
        if not self.is_open:
            self.since = now
        self.is_open, self.failures = True, self.failures + 1
        self.until = now + max(pause, min(retry_after, policy.longest_asked))
        self._begin_phase()

    def _begin_phase(self) -> None:
        self.phase += 1
        self._row = self._probes = self._successes = 0
        self._counts.clear()

    def _count(self, now: float, *, failed: int) -> None:
        """In two halves of the window, of which the older one is dropped as a whole."""
        half = self._policy.window / 2
        self._counts = [count for count in self._counts if now - count[0] < self._policy.window]
        if self._counts and now - self._counts[-1][0] < half:
            began, calls, failures = self._counts[-1]
            self._counts[-1] = (began, calls + 1, failures + failed)
        else:
            self._counts.append((now, 1, failed))

    def _is_enough(self) -> bool:
        calls = sum(count[1] for count in self._counts)
        failures = sum(count[2] for count in self._counts)
        many = calls >= self._policy.least and failures >= calls * self._policy.share
        return many or self._row >= self._policy.in_a_row
