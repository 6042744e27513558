"""The checklist "First call" in words: what is done, what is to be done now, and where."""

from dataclasses import dataclass
from datetime import datetime

from control_plane.dashboard.asking import TenantPage
from tenants.abilities import Ability
from tenants.selectors.first_call import FirstCall


@dataclass(frozen=True, slots=True)
class Step:
    """One line: `state` is done, now or next. `href` leads to where it is done, for whoever may do it."""

    state: str
    title: str
    text: str = ""
    at: datetime | None = None
    href: str = ""
    action: str = ""


def first_call_steps(asked: TenantPage, standing: FirstCall) -> list[Step]:
    """The four steps, in the order in which they are taken; the first that is not done is the one to take now."""
    server = standing.server
    base = f"{asked.base}servers/{server.slug}/" if server else ""
    done = [
        server is not None,
        standing.tools > 0,
        standing.connected_at is not None or standing.is_done,
        standing.is_done,
    ]
    current = done.index(False) if False in done else len(done)
    states = ["done" if is_done else "now" if place == current else "next" for place, is_done in enumerate(done)]
    manages = asked.may(Ability.MANAGE_SERVERS)
    return [
        _made(states[0], standing, f"{asked.base}servers/new" if manages else ""),
        _filled(states[1], standing, f"{base}tools/add" if manages and base else ""),
        _connected(states[2], standing, f"{base}connect/" if base else ""),
        _called(states[3], standing, f"{asked.base}playground/" if base else ""),
    ]


def _made(state: str, standing: FirstCall, href: str) -> Step:
    if standing.server is not None:
        return Step(state, "Server made", at=standing.server.created_at)
    return Step(state, "Make a server", "One URL for your people and agents.", href=href, action="New server")


def _filled(state: str, standing: FirstCall, href: str) -> Step:
    if standing.tools:
        return Step(state, f"{standing.tools} tool{'' if standing.tools == 1 else 's'} ready")
    return Step(state, "Add tools", "Choose them from the toolkits.", href=href, action="Add tools")


def _connected(state: str, standing: FirstCall, href: str) -> Step:
    if standing.connected_at is not None:
        return Step(state, "Client connected", at=standing.connected_at)
    if state == "now":
        return Step(
            state,
            "Waiting for your first connection…",
            "This turns green by itself.",
            href=href,
            action="Connect a client",
        )
    return Step(state, "Connect a client")


def _called(state: str, standing: FirstCall, href: str) -> Step:
    if standing.called_at is not None:
        return Step(state, "First tool call", at=standing.called_at)
    if state == "now":
        return Step(state, "Call a tool", "From your client, or try one here.", href=href, action="Open the playground")
    return Step(state, "First tool call")
