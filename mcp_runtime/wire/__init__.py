"""JSON-RPC over Streamable HTTP, in both eras."""
