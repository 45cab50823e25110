"""Recommend: neighbours, content, hybrids, with reasons."""
