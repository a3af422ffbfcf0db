"""Benchmarks: each prints JSON lines with medians over several runs. Never part of the tests."""
