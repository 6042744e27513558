"""What keeps one slow or dead upstream from harming anybody else: breakers, bulkheads, joined calls, kept results."""
