"""The state machine of a breaker, whatever comes in whatever order."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mcp_runtime.resilience.breaker import Breaker, NotNow, Permit, Policy

POLICY = Policy(in_a_row=3, least=8, probes=2)


def _fail(breaker: Breaker, now: float, times: int, **more: Any) -> None:
    for _ in range(times):
        admitted = breaker.admit(now)
        assert isinstance(admitted, Permit)
        breaker.failed(admitted, now, "no_connection", **more)


def test_it_opens_after_failures_in_a_row_and_a_success_begins_the_row_anew() -> None:
    breaker = Breaker(POLICY)
    _fail(breaker, 0, 2)
    admitted = breaker.admit(0)
    assert isinstance(admitted, Permit)
    breaker.succeeded(admitted, 0)
    _fail(breaker, 0, 2)
    assert breaker.state(0) == "closed"
    _fail(breaker, 0, 1)
    assert (breaker.state(0), breaker.reason) == ("open", "no_connection")


def test_it_opens_where_half_of_many_fail_though_never_in_a_row() -> None:
    breaker = Breaker(POLICY)
    for _ in range(POLICY.least):
        admitted = breaker.admit(0)
        if isinstance(admitted, NotNow):
            break
        breaker.succeeded(admitted, 0)
        admitted = breaker.admit(0)
        assert isinstance(admitted, Permit)
        breaker.failed(admitted, 0, "status_500")
    assert breaker.is_open


def test_failures_of_long_ago_do_not_count() -> None:
    breaker = Breaker(Policy(in_a_row=100, least=4))
    for now in range(0, 400, 40):
        _fail(breaker, now, 1)
    assert not breaker.is_open


def test_each_vain_try_doubles_the_pause_up_to_the_longest() -> None:
    breaker, now, pauses = Breaker(Policy(in_a_row=1)), 0.0, []
    for _ in range(6):
        _fail(breaker, now, 1)
        pauses.append(breaker.until - now)
        now = breaker.until
    assert pauses == [5, 10, 20, 40, 60, 60]


def test_a_pause_that_the_upstream_asks_for_is_kept_within_bounds() -> None:
    breaker = Breaker(Policy(in_a_row=1))
    _fail(breaker, 0, 1, retry_after=120)
    assert breaker.until == 120
    breaker = Breaker(Policy(in_a_row=1))
    _fail(breaker, 0, 1, retry_after=1e9)
    assert breaker.until == 300


class Machine(RuleBasedStateMachine):
    """Calls begin, end in any order and long after; time passes; others tell what they have found."""

    @initialize()
    def begin(self) -> None:
        self.breaker, self.now = Breaker(POLICY), 0.0
        self.out: list[Permit] = []
        self.probes_of: dict[int, int] = {}

    @rule(seconds=st.sampled_from([0.0, 0.5, 3.0, 5.0, 31.0, 400.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def a_call_comes(self) -> None:
        state = self.breaker.state(self.now)
        admitted = self.breaker.admit(self.now)
        if isinstance(admitted, NotNow):
            assert state != "closed"
            assert 0 < admitted.retry_after <= POLICY.longest_asked
        else:
            assert state != "open"
            assert admitted.is_probe == (state == "half_open")
            self.out.append(admitted)

    @precondition(lambda self: self.out)
    @rule(data=st.data(), end=st.sampled_from(["well", "unwell", "nothing"]), asked=st.sampled_from([0.0, 90.0, 1e6]))
    def a_call_ends(self, data: st.DataObject, end: str, asked: float) -> None:
        permit = self.out.pop(data.draw(st.integers(0, len(self.out) - 1)))
        before = (self.breaker.phase, self.breaker.is_open, self.breaker.until)
        if end == "nothing":
            self.breaker.let_go(permit)
            changed = False
        elif end == "well":
            changed = self.breaker.succeeded(permit, self.now)
        else:
            changed = self.breaker.failed(permit, self.now, "no_connection", asked)
        assert changed == (self.breaker.phase != before[0])
        if permit.phase != before[0]:  # of a phase that is over
            assert (self.breaker.phase, self.breaker.is_open, self.breaker.until) == before

    @rule(after=st.sampled_from([-10.0, 2.0, 50.0, 1e6]))
    def another_finds_it_dead(self, after: float) -> None:
        until = self.breaker.until if self.breaker.is_open else float("-inf")
        self.breaker.adopt(self.now, self.now + after, "no_connection", 1)
        assert self.breaker.is_open
        assert self.breaker.until >= until

    @rule()
    def another_finds_it_well(self) -> None:
        self.breaker.close(self.now)
        assert isinstance(self.breaker.admit(self.now), Permit)

    @invariant()
    def no_more_try_than_may(self) -> None:
        trying = [permit for permit in self.out if permit.is_probe and permit.phase == self.breaker.phase]
        assert len(trying) <= POLICY.probes

    @invariant()
    def it_is_never_open_for_longer_than_may_be_asked(self) -> None:
        assert self.breaker.until <= self.now + POLICY.longest_asked

    def teardown(self) -> None:
        """Whatever has happened: once the time is over and tries succeed, it is well."""
        self.now = max(self.now, self.breaker.until)
        for permit in self.out:
            self.breaker.let_go(permit)
        for _ in range(POLICY.probes):
            admitted = self.breaker.admit(self.now)
            assert isinstance(admitted, Permit)
            self.breaker.succeeded(admitted, self.now)
        assert self.breaker.state(self.now) == "closed"


Machine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestMachine = Machine.TestCase
