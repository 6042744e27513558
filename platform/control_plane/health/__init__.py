"""Whether this installation is up: probes, heartbeats of processes that answer no requests, who may see details."""
