"""The data plane: serves MCP over Streamable HTTP. Free of Django, of the ORM and of SQL."""
