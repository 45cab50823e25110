"""Transactional state: what exists, who is who, what was decided."""
