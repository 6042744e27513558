"""What a process said last, to put into one sentence."""

import json
from pathlib import Path


def last_words(log: Path) -> str:
    """The last line of a log, or the message in it where it is a line of ours."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except FileNotFoundError:
        lines = []
    return _message(lines[-1].strip()) if lines else "it wrote nothing"


def _message(line: str) -> str:
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    if not isinstance(entry, dict):
        return line
    exception = str(entry.get("exception", "")).strip().splitlines()
    return ": ".join([str(entry.get("message", line)), *exception[-1:]])
