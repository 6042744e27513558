"""What a worker does with jobs: it claims one, has it run, holds it meanwhile and writes down how it ended."""
