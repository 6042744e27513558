"""Resources, templates and prompts that tests can read, hold and break."""

import asyncio
from threading import current_thread
from typing import Annotated, Literal

from msgspec import Meta

from mcp_runtime.toolkits import (
    AudioContent,
    Completion,
    ContentAnnotations,
    Context,
    EmbeddedResource,
    ImageContent,
    PromptMessage,
    ResourceContents,
    ResourceLink,
    ResourceNotFound,
    ToolError,
    Toolkit,
)

toolkit = Toolkit("library", title="Library")

TOWNS = {"de": ["berlin", "bonn", "bremen"], "fr": ["bordeaux", "brest"]}
IMPORTANT = ContentAnnotations(audience=["user"], priority=0.5, last_modified="2026-01-01T00:00:00Z")


@toolkit.resource("shelf://motto", title="Motto", size=9, annotations=IMPORTANT)
async def motto() -> str:
    """What the library says."""
    return "read more"


@toolkit.resource("shelf://stamp", mime_type="image/png")
def stamp() -> bytes:
    """A picture, made in a thread."""
    assert "primitive" in current_thread().name
    return b"\x89PNG\r\n"


@toolkit.resource("shelf://whose")
async def whose(context: Context) -> dict[str, str]:
    """Who asks."""
    context.log("info", "nobody hears this")
    context.progress(1)
    return {"tenant": context.tenant}


@toolkit.resource("shelf://pair")
async def pair() -> list[ResourceContents]:
    """Two texts at once."""
    return [ResourceContents(uri=f"shelf://pair/{side}", mime_type="text/plain", text=side) for side in ("one", "two")]


@toolkit.resource("shelf://none")
async def none() -> list[ResourceContents]:
    """Nothing, which is not allowed."""
    return []


@toolkit.resource("shelf://neither")
async def neither() -> ResourceContents:
    """Neither text nor bytes."""
    return ResourceContents(uri="shelf://neither")


@toolkit.resource("shelf://mangled")
async def mangled() -> ResourceContents:
    """Bytes that are no base64."""
    return ResourceContents(uri="shelf://mangled", mime_type="image/png", blob="not base64")


@toolkit.resource("shelf://broken")
def broken() -> str:
    """Raise something with a secret in it."""
    raise RuntimeError("the password is canary-secret")


@toolkit.resource("shelf://leaving")
def leaving() -> str:
    """Try to end the process."""
    raise SystemExit(1)


@toolkit.resource("shelf://closed")
async def closed() -> str:
    """Fail in a way that its author meant."""
    raise ToolError("The library is closed on Sundays.", type="closed")


@toolkit.resource("shelf://endless")
async def endless() -> str:
    """Never return."""
    await asyncio.Event().wait()
    return ""


@toolkit.resource("shelf://heavy")
async def heavy() -> str:
    """More than a plan allows."""
    return "x" * 2_000_000


def titles(typed: str) -> list[str]:
    """Suggest from a thread."""
    assert "primitive" in current_thread().name
    return [f"{typed}{number}" for number in range(250)]


@toolkit.template("shelf://books/{title}", title="Book", complete={"title": titles})
async def book(title: Annotated[str, Meta(max_length=20)], context: Context) -> str:
    """One book."""
    if title == "lost":
        raise ResourceNotFound("This book was lost.")
    return f"{title} of {context.tenant}"


async def towns(typed: str, known: dict[str, str], context: Context) -> list[str]:
    """Suggest what begins so, in the country that is known."""
    return [town for town in TOWNS.get(known.get("country", ""), []) if town.startswith(typed)]


async def never(typed: str) -> list[str]:
    """Fail."""
    raise RuntimeError("the password is canary-secret")


async def many(typed: str) -> Completion:
    """Say that there are many more."""
    return Completion(["a", "b"], total=7_000, has_more=True)


@toolkit.prompt(title="Guide", complete={"country": ["de", "fr"], "town": towns, "street": never, "number": many})
async def guide(
    country: Annotated[str, Meta(description="Two letters.", title="Country", pattern="^[a-z]{2}$")],
    town: str,
    street: str | None = None,
    number: str = "1",
    style: Literal["long", "short"] = "short",
) -> str:
    """Describe the way to a library."""
    return f"To {town} ({country}), {street or 'anywhere'} {number}, {style}."


@toolkit.prompt()
def gallery() -> list[PromptMessage]:
    """Show every kind of content."""
    contents = ResourceContents(uri="shelf://motto", mime_type="text/plain", text="read more")
    return [
        PromptMessage("Look:"),
        PromptMessage(ImageContent("AAAA", "image/png")),
        PromptMessage(AudioContent("AAAA", "audio/wav"), "assistant"),
        PromptMessage(EmbeddedResource(contents)),
        PromptMessage(ResourceLink(uri="shelf://motto", name="Motto")),
    ]


@toolkit.prompt()
async def spoiled() -> PromptMessage:
    """Show an image that is none."""
    return PromptMessage(ImageContent("not base64", "image/png"))
