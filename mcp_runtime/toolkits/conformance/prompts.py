"""Prompts of the suite: plain, with arguments, with an embedded resource, with an image."""

from typing import Annotated

from msgspec import Meta

from mcp_runtime.toolkits import EmbeddedResource, PromptMessage, ResourceContents, Toolkit
from mcp_runtime.toolkits.conformance.content import IMAGE

COMPLETIONS = ("paris", "park", "party", "test")


async def test_simple_prompt() -> str:
    """A prompt without arguments."""
    return "This is a simple prompt for testing."


async def test_prompt_with_arguments(
    arg1: Annotated[str, Meta(description="First test argument")],
    arg2: Annotated[str, Meta(description="Second test argument")],
) -> str:
    """A prompt with two arguments."""
    return f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"


async def test_prompt_with_embedded_resource(
    resourceUri: Annotated[str, Meta(description="URI of the resource to embed")],  # noqa: N803 - the suite's name
) -> list[PromptMessage]:
    """A prompt that brings a resource along."""
    text = "Embedded resource content for testing."
    contents = ResourceContents(uri=resourceUri, mime_type="text/plain", text=text)
    return [PromptMessage(EmbeddedResource(contents)), PromptMessage("Please process the embedded resource above.")]


async def test_prompt_with_image() -> list[PromptMessage]:
    """A prompt with an image."""
    return [PromptMessage(IMAGE), PromptMessage("Please analyze the image above.")]


def add_to(toolkit: Toolkit) -> None:
    """Declare these prompts."""
    toolkit.prompt()(test_simple_prompt)
    toolkit.prompt(complete={"arg1": COMPLETIONS})(test_prompt_with_arguments)
    toolkit.prompt()(test_prompt_with_embedded_resource)
    toolkit.prompt()(test_prompt_with_image)
