"""The messages of a prompt, from what its function returns (MCP server/prompts, PromptMessage)."""

from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from mcp_runtime.calls.results import ContentBlock, TextContent
from mcp_runtime.toolkits.content_rules import UnusableContent, check_block
from mcp_runtime.toolkits.errors import ToolkitMistake


class PromptMessage(Struct, frozen=True):
    """One message: who says what. A string is text."""

    content: ContentBlock | str
    role: Literal["user", "assistant"] = "user"


Shape = Callable[[Any], list[PromptMessage]]


def read_messages(hints: dict[str, Any], where: str) -> Shape:
    """What makes messages of the value that is returned. Raises ToolkitMistake, starting with `where`."""
    annotation = hints.get("return")
    if annotation is str:
        return lambda value: [_checked(PromptMessage(_text(value)))]
    if annotation is PromptMessage:
        return lambda value: [_checked(value)]
    if annotation == list[PromptMessage]:
        return _shape_all
    raise ToolkitMistake(f"{where}: say what it returns: str, PromptMessage or list[PromptMessage]")


def _shape_all(value: Any) -> list[PromptMessage]:
    if not isinstance(value, list) or not value:
        raise UnusableContent("a prompt has at least one message")
    return [_checked(message) for message in value]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise UnusableContent(f"the prompt declares str and returned {type(value).__name__}")
    return value


def _checked(message: Any) -> PromptMessage:
    if not isinstance(message, PromptMessage) or message.role not in ("user", "assistant"):
        raise UnusableContent("a prompt returns PromptMessage with the role user or assistant")
    if isinstance(message.content, str):
        return PromptMessage(TextContent(message.content), message.role)
    if not isinstance(message.content, ContentBlock):
        raise UnusableContent(f"{type(message.content).__name__} is no content")
    check_block(message.content)
    return message
