"""Waits until everything is up, as the outside sees it."""

import asyncio
import http.client
from time import monotonic
from typing import Final

from control_plane.supervisor.family import Hopeless

PATIENCE_SECONDS: Final = 90.0
INTERVAL_SECONDS: Final = 0.1


def _ask(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, type(error).__name__
    finally:
        connection.close()


async def ready(port: int) -> None:
    """Return when `/readyz` answers 200; raises Hopeless, with what is missing, when that takes too long."""
    deadline = monotonic() + PATIENCE_SECONDS
    while (await asyncio.to_thread(_ask, port, "/readyz"))[0] != 200:
        if monotonic() > deadline:
            _, details = await asyncio.to_thread(_ask, port, "/health")
            raise Hopeless(f"Not everything came up within {PATIENCE_SECONDS:g} s: {details}")
        await asyncio.sleep(INTERVAL_SECONDS)
