"""Transactional state: which batches exist, who is who, how columns were understood."""

from habitue.state.database import Database
from habitue.state.models import (
    Answer,
    AuditEntry,
    AuditHead,
    Base,
    Batch,
    Consent,
    DataKey,
    Erasure,
    Identifier,
    Link,
    Mapping,
    Person,
    PersonKey,
    Source,
    Tombstone,
)

__all__ = [
    "Answer",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Batch",
    "Consent",
    "DataKey",
    "Database",
    "Erasure",
    "Identifier",
    "Link",
    "Mapping",
    "Person",
    "PersonKey",
    "Source",
    "Tombstone",
]
