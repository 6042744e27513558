"""What is decided of upstream MCP servers without asking anybody: what may be served, how it is named, what changed."""
