"""What the control plane publishes and the hot path reads. The runtime owns these shapes; `tenants` fills them.

A leaf package: it imports nothing else of Atrium, so every side may use it.
"""
