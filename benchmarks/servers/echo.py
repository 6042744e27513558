"""The echo: the least an ASGI application can do. It reads the body, and answers fixed bytes from a file.

python -m benchmarks.servers.echo PORT ANSWER_FILE
"""

import sys
from pathlib import Path
from typing import Any

import uvicorn


def application(answer: bytes) -> Any:
    """An ASGI application that answers every request with `answer`, once the body has come in whole."""
    start = {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))],
    }
    body = {"type": "http.response.body", "body": answer}

    async def echo(_scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await send(start)
        await send(body)

    return echo


if __name__ == "__main__":
    uvicorn.run(
        application(Path(sys.argv[2]).read_bytes()),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
