"""What the runtime asks of the database, behind its own ports: see `mcp_runtime.contract.ports`."""
