"""How many calls are out at once: no upstream has all places of its tenant, and no tenant those of another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcp_runtime.resilience.bulkhead import Bulkhead, NoRoom
from mcp_runtime.resilience.targets import Target

TARGETS = [Target(tenant, name, name, 2) for tenant in ("acme", "globex") for name in ("a", "b", "c")]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(TARGETS), st.booleans()), max_size=60))
def test_no_limit_is_passed_and_every_place_comes_back(steps: list[tuple[Target, bool]]) -> None:
    bulkhead, out = Bulkhead(tenant_at_once=4), []
    for target, leaves in steps:
        if leaves and out:
            bulkhead.leave(out.pop())
            continue
        of_tenant = [each for each in out if each.tenant_id == target.tenant_id]
        if out.count(target) == 2 or len(of_tenant) == 4:
            with pytest.raises(NoRoom) as full:
                bulkhead.enter(target)
            assert full.value.whose == ("upstream" if out.count(target) == 2 else "tenant")
        else:
            bulkhead.enter(target)
            out.append(target)
    assert bulkhead.out == len(out)
    for target in out:
        bulkhead.leave(target)
    assert (bulkhead.out, bulkhead._to, bulkhead._of) == (0, {}, {})
