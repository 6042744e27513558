"""A client for the tests of toolkits: one line, no network, no database, every revision of the protocol.

>>> with toolkit_client(toolkit) as client:
...     client.call("slugify", {"text": "Grüß Gott"}).structured
{'slug': 'gruss-gott'}

What it talks to is the runtime itself, in this process: schemas, limits, content, progress, jobs and refusals are what
clients meet. docs/toolkits.md shows how.
"""

from mcp_runtime.protocol.versions import SUPPORTED
from mcp_runtime.testing.answering import ClientAnswers, Given
from mcp_runtime.testing.blocking import BlockingToolkitClient
from mcp_runtime.testing.changes import Change
from mcp_runtime.testing.client import Answer, ToolkitClient
from mcp_runtime.testing.installation import Installation
from mcp_runtime.testing.opening import OpeningClient
from mcp_runtime.testing.wire import CallCancelled, RequestFailed
from mcp_runtime.toolkits.declaration import Toolkit
from mcp_runtime.toolkits.primitive_testing import text_of

__all__ = [
    "ERAS",
    "Answer",
    "BlockingToolkitClient",
    "CallCancelled",
    "Change",
    "RequestFailed",
    "ToolkitClient",
    "text_of",
    "toolkit_client",
]

ERAS = SUPPORTED
"""The revisions, newest first, for `pytest.mark.parametrize("era", ERAS)`."""


def toolkit_client(
    *toolkits: Toolkit,
    era: str = ERAS[0],
    tenant: str = "acme",
    user: str = "ada",
    elicit: Given = None,
    sample: Given = None,
    roots: Given = None,
    tasks: bool = False,
) -> OpeningClient:
    """A client of a server that offers everything of these toolkits: `with` gives a blocking one, `async with` one to
    be awaited. `era` is the revision it speaks.

    `elicit`, `sample` and `roots` are what it answers when a tool asks: a value, a list of values for one question
    after another, or a function of the question's parameters. What it has no answer for it does not declare, as a
    client that cannot be asked. With `tasks` it takes a task for an answer where a tool runs in the background, as
    clients do that know them; for a tool that answers nobody else it does so anyway. Raises ValueError on a revision
    that nobody speaks.
    """
    if era not in ERAS:
        raise ValueError(f"{era!r} is no revision that is spoken here; there are {', '.join(ERAS)}")
    answers = ClientAnswers(elicit, sample, roots)
    return OpeningClient(lambda: Installation(toolkits, tenant=tenant, user=user), era, answers, tasks=tasks)
