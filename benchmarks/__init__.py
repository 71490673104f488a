"""Figures, each printed beside a stated ceiling of the same run. Not tests: nothing here asserts time.

Run one with `python -m benchmarks.<name>`; each starts what it needs on the loopback and ends it.
"""
