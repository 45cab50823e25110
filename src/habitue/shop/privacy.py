"""What a shop owes the people in its data: access, erasure, and limits of time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from habitue.errors import UsageError
from habitue.locale import _

if TYPE_CHECKING:
    from habitue.progress import Progress
    from habitue.protect.erasure import Receipt
    from habitue.protect.holder import Place, Subject
    from habitue.shop import Shop
    from habitue.state import Erasure

__all__ = ["Privacy"]


class Privacy:
    """A shop's answers to people who ask for their data, or for its end.

    Parameters
    ----------
    shop : Shop
        The shop.
    """

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def export(self, identifier: int | str) -> dict[str, Any]:
        """Return everything that is held about a person.

        Raises
        ------
        UsageError
            If nobody is known by the identifier.
        """
        from habitue.protect.access import person_file

        who = self._subject([identifier])
        self._shop._audit.note("access", subject=min(who.customers))
        return person_file(self._place, who)

    def write(self, identifier: int | str, folder: Path) -> tuple[Path, Path]:
        """Write everything that is held about a person as JSON and as a page; return the files."""
        from habitue.shop.person_page import write_person_file

        return write_person_file(self.export(identifier), folder, "person")

    def plan(self, identifiers: Sequence[int | str]) -> list[Receipt]:
        """Return where people are found, without changing anything."""
        from habitue.protect.erasure import plan

        return plan(self._place, self._subject(identifiers))

    def erase(self, identifiers: Sequence[int | str], progress: Progress | None = None) -> Erasure:
        """Erase people everywhere and return the receipt.

        They can't be brought back, and exports that hold them are imported without them. Of those
        who are erased already, by a command that was killed and completed since, it is the receipt
        of that time.

        Raises
        ------
        UsageError
            If nobody is known by an identifier; nobody is erased then.
        """
        from habitue import wording
        from habitue.progress import Silent, running
        from habitue.protect.erasure import erase
        from habitue.protect.holder import holders

        shop = self._shop
        with shop._writing():
            shop.__dict__.pop("_persons", None)  # another process may have learnt who is who
            try:
                who = self._subject(identifiers)
            except UsageError:
                if (done := self._erased(identifiers)) is not None:
                    return done
                raise
            lookups = shop.vault.own_lookups(sorted(who.customers))
            steps = progress or Silent()
            with running(steps, _("Erasing"), len(holders(self._place))):
                return erase(self._place, who, lookups, steps, wording.holder)

    def _erased(self, identifiers: Sequence[int | str]) -> Erasure | None:
        """Return the latest erasure of people, if all of them have been erased."""
        from habitue.protect.tombstones import Tombstones

        vault, found = self._shop.vault, None
        tombstones = Tombstones(vault.ring)
        with self._shop._database.reading() as session:
            for identifier in identifiers:
                found = tombstones.erasure(session, vault.lookups(str(identifier)))
                if found is None:
                    return None
            return found

    def readmit(self, identifier: str) -> int:
        """Let an erased person's identifier in again, because the person has come back."""
        from habitue.protect.tombstones import Tombstones

        shop = self._shop
        lookups = shop.vault.lookups(identifier)
        with shop._database.writing() as session:
            lifted = Tombstones(shop.vault.ring).lift(session, lookups)
        if not lifted:
            raise UsageError(_("Nobody of that identifier was erased."))
        return lifted

    def resume(self) -> int:
        """Complete erasures that a killed process left; return how many those were."""
        from habitue.protect.erasure import pending, resume

        if not pending(self._shop._database):
            return 0
        return resume(self._place)

    def retain(self, now: datetime | None = None) -> dict[str, int]:
        """Remove records that are older than ``[retention]`` allows; return rows by table."""
        from habitue.prepare.retention import expire
        from habitue.protect.retention import limits

        shop = self._shop
        kept = shop.config.retention.model_dump()
        with shop._writing():
            return expire(
                shop.folder / "records", shop._database, limits(kept, now or datetime.now(UTC))
            )

    @property
    def _place(self) -> Place:
        from habitue.protect.holder import Place

        return Place(self._shop.folder, self._shop._database, self._shop.vault)

    def _subject(self, identifiers: Sequence[int | str]) -> Subject:
        from habitue.protect.holder import Subject

        persons = {self._shop.find(identifier) for identifier in identifiers}
        aliases = {a for a, person in self._shop._persons.items() if person in persons}
        customers = frozenset(persons | aliases)
        return Subject(customers, tuple(self._shop.vault.identifiers(sorted(customers))))
