"""Records out of other systems: databases, asked once or again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from habitue.errors import UsageError
from habitue.locale import _
from habitue.shop.parts import Parts

if TYPE_CHECKING:
    from habitue.engines import Engine
    from habitue.prepare.ingest import ImportReport, Ingest
    from habitue.progress import Progress

__all__ = ["Sources"]


class Sources(Parts):
    """Imports from databases."""

    def import_database(
        self,
        url: str,
        query: str,
        cursor: str = "",
        kind: str | None = None,
        mapping: Mapping[str, str] | None = None,
        dry_run: bool = False,
        progress: Progress | None = None,
    ) -> ImportReport:
        """Import what a query over a database answers; nothing is ever written there.

        Parameters
        ----------
        url : str
            ``postgresql://``, ``mysql://``, ``mariadb://``, ``sqlite:///`` or ``duckdb:///``, or
            ``env:NAME`` for an environment variable that holds it.
        query : str
            One SELECT.
        cursor : str
            A column of the result that grows, for instance when a row was changed: the next
            import goes on from there.
        kind : str, optional
            The record table, where the columns do not tell.
        mapping : mapping of str to str, optional
            Field to column, where a column's name does not tell.
        dry_run : bool
            Report without keeping anything.
        progress : Progress, optional
            Told how far the work is.

        Raises
        ------
        RecordError
            If the database can't be reached, refuses the query, or its columns can't be
            understood; files of rows that were kept before stay.
        UsageError
            If the address is of no known kind, or its driver is not installed.
        """
        return self._pull(url, query, cursor, "", kind, mapping, dry_run, progress)

    def import_source(
        self, name: str, dry_run: bool = False, progress: Progress | None = None
    ) -> ImportReport:
        """Import a database's query that ``habitue.toml`` names: ``[sources.NAME]``.

        Parameters
        ----------
        name : str
            The name there.
        dry_run : bool
            Report without keeping anything.
        progress : Progress, optional
            Told how far the work is.

        Raises
        ------
        UsageError
            If the settings name no such source.
        RecordError
            As ``import_database`` does.
        """
        known = self.config.sources
        if name not in known:
            text = _("There is no source {name!r} in habitue.toml. There are: {known}.")
            raise UsageError(text.format(name=name, known=", ".join(known) or _("none")))
        one = known[name]
        url = one.url.get_secret_value()
        kind, mapping = one.kind or None, one.map or None
        return self._pull(url, one.query, one.cursor, name, kind, mapping, dry_run, progress)

    def _ingest(self, engine: Engine) -> Ingest:
        from habitue.prepare.ingest import Ingest

        return Ingest(
            self._store,
            self.vault,
            self._database,
            engine,
            self.folder / "rejects",
            self.config.shop.timezone,
        )

    def _pull(
        self,
        url: str,
        query: str,
        cursor: str,
        name: str,
        kind: str | None,
        mapping: Mapping[str, str] | None,
        dry_run: bool,
        progress: Progress | None,
    ) -> ImportReport:
        from habitue.collect.addresses import Address
        from habitue.collect.database import Query
        from habitue.prepare.pull import Pull
        from habitue.progress import Silent, running

        asked = Query(Address.of(url), query, cursor)
        with self._writing(), self._engine(importing=True) as engine:
            pull = Pull(self._ingest(engine), self._database, self.folder / "records" / ".staging")
            with running(progress or Silent(), _("Importing"), 1) as steps:
                steps.step(name or asked.address.label)
                return pull.query(asked, name, kind, mapping, dry_run, steps)
