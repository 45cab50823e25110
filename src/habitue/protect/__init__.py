"""Protect the people in the data: the vault of identifiers."""
