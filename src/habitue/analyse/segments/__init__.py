"""Clusters of customers."""
