"""What a shop consists of; each part is made when it is first needed."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from habitue import config as settings
from habitue.config import Config

if TYPE_CHECKING:  # what a command does not need it does not load: see the imports inside
    from habitue.engines import DuckDBEngine
    from habitue.prepare.store import Store
    from habitue.protect.vault import Vault
    from habitue.state import Database
    from habitue.state.runs import Runs

__all__ = ["Parts"]


class Parts:
    """A shop's folder, settings, vault, state, records and runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config: Config = settings.load(folder)

    @cached_property
    def vault(self) -> Vault:
        """The shop's vault of identifiers."""
        from habitue.protect.keys import MasterKey
        from habitue.protect.vault import Vault

        return Vault(self._database, MasterKey.of(self._state))

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

    @cached_property
    def _persons(self) -> dict[int, int]:
        from habitue.prepare.identity import linked

        links = linked(self._database)
        return dict(zip(links["customer"].to_pylist(), links["person"].to_pylist(), strict=True))

    def _engine(self) -> DuckDBEngine:
        from habitue.engines import DuckDBEngine

        spill = self._state / "spill"
        spill.mkdir(parents=True, exist_ok=True)
        return DuckDBEngine(self.config.run.memory_limit, spill, self.config.run.threads or None)
