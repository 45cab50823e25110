"""Collect records: files of any common kind, read as they come."""
