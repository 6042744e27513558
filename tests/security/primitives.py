"""What answers for the resources, templates and prompts of this catalogue, which no toolkit of the installation has."""

from mcp_runtime.calls.executors.builtin_primitives import BuiltinPrimitives
from mcp_runtime.toolkits import Toolkit
from mcp_runtime.toolkits.registry import ToolkitRegistry

toolkit = Toolkit("text")


async def words(typed: str) -> list[str]:
    """Every word there is."""
    return ["word"]


@toolkit.resource("text://style")
async def style() -> str:
    """How we write."""
    return "Plainly."


@toolkit.template("text://words/{word}", complete={"word": words})
async def meaning(word: str) -> str:
    """What a word means here."""
    return f"{word}."


@toolkit.prompt(complete={"language": ["en"]})
async def proofread(text: str, language: str = "en") -> str:
    """Find mistakes in a text."""
    return text


PRIMITIVES = BuiltinPrimitives(ToolkitRegistry([toolkit]))
