"""The checklist of one server on its way to the first call, in words."""

from collections.abc import Sequence

from control_plane.dashboard.first_call_steps import Step
from tenants.models import Server
from tenants.selectors.arrivals import Arrival, Standing


def connect_steps(server: Server, toolkits: Sequence[str], standing: Standing) -> list[Step]:
    """Four steps; the first that is not done is the one to take now. `toolkits` has one name for each enabled tool."""
    done = [True, bool(toolkits), standing.first is not None, standing.called is not None]
    current = done.index(False) if False in done else len(done)
    states = ["done" if is_done else "now" if place == current else "next" for place, is_done in enumerate(done)]
    return [
        Step(states[0], "Server made", at=server.created_at),
        _tools(states[1], toolkits),
        _connection(states[2], standing.first),
        _call(states[3], standing),
    ]


def _tools(state: str, toolkits: Sequence[str]) -> Step:
    if not toolkits:
        return Step(state, "Add tools", "Nothing is enabled here yet.")
    count = len(toolkits)
    return Step(state, f"{count} tool{'' if count == 1 else 's'} ready", ", ".join(sorted(set(toolkits))))


def _connection(state: str, first: Arrival | None) -> Step:
    if first is not None:
        return Step(state, f"{first.client} connected", person_of(first), at=first.at)
    if state == "now":
        return Step(state, "Waiting for your first connection…", "This turns green by itself.")
    return Step(state, "First connection")


def _call(state: str, standing: Standing) -> Step:
    if standing.called is not None:
        return Step(state, f"{standing.called_tool} called", person_of(standing.called), at=standing.called.at)
    if state == "now":
        return Step(state, "Waiting for the first tool call…", "Ask your client to use one of the tools.")
    return Step(state, "First tool call")


def person_of(arrival: Arrival) -> str:
    """Whose client it is."""
    return "a former member" if arrival.person is None else arrival.person.name or arrival.person.email
