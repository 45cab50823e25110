"""The one façade: command line, pages and notebooks all call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from habitue import config as settings
from habitue.errors import ShopError, UsageError
from habitue.locale import _
from habitue.shop.events import WebEvents
from habitue.shop.results import Results

if TYPE_CHECKING:  # what a command does not need it does not load: see the imports inside
    from habitue.doctor import Check
    from habitue.frame import Frame
    from habitue.prepare.imports import ImportReports
    from habitue.progress import Progress
    from habitue.shop.audit import AuditLog
    from habitue.shop.consents import Consents
    from habitue.shop.groups import Groups
    from habitue.shop.identity import Identity
    from habitue.shop.keys import Keys
    from habitue.shop.privacy import Privacy
    from habitue.shop.scheduling import Scheduling
    from habitue.shop.watching import Happened, Watching
    from habitue.state.runs import PublishedRun

__all__ = ["Shop"]


class Shop(Results, WebEvents):
    """A shop: a folder with settings (``habitue.toml``), records, state and runs.

    Examples
    --------
    >>> import tempfile
    >>> shop = Shop.create(Path(tempfile.mkdtemp()), name="Corner shop")
    >>> shop.config.shop.name
    'Corner shop'
    """

    @classmethod
    def create(cls, folder: str | Path, name: str | None = None) -> Shop:
        """Make a shop of a folder: write a commented ``habitue.toml`` unless there is one.

        Raises
        ------
        ShopError
            If the folder is a shop already.
        """
        from habitue.template import settings_file

        folder = Path(folder).resolve()
        path = folder / settings.FILE
        if path.exists():
            text = _("{folder} is a shop already; its settings are in {file}.")
            raise ShopError(text.format(folder=folder, file=settings.FILE))
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(settings_file(name or folder.name), encoding="utf-8")
        return cls(folder)

    @classmethod
    def open(cls, folder: str | Path = ".") -> Shop:
        """Open the shop that a folder is, or is inside of.

        Raises
        ------
        ShopError
            If neither the folder nor one above it holds a ``habitue.toml``.
        """
        start = Path(folder).resolve()
        for place in (start, *start.parents):
            if (place / settings.FILE).is_file():
                return cls(place)
        text = _("{folder} is no shop: there is no {file} in it or above. Make one: habitue init")
        raise ShopError(text.format(folder=start, file=settings.FILE))

    # --- records -----------------------------------------------------------------------------

    def import_files(
        self,
        paths: Sequence[str | Path],
        kind: str | None = None,
        mapping: Mapping[str, str] | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReports:
        """Import files and report on each record table in them, each whole or not at all.

        Parameters
        ----------
        paths : sequence of path
            Files, zip archives, or folders whose files are taken in the order of their names.
        kind : str, optional
            What the rows are, where a file itself does not tell: purchases, views, comments, items,
            customers or consents.
        mapping : mapping of str to str, optional
            Field to column, where a column's name does not tell.
        dry_run : bool
            Report without keeping anything.
        progress : Progress, optional
            Told how far the work is.

        Raises
        ------
        RecordError
            If a file as a whole can't be read. All others are imported, and of several files a
            PartlyImportedError says which and holds the others' ``reports``.
        UsageError
            If there is no such file or kind.
        """
        from habitue.columns import IMPORTED
        from habitue.prepare.imports import import_all
        from habitue.progress import Silent, running

        if kind is not None and kind not in IMPORTED:
            text = _("There is no kind of records {kind!r}. There are: {known}.")
            raise UsageError(text.format(kind=kind, known=", ".join(IMPORTED)))
        with self._writing(), self._engine(importing=True) as engine:
            self.__dict__.pop("_persons", None)  # what comes in may show who is who
            ingest = self._ingest(engine)
            given, staging = [Path(path) for path in paths], self._state / "unpacked"
            with running(progress or Silent(), _("Importing"), len(given)) as steps:
                return import_all(ingest, given, staging, steps, kind, mapping, dry_run)

    def watch(
        self,
        folders: Sequence[str | Path],
        interval: float = 10.0,
        told: Callable[[Happened], None] = lambda happened: None,
        move_to: str | Path | None = None,
    ) -> Watching:
        """Return a watch over folders; each of its rounds imports what is complete and new.

        Parameters
        ----------
        folders : sequence of path
            What to watch, with the folders inside.
        interval : float
            Seconds without a change after which a file is complete.
        told : callable
            Called with each thing that happens.
        move_to : path, optional
            Where files go once they are imported; they stay where they are if left out.

        Raises
        ------
        UsageError
            If a folder does not exist, or files would be moved into what is watched.
        """
        from habitue.shop.watching import Watching

        to = Path(move_to) if move_to is not None else None
        return Watching(self, [Path(folder) for folder in folders], interval, told, to)

    def schedule(self, told: Callable[[Happened], None] = lambda happened: None) -> Scheduling:
        """Return the shop's schedule; each of its rounds does what is due.

        Raises
        ------
        UsageError
            If nothing is scheduled.
        """
        from habitue.shop.scheduling import Scheduling

        return Scheduling(self, told)

    def records(self, table: str) -> Frame:
        """Return a whole record table as it was imported."""
        from habitue.frame import Frame

        with self._engine() as engine:
            self._store.read(engine, table)
            return Frame(engine.query(f'SELECT * FROM "{table}"'))

    # --- runs --------------------------------------------------------------------------------

    def run(self, as_of: datetime | None = None, progress: Progress | None = None) -> PublishedRun:
        """Run the loop and publish its results.

        Parameters
        ----------
        as_of : datetime, optional
            The cut-off; just after the latest purchase if left out.
        progress : Progress, optional
            Told which stage is at work.
        """
        from habitue.prepare import category_edits
        from habitue.run import run_loop

        if self.config.identity.probabilistic:
            self.identity.match()
        with self._writing():
            return run_loop(
                self._store,
                self._database,
                self._runs,
                self.config,
                self._spill,
                as_of,
                progress,
                category_edits.read(self.folder / category_edits.FILE),
                self._audit,
                self._own(),
            )

    def check(self) -> list[Check]:
        """Look at the installation and at this shop (``habitue doctor``)."""
        from habitue.doctor import check_installation, check_shop

        return [*check_installation(), *check_shop(self)]

    def inventory(self) -> tuple[dict[str, int], int, int]:
        """Return the rows of each record table, how many files are missing, and how many are left.

        A file is missing when its batch exists, and left over when its batch does not.
        """
        return self._store.inventory()

    def recommend(self, customer: int | str, n: int = 10) -> Frame:
        """Return what to recommend to one customer, with reasons.

        Whoever objects to being profiled gets what is offered to everyone: the best-sellers.

        Parameters
        ----------
        customer : int or str
            A pseudonym, or any identifier of the customer.
        n : int
            At most so many; a run keeps ``[recommend] n`` for each customer.
        """
        from habitue.evidence import best_sellers, of_customer
        from habitue.frame import Frame

        person = self.find(customer)
        if person in self._objectors:
            return Frame(best_sellers(self.current, person, n))
        rows = of_customer(self.current.table("recommendations"), person)
        return Frame(rows.sort_by("rank").slice(0, n))

    # --- protection --------------------------------------------------------------------------

    @cached_property
    def consents(self) -> Consents:
        """Who agreed to what."""
        from habitue.shop.consents import Consents

        return Consents(self)

    @cached_property
    def audit(self) -> AuditLog:
        """What was done, by whom and when."""
        from habitue.shop.audit import AuditLog

        return AuditLog(self)

    @cached_property
    def identity(self) -> Identity:
        """Who is one person."""
        from habitue.shop.identity import Identity

        return Identity(self)

    @cached_property
    def keys(self) -> Keys:
        """The master key."""
        from habitue.shop.keys import Keys

        return Keys(self)

    @cached_property
    def groups(self) -> Groups:
        """Numbers about groups that may leave the shop."""
        from habitue.shop.groups import Groups

        return Groups(self)

    @cached_property
    def privacy(self) -> Privacy:
        """Access, erasure and limits of time."""
        from habitue.shop.privacy import Privacy

        return Privacy(self)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the write lock; what killed processes left is completed or swept first."""
        from habitue.shop.recovery import recover

        with super()._writing():
            recover(self)
            self.audit.note_settings()
            yield

    # --- people ------------------------------------------------------------------------------

    def find(self, identifier: int | str) -> int:
        """Return the pseudonym that a pseudonym, customer number, e-mail or phone leads to.

        Raises
        ------
        UsageError
            If nobody is known by it.
        """
        text = str(identifier).strip()
        customer = self.vault.find(text)
        if customer is None and text.isdigit() and self.vault.issued(int(text)):
            customer = int(text)
        if customer is None:
            raise UsageError(_("Nobody is known by that identifier. Look for typing errors."))
        return self._persons.get(customer, customer)

    def reveal(self, customers: Sequence[int], kind: str = "customer_id") -> dict[int, str]:
        """Return one identifier of a kind for each customer that has one.

        This opens the vault: do it where the answer is needed, not before.
        """
        aliases: dict[int, list[int]] = {}
        for alias, person in self._persons.items():
            aliases.setdefault(person, []).append(alias)
        wanted = {alias: person for person in customers for alias in aliases.get(person, [person])}
        found = self.vault.reveal(list(wanted), kind)
        revealed: dict[int, str] = {}
        for alias in sorted(found):
            revealed.setdefault(wanted[alias], found[alias])
        return revealed

    def customer(self, identifier: int | str) -> dict[str, Any]:
        """Return one customer's evidence chain: records, segment, loyalty, recommendations.

        Raises
        ------
        UsageError
            If nobody is known by the identifier.
        """
        from habitue.evidence import chain

        customer = self.find(identifier)
        aliases = [alias for alias, person in self._persons.items() if person == customer]
        with self._engine() as engine:
            objects = customer in self._objectors
            aliases = aliases or [customer]
            return chain(self.current, self._store, engine, customer, aliases, objects)

    def titles(self, items: Sequence[str] | None = None) -> dict[str, str]:
        """Return products' titles by id; of all products if none are named."""
        import pyarrow as pa
        import pyarrow.compute as pc

        rows = self.current.table("catalogue").select(["item_id", "title"])
        if items is not None:
            rows = rows.filter(pc.is_in(rows["item_id"], value_set=pa.array(items, pa.string())))
        pairs = zip(rows["item_id"].to_pylist(), rows["title"].to_pylist(), strict=True)
        return {item: title or item for item, title in pairs}
