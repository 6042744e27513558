"""What everything is declared on."""

from mcp_runtime.toolkits import Toolkit

toolkit = Toolkit("time", title="Time", description="The current time, and times in other zones.")
