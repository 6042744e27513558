"""The servers that Atrium is compared with. Each runs as a process of its own and gets its port as an argument."""
