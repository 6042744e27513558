"""`make bench`: one trivial tool call, measured side by side on the machine it runs on. See docs/performance.md."""
