"""What everything is declared on."""

from mcp_runtime.toolkits import Toolkit

toolkit = Toolkit("garden", title="Garden", description="Beds, what grows in them, and what they need.")
