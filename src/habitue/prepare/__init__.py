"""Prepare records: typed, stored once, cleaned, categorised."""
