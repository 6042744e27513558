"""Resources of the suite: text, bytes, and a template."""

from base64 import b64decode
from typing import TypedDict

from mcp_runtime.toolkits import Toolkit
from mcp_runtime.toolkits.conformance.content import IMAGE


class TemplateData(TypedDict):
    """What the template answers."""

    id: str
    templateTest: bool
    data: str


async def static_text() -> str:
    """A text that never changes."""
    return "This is the content of the static text resource."


async def static_binary() -> bytes:
    """A PNG of one pixel."""
    return b64decode(IMAGE.data)


async def watched_resource() -> str:
    """A text to subscribe to."""
    return "This is the content of the watched resource."


async def template_data(id: str) -> TemplateData:
    """The data of one id."""
    return {"id": id, "templateTest": True, "data": f"Data for ID: {id}"}


def add_to(toolkit: Toolkit) -> None:
    """Declare these resources."""
    toolkit.resource("test://static-text", name="static-text", title="Static text")(static_text)
    toolkit.resource("test://static-binary", name="static-binary", mime_type="image/png")(static_binary)
    toolkit.resource("test://watched-resource", name="watched-resource")(watched_resource)
    toolkit.template("test://template/{id}/data", name="template-data", complete={"id": ["123", "456"]})(template_data)
