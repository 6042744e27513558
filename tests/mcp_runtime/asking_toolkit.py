"""Functions that ask whoever called them."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from mcp_runtime.toolkits import Ask, Context, Elicited, InputFailed, MissingCapability, Toolkit

toolkit = Toolkit("asking", title="Asking")
effects: list[str] = []
"""What the tool with an effect did."""


@dataclass
class Guest:
    """Who comes."""

    name: Annotated[str, Meta(min_length=2)]
    dish: Literal["soup", "cake"] = "soup"


@toolkit.tool(read_only=True)
async def invite(context: Context, day: str = "Monday") -> str:
    """Ask who comes."""
    answer = await context.elicit(f"Who comes on {day}?", Guest, key="guest")
    return f"{answer.action}: {answer.value}"


@toolkit.tool(read_only=True)
def invite_from_thread(context: Context) -> str:
    """The same, off the loop."""
    try:
        answer = context.elicit("Who comes?", Guest, key="guest").wait()
    except Exception as error:  # noqa: BLE001 - an author may: it must not keep the call from ending
        return f"it went on: {error}"
    return f"{answer.action}: {answer.value}"


@toolkit.tool(read_only=True)
async def survey(context: Context) -> str:
    """Ask everything at once, then one thing more."""
    context.progress(1, 2)
    guest, toast, roots = await asyncio.gather(
        context.elicit("Who comes?", Guest),
        context.sample("Write a toast", max_tokens=20, system="Be brief"),
        context.roots(),
    )
    again = await context.elicit("Sure?", {"type": "object", "properties": {"sure": {"type": "boolean"}}})
    return f"{_name(guest)}, {toast.text}, {roots[0].uri}, {again.value}"


@toolkit.tool()
async def order(context: Context) -> str:
    """Ask, and have an effect."""
    answer = await context.elicit("For whom?", Guest)
    effects.append(_name(answer))
    return _name(answer)


@toolkit.tool(read_only=True)
async def pay(context: Context) -> str:
    """Ask for something that must not pass through the client."""
    return (await context.elicit_url("Pay here", "https://pay.example/1")).action


@toolkit.tool(read_only=True)
async def ask_if_possible(context: Context) -> str:
    """Go on where the client can't be asked."""
    try:
        return (await context.sample("Say something", max_tokens=10)).text
    except MissingCapability:
        return "nobody to ask"
    except InputFailed as error:
        return f"failed: {error}"


@toolkit.tool(read_only=True)
async def impatient(context: Context) -> str:
    """Ask, and do without the answer."""
    asking = asyncio.ensure_future(context.elicit("Who comes?", Guest)._ask())
    await asyncio.sleep(0)
    asking.cancel()
    return "never mind"


@toolkit.tool(read_only=True)
async def tidy(context: Context) -> str:
    """Put things away, whatever happens."""
    try:
        return _name(await context.elicit("Who comes?", Guest))
    finally:
        effects.append("tidied")


@toolkit.tool(read_only=True)
async def seat(
    table: int, guest: Annotated[Guest, Ask("Who sits there?")], friend: Annotated[Guest | None, Ask("With whom?")]
) -> str:
    """Ask before it begins."""
    effects.append("begun")
    return f"{table}: {guest.name}, {friend.name if friend else 'alone'}"


@toolkit.tool(read_only=True)
def seat_from_thread(guest: Annotated[Guest, Ask("Who sits there?", key="who")]) -> str:
    """The same, off the loop."""
    return guest.name


@toolkit.tool(background=True)
async def cater(day: str, guest: Annotated[Guest, Ask("For whom?")]) -> str:
    """Run on a worker, once it is known for whom."""
    return f"{day}: {guest.name}"


@toolkit.prompt()
async def speech(context: Context, about: str) -> str:
    """A prompt that asks for the tone."""
    answer = await context.elicit("Which tone?", {"type": "object", "properties": {"tone": {"type": "string"}}})
    return f"A {answer.value and answer.value['tone']} speech about {about}"


@toolkit.resource("party://list")
async def guest_list(context: Context) -> str:
    """A resource that asks who may read it."""
    return _name(await context.elicit("Who reads?", Guest))


def _name(answer: Elicited[Guest]) -> str:
    return "nobody" if answer.value is None else answer.value.name
