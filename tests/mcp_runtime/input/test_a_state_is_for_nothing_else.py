"""A state opens for the request that it was given for: same server, principal, method, target and arguments."""

from typing import Any

import pytest

from tests.mcp_runtime.asking_toolkit import toolkit
from tests.mcp_runtime.cast import ADA, credential, server, tool_spec
from tests.mcp_runtime.input.test_questions_end_a_call import ALMA, ask, call, state_of
from tests.mcp_runtime.record import Record
from tests.mcp_runtime.serving import ACME, Replica

pytestmark = pytest.mark.anyio

EVE, PHONE, THERE, LIST = "eve-key", "phone-key", "/mcp/acme/there", "party://list"
SAME = {"key": ADA, "path": ACME}


@pytest.fixture
def record(record: Record) -> Record:
    """A tool with the name of the resource, a second server like the first, and others who may all the same."""
    here = record.snapshots["acme", "desk"]
    invite = next(definition for definition in toolkit.definitions if definition.name == "invite")
    there = server("acme", slug="there", tools=(*here.tools, tool_spec(invite, name=LIST)))
    record.keep_server(there)
    record.change_server("acme", "desk", tools=there.tools)
    record.keep_key(EVE, credential("acme", "eve", "owner"))
    record.keep_key(PHONE, credential("acme", "ada", "owner", client="phone", credential_id="phone"))
    return record


@pytest.mark.must("MUST-18.1", "MUST-29.6")
@pytest.mark.parametrize("other", [{"key": EVE}, {"key": PHONE}, {"path": THERE}])
async def test_it_is_refused_for_another_person_client_or_server(served: Replica, other: dict[str, Any]) -> None:
    state = state_of(await call(served, "invite"))
    refused = await call(served, "invite", {"guest": ALMA}, state, **{**SAME, **other})
    assert refused["error"]["data"]["type"] == "request_state_refused"
    assert "Alma" in str(await call(served, "invite", {"guest": ALMA}, state))


@pytest.mark.must("MUST-18.1")
async def test_it_is_refused_for_another_method(served: Replica) -> None:
    state = state_of(await call(served, LIST))
    refused = await ask(served, "resources/read", uri=LIST, inputResponses={"elicitation-1": ALMA}, requestState=state)
    assert refused["error"]["data"]["type"] == "request_state_refused"
    assert "Alma" in str(await call(served, LIST, {"guest": ALMA}, state))
