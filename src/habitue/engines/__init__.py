"""Engines run the relational steps: DuckDB by default, others by one file each."""

from habitue.engines.base import Engine, time_literal
from habitue.engines.duckdb import DuckDBEngine

__all__ = ["DuckDBEngine", "Engine", "time_literal"]
