"""The report: one self-contained page in both languages."""
