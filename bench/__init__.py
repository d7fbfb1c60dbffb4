"""Benchmarks: ratios measured in one run, against peers, on stated data. `python -m bench --help`."""
