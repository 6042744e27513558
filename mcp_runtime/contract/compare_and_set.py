"""The one script that writes a document: newer wins, older is ignored, readers are told.

KEYS: document, changes stream. ARGV: version, body, kind, name, bus channel, length of the stream.
Returns 1 when written, 0 when the store already has this version or a newer one.
"""

from typing import Final

from mcp_runtime.contract import keys

SCRIPT: Final = """
local current = tonumber(redis.call('HGET', KEYS[1], 'version') or '-1')
if current >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'body', ARGV[2])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], '*', 'kind', ARGV[3], 'key', ARGV[4])
redis.call('PUBLISH', ARGV[5], ARGV[3] .. ':' .. ARGV[4])
return 1
"""


def script_keys(kind: str, name: str) -> list[str]:
    """KEYS of the script for one document."""
    return [keys.document_key(kind, name), keys.CHANGES]


def script_arguments(kind: str, name: str, version: int, body: bytes) -> list[str | bytes | int]:
    """ARGV of the script for one document; an empty body writes a tombstone."""
    return [version, body, kind, name, keys.BUS, keys.CHANGES_LENGTH]
