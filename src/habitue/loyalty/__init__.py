"""Loyalty: lifetime value, chance of return, what comments say, one score."""
