"""Evaluate: k-fold and time splits side by side; choose by measured quality."""
