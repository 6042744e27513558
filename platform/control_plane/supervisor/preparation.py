"""Brings the database up to date and seeds the demo, in a process of its own: the supervisor itself stays small."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from control_plane.environment import ROOT, ConfigurationError
from control_plane.supervisor.family import Hopeless
from control_plane.supervisor.last_words import last_words
from mcp_runtime.lifeline import end_with

CONFIGURATION_STATUS: Final = 2
"""How a process ends that can't read its configuration; it has said why in one sentence."""


async def prepare(command: str, environment: Mapping[str, str], log: Path) -> dict[str, Any]:
    """Run a command of manage.py that prints one JSON object, and give that.

    Raises ConfigurationError with its sentence, or Hopeless with the last line of what it wrote.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "manage.py"),
        command,
        env=dict(environment),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        preexec_fn=partial(end_with, os.getpid()),
    )
    try:
        output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    await asyncio.to_thread(log.write_bytes, errors)
    if process.returncode == 0:
        return dict(json.loads(output))
    last = await asyncio.to_thread(last_words, log)
    if process.returncode == CONFIGURATION_STATUS:
        raise ConfigurationError(last)
    raise Hopeless(f"The database could not be prepared: {last} (see {log})")
