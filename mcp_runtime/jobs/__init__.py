"""Running a job's tool in a process of its own, which can be ended at any time without losing anything else."""
