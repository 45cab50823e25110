"""Tests, benchmarks aside."""
