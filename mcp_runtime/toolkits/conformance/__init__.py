"""What the public MCP conformance suite asks for. Names, texts and delays are the suite's own."""

from mcp_runtime.toolkits import Toolkit
from mcp_runtime.toolkits.conformance import (
    content,
    lists,
    prompts,
    questions,
    resources,
    schemas,
    session_questions,
    streams,
    tasks,
)

toolkit = Toolkit(
    "conformance",
    title="Conformance",
    description="Fixtures of the public MCP conformance suite.",
    development=True,
)

content.add_to(toolkit)
schemas.add_to(toolkit)
streams.add_to(toolkit)
lists.add_to(toolkit)
tasks.add_to(toolkit)
questions.add_to(toolkit)
session_questions.add_to(toolkit)
resources.add_to(toolkit)
prompts.add_to(toolkit)
