"""The tables of the state database, one file a topic."""

from habitue.state.models.base import Base
from habitue.state.models.people import Identifier, Link, Person
from habitue.state.models.records import Batch, Mapping

__all__ = ["Base", "Batch", "Identifier", "Link", "Mapping", "Person"]
