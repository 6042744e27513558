"""The toolkit `time`. (A folder of that name would hide Python's own module.)"""

from mcp_runtime.toolkits.time_zones import clock, places
from mcp_runtime.toolkits.time_zones.declared import toolkit

__all__ = ["clock", "places", "toolkit"]
