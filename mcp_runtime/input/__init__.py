"""Asking the client: how a tool's question travels in each era, and what is made of the answer."""
