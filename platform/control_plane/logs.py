"""Logs: one JSON object a line, without secrets, whichever library wrote the message."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, Final

from mcp_runtime.redaction import is_sensitive_name, redact_text

REDACTED: Final = "[redacted]"

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}
# A password in the address of a store or database, with or without a user before it.
_PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+(?=@)")

# What a link in a mail ends with: whoever has it joins, or sets a password.
_LINK = re.compile(
    r"(?<=/invitations/)[\w-]{20,}|(?<=/confirm-email/)[\w:-]{20,}|(?<=/password/reset/)[\w-]+/[\w-]{20,}"
)


def _clean(text: str) -> str:
    """The text, line by line, without what looks like a credential."""
    cut = _LINK.sub(REDACTED, _PASSWORD.sub(rf"\1:{REDACTED}", text))
    return "\n".join(redact_text(line) for line in cut.splitlines())


def _shown(name: str, value: object) -> object:
    if is_sensitive_name(name):
        return REDACTED
    return value if isinstance(value, (bool, int, float, type(None))) else _clean(str(value))


class JsonLines(logging.Formatter):
    """Formats a record as `{"time", "level", "logger", "message", …extra, "exception"}`; extras keep their names."""

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON; anything that is no JSON is shown as text."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _clean(record.getMessage()),
        }
        line |= {name: _shown(name, value) for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["exception"] = _clean(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
