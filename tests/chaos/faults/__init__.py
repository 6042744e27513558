"""Faults, planted from outside: each module's `plant` replaces a piece of the product in a process that then runs the
product's own command line. The product knows nothing of them.

    python -m tests.chaos.faults NAME[,NAME…] MODULE [ARGUMENT …]     as `python -m MODULE ARGUMENT …`
"""
