"""The official Python SDK serving the same tool: stateless, JSON answers, no authentication, no limits.

python -m benchmarks.servers.official_sdk PORT
"""

import logging
import sys

import uvicorn
from mcp.server.mcpserver import MCPServer

server = MCPServer("bench")


@server.tool()
async def echo(text: str) -> str:
    """Answer with the same text."""
    return text


if __name__ == "__main__":
    logging.disable(logging.INFO)
    uvicorn.run(
        server.streamable_http_app(json_response=True, stateless_http=True),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        http="httptools",
        loop="uvloop",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
