"""Transactional state: which batches exist, who is who, how columns were understood."""

from habitue.state.database import Database
from habitue.state.models import Base, Batch, Identifier, Link, Mapping, Person

__all__ = ["Base", "Batch", "Database", "Identifier", "Link", "Mapping", "Person"]
