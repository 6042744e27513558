"""What goes wrong in a toolkit: when it is written, and when its tools run."""

from typing import Any


class ToolkitMistake(Exception):  # noqa: N818 - the author's mistake, told when the toolkit is imported
    """A tool or toolkit is declared in a way that cannot work; the message says what to change."""


class UnknownTool(LookupError):  # noqa: N818 - reads as the state it reports
    """This installation has no such toolkit, or the toolkit no such tool."""


class UnknownResource(LookupError):  # noqa: N818 - reads as the state it reports
    """The toolkit has no such resource or template."""


class UnknownPrompt(LookupError):  # noqa: N818 - reads as the state it reports
    """The toolkit has no such prompt."""


class ToolBusy(Exception):  # noqa: N818 - reads as the state it reports
    """Every thread for blocking tools is taken and the queue is full; a moment later the call may succeed."""


class ToolExited(Exception):  # noqa: N818 - reads as the state it reports
    """A tool tried to end the process, or an iteration that is not its own: a crash, of this call alone."""


class ToolError(Exception):
    """The tool's own error, for the model to read: becomes a result with `isError`, not a JSON-RPC error.

    Say what was wrong and what to do instead. `type` is a short name for logs and audit, such as `unknown_time_zone`;
    `data` is for programs, beside it.
    """

    def __init__(self, message: str, type: str = "tool_error", **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.type = type
        self.data = data


class ProtocolError(Exception):
    """The call itself fails, with a JSON-RPC error instead of a result: for what no model can correct. Nearly always
    a ToolError is right, which the model reads. `type` is a short name for programs and audit, such as `misconfigured`.
    """

    def __init__(self, message: str, type: str = "protocol_error") -> None:
        super().__init__(message)
        self.message = message
        self.type = type


class ResourceNotFound(ToolError):  # noqa: N818 - reads as the state it reports
    """There is nothing at this URI, though it has the right form. The message is for whoever asked."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "resource_not_found")
