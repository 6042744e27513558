"""The official TypeScript SDK, as a module that Node.js runs as it is."""

from typing import Final

from control_plane.connect.blocks import Blocks, Command, File, Sentence
from control_plane.connect.quoting import literal, shell
from control_plane.connect.set_up import SetUp
from control_plane.connect.target import Target

PROGRAM: Final = """\
import {{ Client, StreamableHTTPClientTransport }} from "@modelcontextprotocol/client";

const headers = {{ Authorization: `Bearer ${{process.env[{variable}]}}` }};
const transport = new StreamableHTTPClientTransport(new URL({url}), {{ requestInit: {{ headers }} }});
const client = new Client(
  {{ name: "my-agent", version: "1.0.0" }},
  {{ versionNegotiation: {{ mode: "auto" }} }},
);

await client.connect(transport);
for (const tool of (await client.listTools()).tools) console.log(tool.name);
await client.close();"""


def by_key(target: Target, key: str) -> Blocks:
    """Install, set the key, run."""
    return (
        Sentence("Install the SDK, and put the key into the environment:"),
        Command(f"npm install @modelcontextprotocol/client\nexport {target.variable}={shell(key)}"),
        Sentence("This lists the tools that the key may call:"),
        File(
            "list-tools.mjs",
            PROGRAM.format(url=literal(target.url), variable=literal(target.variable)),
            "typescript",
        ),
    )


CLIENT: Final = SetUp("typescript", "TypeScript", by_key=by_key)
