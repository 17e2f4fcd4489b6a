"""Times of ours beside those of other solvers, called directly. Run `python -m tests.benchmarks --help`."""
