"""The vault, the links and the consent ledger as holders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement

from habitue.protect.holder import Holder, Subject
from habitue.state import Base, Consent, Identifier, Link, Person, PersonKey

__all__ = ["ConsentHolder", "LinkHolder", "VaultHolder"]


class _TableHolder(Holder):
    """Rows of one table of the state that name a pseudonym."""

    model: type[Base]

    def _theirs(self, who: Subject) -> ColumnElement[bool]:
        column: InstrumentedAttribute[int] = self.model.customer  # type: ignore[attr-defined]
        return column.in_(sorted(who.customers))

    def find(self, who: Subject) -> int:
        with self.place.database.reading() as session:
            return _count(session, self.model, self._theirs(who))

    def export(self, who: Subject) -> list[dict[str, Any]]:
        with self.place.database.reading() as session:
            rows = session.scalars(select(self.model).where(self._theirs(who)))
            names = [column.key for column in self.model.__table__.columns]
            return [{name: getattr(row, name) for name in names} for row in rows]

    def erase(self, who: Subject) -> int:
        with self.place.database.writing() as session:
            found = _count(session, self.model, self._theirs(who))
            session.execute(delete(self.model).where(self._theirs(who)))
        return found


class LinkHolder(_TableHolder):
    """What was said of who is one person with whom."""

    name = "links"
    model = Link
    tables = ("links",)

    def _theirs(self, who: Subject) -> ColumnElement[bool]:
        customers = sorted(who.customers)
        return or_(Link.first.in_(customers), Link.second.in_(customers))


class ConsentHolder(_TableHolder):
    """What the person agreed to; that they must be left in peace, the tombstones know."""

    name = "consents"
    model = Consent
    tables = ("consents",)


class VaultHolder(_TableHolder):
    """Pseudonyms, their keys and identifiers: the last thing that leads to the person."""

    name = "vault"
    order = 1000
    model = Person
    tables = ("persons", "identifiers")
    files = ("state/keys.db*",)

    def find(self, who: Subject) -> int:
        customers = sorted(who.customers)
        with self.place.database.reading() as session:
            found = _count(session, Identifier, Identifier.customer.in_(customers))
        with self.place.database.reading_keys() as session:
            found += _count(session, PersonKey, PersonKey.customer.in_(customers))
        return found + super().find(who)

    def export(self, who: Subject) -> list[dict[str, Any]]:
        identifiers = self.place.vault.identifiers(sorted(who.customers))
        return [{"kind": kind, "value": value} for kind, value in identifiers]

    def erase(self, who: Subject) -> int:
        found = self.find(who)
        customers = sorted(who.customers)
        with self.place.database.writing_keys() as session:
            session.execute(delete(PersonKey).where(PersonKey.customer.in_(customers)))
        with self.place.database.writing() as session:
            session.execute(delete(Identifier).where(Identifier.customer.in_(customers)))
            session.execute(delete(Person).where(self._theirs(who)))
        return found


def _count(session: Session, model: type[DeclarativeBase], where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(where)) or 0
