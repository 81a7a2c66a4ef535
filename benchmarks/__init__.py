"""Benchmarks, run one by one: ``python -m benchmarks.<name>``."""
