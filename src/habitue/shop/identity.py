"""Who is one person: ``shop.identity``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from habitue.prepare.identity_match import Outcome
    from habitue.shop import Shop

__all__ = ["Identity"]


class Identity:
    """Why records are one person's, and how to change that.

    Parameters
    ----------
    shop : Shop
        The shop.

    Examples
    --------
    >>> import tempfile
    >>> from habitue import Shop
    >>> shop = Shop.create(tempfile.mkdtemp())
    >>> ann = shop.consents.grant("ann@example.com", "marketing", "email", source="form")
    >>> ben = shop.consents.grant("ben@example.com", "marketing", "email", source="form")
    >>> shop.identity.merge("ann@example.com", "ben@example.com")
    >>> shop.find("ann@example.com") == shop.find("ben@example.com")
    True
    >>> shop.identity.split("ann@example.com", "ben@example.com")
    >>> shop.find("ann@example.com") == shop.find("ben@example.com")
    False
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def why(self, who: int | str, *, reveal: bool = False) -> dict[str, Any]:
        """Tell why records are one person's.

        Parameters
        ----------
        who : int or str
            A pseudonym, or any identifier.
        reveal : bool
            Add the identifiers in the clear; this opens the vault.

        Raises
        ------
        UsageError
            If nobody is known by it.
        """
        from habitue.prepare.identity_why import account

        shop = self._shop
        handles = shop.config.identity.handles
        told = account(shop._database, shop._store, shop.find(who), handles=handles).as_dict()
        if reveal:
            for row in told["pseudonyms"]:
                kinds = (*row["kinds"], "name")
                shown = {k: shop.vault.reveal([row["customer"]], k) for k in kinds}
                row["values"] = {k: v[row["customer"]] for k, v in shown.items() if v}
        return told

    def shared(self) -> dict[str, dict[str, int]]:
        """Return by kind how many identifiers several people use, and the most behind one."""
        from habitue.prepare.identity_why import shared

        shop = self._shop
        return shared(shop._database, handles=shop.config.identity.handles)

    def merge(self, one: int | str, other: int | str) -> None:
        """Say that two are one person; what was said to the contrary is taken back.

        Raises
        ------
        UsageError
            If nobody is known by either.
        """
        self._say("hand", self._pseudonyms(one), self._pseudonyms(other))

    def split(self, one: int | str, other: int | str) -> None:
        """Say that two are not one person; later imports keep to it.

        Raises
        ------
        UsageError
            If nobody is known by either, or one row of records holds both.
        """
        from habitue.errors import UsageError
        from habitue.locale import _

        first, second = self._pseudonyms(one), self._pseudonyms(other)
        if set(first) & set(second):
            text = _("A row of the records holds both: they can't be told apart.")
            raise UsageError(text)
        self._say("apart", first, second)

    def match(self, least: float = 0.99) -> Outcome:
        """Join people who are alike beyond doubt, by names and addresses; undo what it did before.

        Parameters
        ----------
        least : float
            The least probability that two are one person.
        """
        from habitue.prepare.identity_match import match

        shop = self._shop
        with shop._writing():
            found = match(
                shop._database,
                shop.vault,
                self._cities(),
                least=least,
                handles=shop.config.identity.handles,
                seed=shop.config.run.seed,
            )
            shop._audit.note("match", details={"joined": len(found.pairs)})
        shop.__dict__.pop("_persons", None)
        return found

    def _cities(self) -> dict[int, str]:
        with self._shop._engine() as engine:
            self._shop._store.read(engine, "customers")
            rows = engine.query(
                "SELECT customer, max(city) AS city FROM customers "
                "WHERE city IS NOT NULL AND customer IS NOT NULL GROUP BY customer"
            )
        return dict(zip(rows["customer"].to_pylist(), rows["city"].to_pylist(), strict=True))

    def _pseudonyms(self, who: int | str) -> list[int]:
        """Return those that hold an identifier, or the one that is named."""
        held = self._shop.vault.holders(str(who).strip())
        if held:
            return held
        self._shop.find(who)  # says so if nobody is known by it
        return [int(who)]

    def _say(self, kind: str, first: list[int], second: list[int]) -> None:
        from itertools import product

        from sqlalchemy import and_, delete, or_

        from habitue.state import Link

        shop = self._shop
        # All pairs are kept apart; to join, one is enough.
        pairs = [(min(pair), max(pair)) for pair in product(first, second)]
        said = pairs if kind == "apart" else pairs[:1]
        with shop._writing(), shop._database.writing() as session:
            between = or_(
                and_(Link.first.in_(first), Link.second.in_(second)),
                and_(Link.first.in_(second), Link.second.in_(first)),
            )
            session.execute(delete(Link).where(between, Link.kind.in_(("hand", "apart", "match"))))
            session.add_all(Link(first=a, second=b, kind=kind) for a, b in said if a != b)
            action = "merge" if kind == "hand" else "split"
            shop._audit.record(session, action, min(first), {"pairs": len(said)})
        shop.__dict__.pop("_persons", None)
