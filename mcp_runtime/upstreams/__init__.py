"""Speaking to MCP servers of others, as their client: through the door out, in either era, for one account at a time.

A request, its notifications and its questions are one exchange, in the task of the call that made it: nothing of one
call is ever told to another (docs/decisions/0016-a-client-of-our-own-for-upstreams.md).
"""
