"""The tables of the state database, one file a topic."""

from habitue.state.models.answers import Answer
from habitue.state.models.audit import AuditEntry, AuditHead
from habitue.state.models.base import Base
from habitue.state.models.consent import Consent
from habitue.state.models.erasure import Erasure, Tombstone
from habitue.state.models.keys import DataKey, KeyBase, PersonKey
from habitue.state.models.people import Identifier, Link, Person
from habitue.state.models.records import Batch, Mapping
from habitue.state.models.sources import Source

__all__ = [
    "Answer",
    "AuditEntry",
    "AuditHead",
    "Base",
    "Batch",
    "Consent",
    "DataKey",
    "Erasure",
    "Identifier",
    "KeyBase",
    "Link",
    "Mapping",
    "Person",
    "PersonKey",
    "Source",
    "Tombstone",
]
