"""What a shop consists of; each part is made when it is first needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from habitue import config as settings
from habitue.config import Config

if TYPE_CHECKING:  # what a command does not need it does not load: see the imports inside
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from habitue.engines import DuckDBEngine
    from habitue.prepare.internal import Internal
    from habitue.prepare.store import Store
    from habitue.protect.audit import Audit
    from habitue.protect.keys import MasterKey
    from habitue.protect.ledger import Ledger
    from habitue.protect.vault import Vault
    from habitue.state import Database
    from habitue.state.runs import Runs

__all__ = ["Parts"]

#: What the engine may hold in an import, which holds as much of its own: it finds equal rows only.
_IMPORTING = "700MB"


class Parts:
    """A shop's folder, settings, vault, state, records and runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config: Config = settings.load(folder)

    @cached_property
    def vault(self) -> Vault:
        """The shop's vault of identifiers."""
        from habitue.protect.phones import regions
        from habitue.protect.vault import Vault

        facts = self.config.shop
        hints = regions(facts.country, facts.currency, facts.timezone)
        return Vault(self._database, self._master, hints)

    @cached_property
    def _master(self) -> MasterKey:
        from habitue.protect.keyring import filled
        from habitue.protect.keys import MasterKey
        from habitue.protect.rotation import settle

        where = self.config.protect
        create = not filled(self._database)
        key = MasterKey.of(self._state, where.key_file, where.key_command, create=create)
        if key.file is not None and settle(self._database, key.file):
            return MasterKey.of_file(key.file)
        return key

    def _forget_keys(self) -> None:
        """Let go of the parts that hold a master key which is no longer in force."""
        for part in ("_master", "vault", "_audit"):
            self.__dict__.pop(part, None)

    @cached_property
    def _audit(self) -> Audit:
        from habitue.protect.audit import Audit

        return Audit(self.vault.ring)

    @cached_property
    def _ledger(self) -> Ledger:
        from habitue.protect.ledger import Ledger

        return Ledger(self._database, self.config.consent.double_opt_in)

    @property
    def _state(self) -> Path:
        return self.folder / "state"

    @cached_property
    def _database(self) -> Database:
        from habitue.state import Database

        return Database.of(self._state)

    @cached_property
    def _store(self) -> Store:
        from habitue.prepare.store import Store

        return Store(self.folder / "records", self._database)

    @cached_property
    def _runs(self) -> Runs:
        from habitue.state.runs import Runs

        return Runs(self.folder / "runs")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Hold the write lock; a whole shop recovers first what killed processes left."""
        from habitue.state.lock import writing

        with writing(self._state):
            yield

    @property
    def _linked(self) -> pa.Table:
        """``customer, person`` of the pseudonyms that are one with others, as of now."""
        from habitue.prepare.identity import linked

        return linked(self._database, handles=self.config.identity.handles)

    def _own(self) -> Internal | None:
        """Whom and what the settings name as the company's own."""
        values = self.config.prepare.internal
        if not values:
            return None
        from habitue.prepare.internal import internal

        handles = self.config.identity.handles
        return internal(values, self.vault, self._database, handles=handles)

    @property
    def _objectors(self) -> npt.NDArray[np.int64]:
        """All pseudonyms of those who object to being profiled, as of now."""
        return self._ledger.objectors(self._linked)

    @cached_property
    def _persons(self) -> dict[int, int]:
        links = self._linked
        return dict(zip(links["customer"].to_pylist(), links["person"].to_pylist(), strict=True))

    @property
    def _spill(self) -> Path:
        """The folder that this process's engines spill to."""
        from habitue.state.spill import own

        return own(self._state / "spill")

    def _engine(self, importing: bool = False) -> DuckDBEngine:
        """Return an engine with the memory that the settings allow it; an import needs little."""
        from habitue.engines import DuckDBEngine

        limit = self.config.run.memory_limit
        if importing:
            limit = min(limit, _IMPORTING, key=_size)
        return DuckDBEngine(limit, self._spill, self.config.run.threads or None)


def _size(limit: str) -> float:
    """Return the bytes that a limit like ``4GB`` or ``1.5 GiB`` stands for."""
    number, unit = limit.rstrip("iKMGTB "), limit.lstrip("0123456789. ")
    base = 1024.0 if "i" in unit else 1000.0
    return float(number) * float(base ** (1 + "KMGT".index(unit[0])))
